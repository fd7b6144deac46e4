import Foundation
import Tensors
import Workloads

// Our side of the comparison with PyTorch and JAX: the protocol of Peers/work_torch.py. `floor` as a
// third argument runs the matrix products alone instead; `ratio` runs both in turns in this process and
// prints how many times the floor the work takes, with the 95 % interval of the median; `profile` prints where
// the time of a training step goes. `Compare peak THREADS` prints what the processors multiply and add in
// registers, the limit of all products.

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "peak", let threads = Int(arguments[2]), threads > 0 {
  let peak = Peak(workers: Workers(count: threads))
  print("\(threads) workers: \(peak.rate) GFLOPS, at most \(peak.fastest.rounded())")
  exit(0)
}
guard arguments.count >= 3, let workload = Workload(rawValue: arguments[1]),
  let threads = Int(arguments[2])
else {
  print(
    "usage: Compare WORKLOAD THREADS [floor|ratio|profile|export DIRECTORY], or peak THREADS; workloads: \(Workload.allCases.map(\.rawValue))"
  )
  exit(2)
}
let prepared = try workload.prepare(workers: Workers(count: threads))
let mode = arguments.count > 3 ? arguments[3] : ""
if mode == "ratio", let floor = prepared.floor?() {
  let pairs = arguments.count > 4 ? Int(arguments[4]) ?? 21 : 21
  let result = try Ratio(
    pairs: pairs,
    repeats: prepared.repeats,
    ours: prepared.run,
    floor: floor.run
  )
  print(
    workload.rawValue,
    "\(threads) workers, \(pairs) pairs: ratio \(result.ratio),",
    "ours \(result.ours.milliseconds), floor \(result.floor.milliseconds) in blocks of \(floor.rows) rows,",
    "\((floor.flops / result.floor.median / 1e9).rounded()) GFLOPS"
  )
  exit(0)
}
if mode == "export", arguments.count > 4, let exchange = prepared.exchange {
  try exchange.writeProblem(arguments[4])
  exit(0)
}
if mode == "profile", let profile = prepared.profile {
  print(profile())
  exit(0)
}
let isFloor = mode == "floor"
if isFloor && prepared.floor == nil {
  print("no floor for \(workload.rawValue)")
  exit(2)
}

let run: () throws -> Void
if isFloor, let floor = prepared.floor?() { run = floor.run } else { run = prepared.run }

for _ in 0..<max(3, prepared.repeats / 2) { try run() }
let level = "\(KernelLevel.current), OpenBLAS core \(BLAS.coreName)"
print("ready", isFloor ? "floor, OpenBLAS core \(BLAS.coreName)" : "this library, \(level)")
fflush(nil)
while let line = readLine() {
  if line.hasPrefix("save "), let exchange = prepared.exchange {
    print(try exchange.writeResult(String(line.dropFirst(5))))
    fflush(nil)
    continue
  }
  guard line == "run" else {
    print(Double(try peakMemory()) / 1_024)
    fflush(nil)
    break
  }
  let taken = try seconds { for _ in 0..<prepared.repeats { try run() } }
  print(taken / Double(prepared.repeats))
  fflush(nil)
}
