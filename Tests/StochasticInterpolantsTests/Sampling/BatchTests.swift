import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// A sample is the same in any batch, and a small batch asks the fields for few rows.
@Suite struct BatchTests {
  /// Around what blocks and their padding are multiples of.
  static let counts = [1, 2, 5, 15, 16, 17, 31, 33, 64, 100, 112, 127, 128, 129, 145]

  /// What is done with a number of samples or points.
  enum Work: String, CaseIterable, Sendable {
    case fields, ode, adaptiveODE, sde, adaptiveSDE, exponential, finishing
    case logDensity, probedLogDensity, adaptiveLogDensity, stochasticLogDensity, gradient
    case sampleWithLogDensity, flowCoupling

    /// A row for each sample or point.
    func callAsFunction<F: DifferentiableFields>(
      _ fields: F,
      count: Int
    ) throws -> Tensor<Double> {
      let sampler = Sampler(fields)
      let start = StandardGaussian(dimension: fields.dimension)
      let points = RandomBlock(seed: 3, samples: 0..<count).normal(columns: fields.dimension)
      let inner = 0.1...0.9
      let probes = DivergenceRule.hutchinson(probes: 3, seed: 4)
      let tolerance = ErrorTolerance(absolute: 1e-2, relative: 1e-2)
      func column(_ densities: LogDensities) -> Tensor<Double> {
        densities.values.reshaped([count, 1])
      }
      switch self {
      case .fields:
        let values = fields(
          0.4,
          points,
          wanted: [.velocity, .score, .denoiser, .divergence, .scoreDivergence]
        )
        return .concatenating(
          [
            values.velocity, values.score, values.denoiser,
            values.divergence.reshaped([count, 1]), values.scoreDivergence.reshaped([count, 1]),
          ],
          along: 1
        )
      case .ode:
        return try sampler.ode(count: count, from: start, steps: 3, times: inner, seed: 1).points
      case .adaptiveODE:
        return try sampler.ode(
          count: count,
          from: start,
          tolerance: tolerance,
          times: inner,
          seed: 1
        ).points
      case .sde:
        return try sampler.sde(
          count: count,
          from: start,
          diffusion: .constant(0.5),
          steps: 3,
          times: inner,
          seed: 1
        ).points
      case .adaptiveSDE:
        return try sampler.sde(
          count: count,
          from: start,
          diffusion: .constant(0.5, on: 0.3...0.7),
          tolerance: tolerance,
          times: inner,
          seed: 1
        ).points
      case .exponential:
        return try sampler.exponential(
          count: count,
          from: start,
          linear: .gaussian(OneSidedInterpolant.linear, targetVariance: 0.5),
          steps: 3,
          times: inner,
          seed: 1
        ).points
      case .finishing:
        return try sampler.ode(
          count: count,
          from: start,
          steps: 3,
          times: inner,
          finishing: .denoise,
          seed: 1
        ).points
      case .logDensity:
        return column(try sampler.logDensity(points, from: start, steps: 4, times: inner))
      case .probedLogDensity:
        return column(
          try sampler.logDensity(points, from: start, divergence: probes, steps: 4, times: inner)
        )
      case .adaptiveLogDensity:
        return column(
          try sampler.logDensity(points, from: start, tolerance: tolerance, times: inner)
        )
      case .stochasticLogDensity:
        return column(
          try sampler.sdeLogDensity(
            points,
            from: start,
            diffusion: .constant(0.5),
            paths: 2,
            steps: 3,
            times: inner,
            seed: 2
          )
        )
      case .gradient:
        return try sampler.gradientOfLogDensity(points, from: start, steps: 3, times: inner)
      case .sampleWithLogDensity:
        let drawn = try sampler.odeWithLogDensity(
          count: count,
          from: start,
          steps: 4,
          times: inner,
          seed: 1
        )
        return .concatenating([drawn.samples.points, column(drawn.logDensity)], along: 1)
      case .flowCoupling:
        let coupling = try FlowCoupling(fields, from: start, steps: 2)
        return coupling.pairs(RandomBlock(seed: 1, samples: 0..<count)).x1
      }
    }
  }

  static func check<F: DifferentiableFields>(_ work: Work, _ fields: F) throws {
    let most = 160
    let all = try work(fields, count: most).elements
    let columns = all.count / most
    for count in counts {
      let own = try work(fields, count: count).elements
      #expect(own == Array(all.prefix(count * columns)), "\(work.rawValue) of \(count)")
    }
  }

  static func learned(
    _ products: ProductPrecision
  ) -> LearnedFields<OneSidedInterpolant<LinearSchedule>> {
    let network = MLP(dimension: 3, hidden: [40, 40], activation: .silu, heads: 2)
    return LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        .untrained([.velocity, .score], network, seed: 7)
      ],
      products: products
    )
  }

  @Test(arguments: Work.allCases, [ProductPrecision.full, .bfloat16])
  func aSampleOfLearnedFieldsIsTheSameInAnyBatch(
    _ work: Work,
    _ products: ProductPrecision
  ) throws {
    try Self.check(work, Self.learned(products))
  }

  @Test(arguments: Work.allCases, [1, 2, 5])
  func aSampleOfExactFieldsIsTheSameInAnyBatch(_ work: Work, _ dimension: Int) throws {
    let centres = RandomBlock(seed: 5, samples: 0..<3).normal(columns: dimension)
    let fields = MixtureFields(
      OneSidedInterpolant.linear,
      target: GaussianMixture(isotropic: centres, standardDeviation: 0.6)
    )
    try Self.check(work, fields)
  }

  /// The rows for which b was asked in the calls of a run.
  private func rowsOfCalls(_ run: (Sampler<ClosureFields>) throws -> Void) rethrows -> [Int] {
    let rows = Lock<[Int]>([])
    let fields = ClosureFields(
      dimension: 1,
      velocity: { _, x in
        rows.withLock { $0.append(x.shape[0]) }
        return x * -1
      },
      divergence: { _, x in Tensor(repeating: -1, shape: [x.shape[0]]) }
    )
    try run(Sampler(fields, workers: Workers(count: 1)))
    return rows.withLock { $0 }
  }

  /// Two blocks of at least 16 rows, or of 128, and a last one that is padded to a power of two or a multiple
  /// of 16, not to the size of the largest.
  @Test(arguments: [
    (1, [1]), (3, [4]), (16, [16]), (17, [16, 1]), (100, [64, 48]), (128, [64, 64]),
    (150, [80, 80]), (300, [128, 128, 48]),
  ])
  func fewSamplesAskForFewRows(_ count: Int, _ blocks: [Int]) throws {
    let start = StandardGaussian(dimension: 1)
    let points = Tensor<Double>(zeros: [count, 1])
    // Each block takes its two steps of four stages before the next; so short a grid has no quadrature, and
    // the divergence is asked for with each stage.
    let expected = blocks.flatMap { [Int](repeating: $0, count: 8) }
    let ode = try rowsOfCalls { _ = try $0.ode(count: count, from: start, steps: 2, seed: 1) }
    #expect(ode == expected)
    let density = try rowsOfCalls { _ = try $0.logDensity(points, from: start, steps: 2) }
    #expect(density == expected)
  }

  /// With step control functions are asked row by row, those of the padding too.
  @Test func oneSampleWithStepControlAsksForFewRows() throws {
    var evaluations = 0
    let rows = try rowsOfCalls {
      evaluations =
        try $0.ode(
          count: 1,
          from: StandardGaussian(dimension: 1),
          tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3),
          seed: 1
        ).evaluations
    }
    #expect(rows == [Int](repeating: 1, count: evaluations))
  }
}
