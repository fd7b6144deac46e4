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
  /// One step of a network 3-64-64-64-2 with SELU on 256 rows.
  case small = "small-step"
  /// 10,000 samples by StochasticHeun in 100 steps, b and s of two networks.
  case sde = "sde-heun-100"
  /// log-densities of 10,000 points with the exact divergence, RK4 in 20 steps.
  case likelihood = "log-likelihood"
}

/// A workload that is ready to run.
public struct Prepared {
  /// Does the work once.
  public let run: () throws -> Void
  /// Its matrix products alone, where they are the same in number whatever the numbers are.
  public let floor: Floor?
  /// How often it is repeated in one timing.
  public let repeats: Int
}

extension Workload {
  private static var plane: MLP { MLP(dimension: 2, hidden: [256, 256, 256, 256]) }

  /// Makes what a workload needs.
  public func prepare(workers: Workers) throws -> Prepared {
    switch self {
    case .train: return try training(Self.plane, width: 256, workers)
    case .trainWide:
      return try training(
        MLP(dimension: 2, hidden: [512, 512, 512, 512], activation: .silu),
        width: 512,
        workers
      )
    case .small: return try smallStep(workers)
    case .sde:
      let sampler = Sampler(Self.fields, workers: workers)
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
        floor: .paths(
          widths: [3, 256, 256, 256, 256, 2],
          networks: 2,
          rows: 10_000,
          evaluations: 200,
          workers: workers
        ),
        repeats: 1
      )
    case .likelihood:
      let sampler = Sampler(Self.fields, workers: workers)
      let points = StandardGaussian(dimension: 2)
        .sample(RandomBlock(seed: 3, samples: 0..<10_000))
      return Prepared(
        run: {
          _ = try sampler.logDensity(points, start: StandardGaussian(dimension: 2), steps: 20)
        },
        floor: nil,
        repeats: 1
      )
    }
  }

  private func training(_ network: MLP, width: Int, _ workers: Workers) throws -> Prepared {
    let training = Box(
      try Training(
        .linear,
        target: Checkerboard(),
        objectives: [.velocity(network), .score(network, times: 0.001...0.999)],
        configuration: TrainingConfiguration(
          rows: 2_000,
          steps: 1_000_000,
          learningRate: LearningRate(2e-3)
        ),
        workers: workers
      )
    )
    let widths = [3] + [Int](repeating: width, count: 4) + [2]
    let floors = [125, 128, 250, 256].map {
      Floor.trainingStep(
        widths: widths,
        passes: [1, 2],
        rows: 2_000,
        blockRows: $0,
        workers: workers
      )
    }
    return Prepared(run: training.step, floor: .best(of: floors), repeats: 1)
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
    let floors = [32, 64, 128].map {
      Floor.trainingStep(
        widths: [3, 64, 64, 64, 2],
        passes: [1],
        rows: 256,
        blockRows: $0,
        workers: workers
      )
    }
    return Prepared(run: training.step, floor: .best(of: floors), repeats: 100)
  }

  /// b and s of two untrained networks: times do not depend on the weights, and paths stay bounded.
  private static var fields: LearnedFields<OneSidedInterpolant<LinearSchedule>> {
    LearnedFields(
      interpolant: .linear,
      fields: [(Objective.Kind.velocity, 1), (.score, 2)].map { kind, seed in
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
}
