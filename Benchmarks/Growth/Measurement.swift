import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import Workloads

/// What grows.
enum Variable: String, CaseIterable {
  case rows, width, depth, dimension

  /// The values that are measured.
  var values: [Int] {
    switch self {
    case .rows: [100, 316, 1_000, 3_160, 10_000, 31_600, 100_000, 316_000, 1_000_000]
    case .width: [32, 64, 128, 256, 512, 1_024, 2_048]
    case .depth: [2, 3, 4, 6, 8, 12, 16]
    case .dimension: [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]
    }
  }
}

/// What is timed.
enum Work: String, CaseIterable {
  case training = "training step"
  case sampling = "RK4 step of the ODE"
  case likelihood = "log-density, exact divergence"

  /// Whether it is measured at a value: a divergence in 1,024 dimensions is as many passes.
  func isMeasured(_ size: Size) -> Bool { self != .likelihood || size.dimension <= 128 }
}

/// The size of a problem; all but one of its numbers are those of the official checkerboard.
struct Size {
  var rows = 2_000
  var width = 256
  var depth = 4
  var dimension = 2

  init(_ variable: Variable, _ value: Int) {
    switch variable {
    case .rows: rows = value
    case .width: width = value
    case .depth: depth = value
    case .dimension: dimension = value
    }
  }

  /// The multiplications of a pass of all rows through the network.
  var products: Double {
    let (wide, inner) = (Double(width), Double(dimension))
    return Double(rows) * ((2 * inner + 1) * wide + Double(depth - 1) * wide * wide)
  }

  /// What the time is proportional to where products are all there is.
  func products(_ work: Work) -> Double {
    work == .likelihood ? products * Double(dimension) : products
  }

  var network: MLP {
    MLP(dimension: dimension, hidden: [Int](repeating: width, count: depth), activation: .silu)
  }
}

/// A time.
struct Measurement {
  let work: Work
  let variable: Variable
  let value: Int
  let workers: Int
  /// Seconds, the median of some calls.
  let time: Double
  /// Seconds for 10⁹ multiplications of the network.
  let unitTime: Double
}

extension Measurement {
  /// The median over at least three calls, and over as many as fill half a second, after one that
  /// makes what is made once.
  init(_ work: Work, _ variable: Variable, _ value: Int, workers: Int) throws {
    let size = Size(variable, value)
    let run = try Self.call(work, size, Workers(count: workers))
    try run()
    var times: [Double] = []
    while times.count < 3 || (times.reduce(0, +) < 0.5 && times.count < 101) {
      times.append(try seconds(run))
    }
    (self.work, self.variable, self.value, self.workers) = (work, variable, value, workers)
    time = Spread(times).median
    unitTime = time / size.products(work) * 1e9
  }

  private static func call(
    _ work: Work,
    _ size: Size,
    _ workers: Workers
  ) throws -> () throws -> Void {
    let normal = StandardGaussian(dimension: size.dimension)
    if work == .training {
      return try trainingStep(size.network, rows: size.rows, workers)
    }
    let network = size.network
    let field = LearnedField(
      kind: .velocity,
      network: network,
      parameters: network.initialParameters(seed: 1).map { Tensor<Float>($0) },
      times: 0...1
    )
    let sampler = Sampler(
      LearnedFields(interpolant: OneSidedInterpolant.linear, fields: [field]),
      workers: workers
    )
    if work == .sampling {
      return {
        _ = try sampler.ode(count: size.rows, from: normal, method: .rk4, steps: 1, seed: 1)
      }
    }
    // Points of one row in eight: a divergence is as many passes as there are dimensions.
    let points = normal.sample(count: max(1, size.rows / 8), seed: 2)
    return { _ = try sampler.logDensity(points, from: normal, steps: 3) }
  }

  private static func trainingStep(
    _ network: MLP,
    rows: Int,
    _ workers: Workers
  ) throws -> () throws -> Void {
    let normal = StandardGaussian(dimension: network.dimension)
    var training = try Training(
      TwoSidedInterpolant.linear(gamma: ZeroLatent()),
      base: normal,
      target: normal,
      objectives: [.velocity(network)],
      configuration: TrainingConfiguration(
        rows: rows,
        steps: 1_000_000,
        learningRate: LearningRate(1e-4),
        heldOutInterval: 1_000_000
      ),
      workers: workers
    )
    return { _ = try training.next() }
  }
}
