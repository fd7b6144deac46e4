import Figures
import Foundation
import StochasticInterpolants
import Workloads

// How cost grows with rows, width, depth and dimension, on one and on two workers, and what memory a sampler
// takes: a table and log–log pictures. `Growth DIRECTORY` measures; `Growth memory ROWS` is what it runs for
// each number of samples, in a process of its own, and prints KiB.

/// The memory of a process that draws samples, in MB.
struct Memory {
  let rows: Int
  let peak: Double
  /// What the samples themselves take.
  var output: Double { Double(rows * 2 * 8) / 1e6 }

  static func ofThisProcess(_ rows: Int) throws {
    _ = try Measurement(.sampling, .rows, rows, workers: 2)
    print(try peakMemory())
  }

  init(_ rows: Int) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["memory", "\(rows)"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let peak = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw GrowthError(text: "the process for \(rows) samples printed '\(text)'")
    }
    self.rows = rows
    self.peak = peak * 1_024 / 1e6
  }
}

struct GrowthError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "memory", let rows = arguments.last.flatMap({ Int($0) }) {
  try Memory.ofThisProcess(rows)
  exit(0)
}
guard arguments.count == 1, let directory = arguments.first else {
  print("usage: Growth DIRECTORY")
  exit(2)
}
try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)

var measurements: [Measurement] = []
for variable in Variable.allCases {
  for work in Work.allCases {
    for value in variable.values where work.isMeasured(Size(variable, value)) {
      for workers in [1, 2] {
        let own = try Measurement(work, variable, value, workers: workers)
        measurements.append(own)
        print(
          "\(work.rawValue), \(value) \(variable.rawValue), \(workers) worker(s):",
          "\((own.time * 1e6).rounded()) µs, \((own.unitTime * 1e3).rounded()) ms for 10⁹ products"
        )
        fflush(nil)
      }
    }
  }
}
let memory = try Variable.rows.values.map { try Memory($0) }
for own in memory {
  print("\(own.rows) samples: \(own.peak.rounded()) MB, of them samples \(own.output) MB")
}
let lines =
  ["work,variable,value,workers,seconds,seconds for 1e9 products"]
  + measurements.map {
    "\"\($0.work.rawValue)\",\($0.variable.rawValue),\($0.value),\($0.workers),\($0.time),\($0.unitTime)"
  }
try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: "\(directory)/growth.csv")
try Pictures.figure(measurements, memory).write(to: "\(directory)/growth.png")
