import BareLoop
import Benchmark
import Integrators
import Tensors

/// What the loops have in common: dX = −1.3 X dt + √(2 · 0.7) dW over [0, 1], from X = 1.
private enum Process {
  static let rate = -1.3
  static let diffusion = 0.7
  static let steps = 1_000
  static let seed: UInt64 = 42
  static let stream: UInt16 = 16

  static func inC(paths: Int) -> [Double] {
    var states = [Double](repeating: 1, count: paths)
    var normals = states
    bare_euler_maruyama(
      seed,
      UInt32(stream),
      paths,
      steps,
      rate,
      diffusion,
      &states,
      &normals
    )
    return states
  }

  static func inSwift(_ dynamics: inout some Dynamics, paths: Int) -> Tensor<Double> {
    EulerMaruyama().solve(
      &dynamics,
      from: Tensor(repeating: 1, shape: [paths, 1]),
      over: TimeGrid(from: 0, to: 1, steps: steps),
      noise: .constant(diffusion),
      increments: BrownianIncrements(RandomBlock(seed: seed, stream: stream, samples: 0..<paths))
    ).state
  }
}

/// The drift, written in place.
private struct Decay: Dynamics {
  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    derivative.copy(from: state)
    derivative.scale(by: Process.rate)
  }
}

private let ratio = BenchmarkMetric.custom(
  "time over that of the loop in C, thousandths",
  polarity: .prefersSmaller,
  useScalingFactor: false
)

/// Times the same solve in C and here in turn; which comes first changes from pair to pair.
private func compare(
  _ benchmark: Benchmark,
  paths: Int,
  _ dynamics: inout some Dynamics
) {
  guard Process.inC(paths: paths) == Process.inSwift(&dynamics, paths: paths).elements else {
    benchmark.error("the loop in C and the integrator do not give the same paths")
    return
  }
  // One path takes microseconds: the clock is read around several solves.
  let repeats = paths == 1 ? 20 : 1
  let clock = ContinuousClock()
  var durations = [Duration.zero, .zero]
  let first = benchmark.currentIteration % 2
  for turn in [first, 1 - first] {
    let start = clock.now
    for _ in 0..<repeats {
      if turn == 0 {
        blackHole(Process.inC(paths: paths))
      } else {
        blackHole(Process.inSwift(&dynamics, paths: paths))
      }
    }
    durations[turn] = clock.now - start
  }
  benchmark.measurement(ratio, Int((1_000 * (durations[1] / durations[0])).rounded()))
}

/// A drift that is nonlinear and depends on time.
private func doubleWell() -> RowwiseClosureDynamics {
  RowwiseClosureDynamics { times, x in
    (x * 2).applying(.tanh) * 2 - x + times.applying(.cos).reshaped([times.count, 1])
  }
}

// The plugin calls this by name: every benchmark of the target is registered in it.
let benchmarks: @Sendable () -> Void = {
  let pairs = Benchmark.Configuration(
    metrics: [ratio],
    warmupIterations: 5,
    maxDuration: .seconds(20),
    maxIterations: 101
  )

  for paths in [1, 1_000] {
    Benchmark("Euler-Maruyama, \(paths) paths, closure", configuration: pairs) { benchmark in
      var dynamics = ClosureDynamics { _, x in x * Process.rate }
      compare(benchmark, paths: paths, &dynamics)
    }

    Benchmark("Euler-Maruyama, \(paths) paths, in place", configuration: pairs) { benchmark in
      var dynamics = Decay()
      compare(benchmark, paths: paths, &dynamics)
    }
  }

  let times = Benchmark.Configuration(
    metrics: [.wallClock],
    maxDuration: .seconds(5),
    maxIterations: 50
  )

  Benchmark("Dormand-Prince 5(4), 1,000 rows, step control", configuration: times) { benchmark in
    var dynamics = doubleWell()
    let initial = RandomBlock(seed: 1, samples: 0..<1_000).normal(columns: 2)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      blackHole(
        RungeKutta.dormandPrince.solve(
          &dynamics,
          from: initial,
          start: 0,
          end: 4,
          tolerance: ErrorTolerance(absolute: 1e-6, relative: 1e-6)
        )
      )
    }
  }

  Benchmark("SRA1, 128 paths of a tree, step control", configuration: times) { benchmark in
    var dynamics = doubleWell()
    let block = RandomBlock(seed: 1, samples: 0..<128)
    let initial = block.normal(columns: 2)
    let tree = BrownianTree(block, noise: .constant(0.7), from: 0, to: 1, depth: 20)
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
      blackHole(
        SRA1().solve(
          &dynamics,
          from: initial,
          tree: tree,
          tolerance: ErrorTolerance(absolute: 1e-2, relative: 1e-2)
        )
      )
    }
  }
}
