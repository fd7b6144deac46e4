internal import Gradients
internal import StochasticInterpolants
public import Tensors
internal import Integrators

/// The work that is compared with its floor and with other libraries.
public enum Workload: String, Sendable, CaseIterable {
  /// A step of the official checkerboard networks: b and antithetic s, two Adams, data drawn too.
  case train = "train-256"
  /// The same with four layers of 512 and SiLU.
  case trainWide = "train-512-silu"
  /// The first with bfloat16 products.
  case trainRounded = "train-256-bfloat16"
  /// The second with bfloat16 products.
  case trainWideRounded = "train-512-silu-bfloat16"
  /// One step of a network 3-64-64-64-2 with SELU on 256 rows.
  case small = "small-step"
  /// 10,000 samples by StochasticHeun in 100 steps, b and s of two networks.
  case sde = "sde-heun-100"
  /// The same with bfloat16 products.
  case sdeRounded = "sde-heun-100-bfloat16"
  /// 10,000 samples of b's ODE by the Dormand–Prince method at a tolerance of 10⁻⁵.
  case dormandPrince = "ode-dopri-1e-5"
  /// log-densities of 10,000 points with the exact divergence, RK4 in 20 steps.
  case likelihood = "log-likelihood"
  /// The same of eight points.
  case likelihoodOfFew = "log-likelihood-few"
  /// The first in steps that each point chooses for itself, at a tolerance of 10⁻⁵.
  case likelihoodToTolerance = "log-likelihood-1e-5"
  /// b and s of a bridge from N(0, Id) to five Gaussians in 128 dimensions, in closed form, at 10,000
  /// points.
  case mixture = "exact-mixture-128"
}

/// A workload that is ready to run.
public struct Prepared {
  /// Does the work once.
  public let run: () throws -> Void
  /// Makes its matrix products alone, where there are such.
  public let floor: (() -> Floor)?
  /// How often it is repeated in one timing.
  public let repeats: Int
  /// The time of each operation of a training step's programs, on one thread.
  public var profile: (() -> String)?
  /// What other codes need to solve the same problem, and what they are measured by.
  public var exchange: Exchange?
}

/// A problem with one right result, for several codes.
public struct Exchange {
  /// Writes weights and starting points into a directory.
  public let writeProblem: (_ directory: String) throws -> Void
  /// Writes this library's result as an array of numpy; returns the evaluations of the field that a
  /// point needed in the mean.
  public let writeResult: (_ path: String) throws -> Double
}

extension Workload {
  private static var plane: MLP { MLP(dimension: 2, hidden: [256, 256, 256, 256]) }

  private static var wide: MLP {
    MLP(dimension: 2, hidden: [512, 512, 512, 512], activation: .silu)
  }

  /// Makes what a workload needs.
  public func prepare(workers: Workers) throws -> Prepared {
    switch self {
    case .train: return try training(Self.plane, .full, workers)
    case .trainWide: return try training(Self.wide, .full, workers)
    case .trainRounded: return try training(Self.plane, .bfloat16, workers)
    case .trainWideRounded: return try training(Self.wide, .bfloat16, workers)
    case .small: return try smallStep(workers)
    case .sde: return diffusing(.full, workers)
    case .sdeRounded: return diffusing(.bfloat16, workers)
    case .dormandPrince: return try dormandPrince(workers)
    case .mixture: return try mixture(workers)
    case .likelihood, .likelihoodOfFew:
      let isOfFew = self == .likelihoodOfFew
      return likelihood(workers, of: isOfFew ? 8 : 10_000, repeats: isOfFew ? 20 : 1) {
        try $0.logDensity($1, from: StandardGaussian(dimension: 2), steps: 20)
      }
    case .likelihoodToTolerance:
      return likelihood(workers, of: 10_000, repeats: 1) {
        try $0.logDensity(
          $1,
          from: StandardGaussian(dimension: 2),
          tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5)
        )
      }
    }
  }

  private func likelihood(
    _ workers: Workers,
    of count: Int,
    repeats: Int,
    logDensity:
      @escaping (Sampler<LearnedFields<OneSidedInterpolant<LinearSchedule>>>, Tensor<Double>) throws
      ->
      LogDensities
  ) -> Prepared {
    let fields = Self.fields
    let sampler = Sampler(fields, workers: workers)
    let points = StandardGaussian(dimension: 2)
      .sample(RandomBlock(seed: 3, samples: 0..<count))
    return Prepared(
      run: { _ = try logDensity(sampler, points) },
      floor: nil,
      repeats: repeats,
      exchange: Exchange(
        writeProblem: { directory in
          try Self.write(fields, to: directory)
          try NPY.write(Tensor<Float>(points), to: "\(directory)/points.npy")
        },
        writeResult: { path in
          let densities = try logDensity(sampler, points)
          try NPY.write(densities.values, to: path)
          return Double(densities.evaluations)
        }
      )
    )
  }

  private func diffusing(_ products: ProductPrecision, _ workers: Workers) -> Prepared {
    let sampler = Sampler(Self.fields.with(products: products), workers: workers)
    return Prepared(
      run: {
        _ = try sampler.sde(
          count: 10_000,
          from: StandardGaussian(dimension: 2),
          method: StochasticHeun(),
          diffusion: .constant(0.5),
          steps: 100,
          times: 0.001...0.999,
          seed: 1
        )
      },
      floor: {
        .paths(
          widths: [3, 256, 256, 256, 256, 2],
          networks: 2,
          rows: 10_000,
          evaluations: 200,
          workers: workers
        )
      },
      repeats: 1
    )
  }

  private func training(
    _ network: MLP,
    _ products: ProductPrecision,
    _ workers: Workers
  ) throws -> Prepared {
    let training = Box(
      try Training(
        .linear,
        target: Checkerboard(),
        objectives: [.velocity(network), .score(network, times: 0.001...0.999)],
        configuration: TrainingConfiguration(
          rows: 2_000,
          steps: 1_000_000,
          learningRate: LearningRate(2e-3),
          products: products
        ),
        workers: workers
      )
    )
    let widths = [3] + network.hidden + [2]
    let floor = {
      Floor.best(
        of: [125, 128, 250, 256].map {
          .trainingStep(
            widths: widths,
            passes: [1, 2],
            rows: 2_000,
            blockRows: $0,
            workers: workers
          )
        }
      )
    }
    return Prepared(
      run: training.step,
      floor: floor,
      repeats: 5,
      profile: training.profile
    )
  }

  private func smallStep(_ workers: Workers) throws -> Prepared {
    let network = MLP(dimension: 2, hidden: [64, 64, 64], activation: .selu)
    let training = Box(
      try Training(
        TwoSidedInterpolant.linear(gamma: ZeroLatent()),
        base: StandardGaussian(dimension: 2),
        target: StandardGaussian(dimension: 2),
        objectives: [.velocity(network)],
        configuration: TrainingConfiguration(
          rows: 256,
          steps: 100_000_000,
          learningRate: LearningRate(1e-3)
        ),
        workers: workers
      )
    )
    let floor = {
      Floor.best(
        of: [32, 64, 128].map {
          .trainingStep(
            widths: [3, 64, 64, 64, 2],
            passes: [1],
            rows: 256,
            blockRows: $0,
            workers: workers
          )
        }
      )
    }
    return Prepared(
      run: training.step,
      floor: floor,
      // A tenth of a second: less would measure how a processor that slept wakes up.
      repeats: 1_000,
      profile: training.profile
    )
  }

  private func dormandPrince(_ workers: Workers) throws -> Prepared {
    let fields = Self.fields
    let sampler = Sampler(fields, workers: workers)
    let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-5)
    let count = 10_000
    func solve(saving: [Double] = []) throws -> Samples {
      try sampler.ode(
        count: count,
        from: StandardGaussian(dimension: 2),
        tolerance: tolerance,
        saving: saving,
        seed: 1
      )
    }
    let evaluations = try solve().reports.map(\.evaluations).reduce(0, +)
    return Prepared(
      run: { _ = try solve() },
      floor: {
        .paths(
          widths: [3, 256, 256, 256, 256, 2],
          networks: 1,
          rows: evaluations,
          evaluations: 1,
          workers: workers
        )
      },
      repeats: 1,
      exchange: Exchange(
        writeProblem: { directory in
          try Self.write(fields, to: directory)
          let start = try solve(saving: [0]).trajectory[0]
          try NPY.write(Tensor<Float>(start), to: "\(directory)/start.npy")
        },
        writeResult: { path in
          let samples = try solve()
          try NPY.write(samples.points, to: path)
          return Double(samples.reports.map(\.evaluations).reduce(0, +)) / Double(count)
        }
      )
    )
  }

  /// The weights of b.
  private static func write(
    _ fields: LearnedFields<OneSidedInterpolant<LinearSchedule>>,
    to directory: String
  ) throws {
    for (index, parameter) in fields.fields[0].parameters.enumerated() {
      try NPY.write(parameter, to: "\(directory)/parameter-\(index).npy")
    }
  }

  private func mixture(_ workers: Workers) throws -> Prepared {
    let (dimension, modes, count) = (128, 5, 10_000)
    let draws = RandomBlock(seed: 72, samples: 0..<modes * (dimension + 1))
      .normal(columns: dimension)
    var covariances: [Double] = []
    for mode in 0..<modes {
      let first = modes + mode * dimension
      let w = draws.slice(first..<first + dimension)
      let square = Tensor.product(w, w, transposingFirst: true) / Double(dimension)
      covariances += (square + Tensor(identity: dimension)).elements
    }
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: GaussianMixture(
        isotropic: Tensor(zeros: [1, dimension]),
        standardDeviation: 1
      ),
      target: try GaussianMixture(
        weights: [Double](repeating: 1 / Double(modes), count: modes),
        means: draws.slice(0..<modes) * 7.5,
        covariances: Tensor(covariances, shape: [modes, dimension, dimension])
      )
    )
    let points = RandomBlock(seed: 73, samples: 0..<count).normal(columns: dimension) * 3
    return Prepared(
      run: { _ = fields(0.4, points, wanted: [.velocity, .score], workers: workers) },
      floor: { .mixture(dimension: dimension, modes: modes, rows: count, workers: workers) },
      repeats: 5
    )
  }

  /// b and s of two untrained networks: times do not depend on the weights, and paths stay bounded.
  private static var fields: LearnedFields<OneSidedInterpolant<LinearSchedule>> {
    LearnedFields(
      interpolant: .linear,
      fields: [(VectorField.velocity, 1), (.score, 2)].map { kind, seed in
        LearnedField(
          kind: kind,
          network: plane,
          parameters: plane.initialParameters(seed: UInt64(seed)).map { Tensor<Float>($0) },
          times: 0...1
        )
      }
    )
  }
}

/// A training that a closure can hold.
private final class Box<Path: InterpolantPath> {
  private var training: Training<Path>

  init(_ training: consuming Training<Path>) { self.training = training }

  func step() throws { _ = try training.next() }

  func profile() -> String { training.profile().map(\.description).joined(separator: "\n\n") }
}
