import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Probes and gradients through networks.
@Suite struct LearnedLikelihoodTests {
  typealias Linear = TwoSidedInterpolant<LinearSchedule, ZeroLatent>

  static func fields(
    _ network: MLP,
    _ parameters: [Tensor<Float>]
  ) -> LearnedFields<Linear> {
    LearnedFields(
      interpolant: .linear(gamma: ZeroLatent()),
      fields: [
        LearnedField(kind: .velocity, network: network, parameters: parameters, times: 0...1)
      ]
    )
  }

  /// A small network with parameters large enough for curved flows.
  static func curved(dimension: Int) -> LearnedFields<Linear> {
    let network = MLP(dimension: dimension, hidden: [16, 16], activation: .tanh)
    let parameters = network.initialParameters(seed: 4).map { Tensor<Float>($0 * 2) }
    return fields(network, parameters)
  }

  @Test(arguments: ProbeLaw.allCases) func theTraceOfALinearField(_ law: ProbeLaw) throws {
    // b = A x + c in ten dimensions: tr A and the variance of pᵀAp are known.
    let dimension = 10
    let network = MLP(dimension: dimension, hidden: [])
    let numbers = testNumbers(dimension * (dimension + 1), seed: 8, in: -0.2...0.2)
    let weight = Tensor<Double>(numbers, shape: [dimension, dimension + 1])
    let fields = Self.fields(network, [Tensor<Float>(weight), Tensor(zeros: [dimension])])
    func element(_ row: Int, _ column: Int) -> Double { weight[row, column + 1] }
    var (trace, variance) = (0.0, 0.0)
    for row in 0..<dimension {
      trace += element(row, row)
      for column in 0..<dimension where law == .gaussian || column != row {
        let symmetric = 0.5 * (element(row, column) + element(column, row))
        variance += 2 * symmetric * symmetric
      }
    }
    let points = RandomBlock(seed: 1, samples: 0..<200).normal(columns: dimension)
    let start = StandardGaussian(dimension: dimension)
    func values(_ rule: DivergenceRule) throws -> LogDensities {
      try Sampler(fields).logDensity(points, from: start, divergence: rule, steps: 4)
    }
    let exact = try values(.exact)
    let probes = 50
    let found = try values(.hutchinson(probes: probes, law: law, seed: 3))
    let differences = exact.values - found.values
    let size = 200 * Double(probes)
    #expect(abs(differences.mean()) < 5 * (variance / size).squareRoot() + 1e-5)
    for point in 0..<200 {
      #expect(abs(found[point].standardErrors(above: exact.values[point])) < 5)
    }
    // A sample variance of a quadratic form has a relative error below √(14/n).
    let square = (found.standardErrors * found.standardErrors).mean() * Double(probes)
    #expect(abs(square / variance - 1) < 5 * (14 / size).squareRoot(), "\(square), \(variance)")
    let still = try Sampler(fields).logDensity(
      Tensor(zeros: [1, dimension]),
      from: Flat(dimension: dimension),
      steps: 4
    )
    // Of a flat ρ₀ the trace alone is left, in Float.
    #expect(abs(still.values.elements[0] + trace) < 1e-5 && abs(trace) > 0.05)
  }

  /// log ρ = 0 everywhere, which is no density but shows the divergence alone.
  struct Flat: ExplicitDensity {
    let dimension: Int
    var entropy: Double? { nil }
    func sample(_ block: RandomBlock) -> Tensor<Double> { block.normal(columns: dimension) }
    func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
      Tensor(zeros: [points.shape[0]])
    }
  }

  @Test func probesOfACurvedFieldAverageToItsDivergence() throws {
    let fields = Self.curved(dimension: 3)
    let points = RandomBlock(seed: 1, samples: 0..<40).normal(columns: 3)
    func values(_ rule: DivergenceRule) throws -> LogDensities {
      try Sampler(fields).logDensity(
        points,
        from: StandardGaussian(dimension: 3),
        divergence: rule,
        steps: 10
      )
    }
    let exact = try values(.exact)
    let found = try values(.hutchinson(probes: 100, seed: 3))
    for point in 0..<40 {
      #expect(abs(found[point].standardErrors(above: exact.values[point])) < 5)
      #expect(found[point].standardError > 1e-4)
    }
  }

  @Test func probesOfDerivedFields() throws {
    // b alone of a one-sided bridge: s and ∇·s follow by conversion, with the part of x known exactly.
    let network = MLP(dimension: 2, hidden: [16], activation: .tanh)
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        .untrained([.velocity], network, seed: 4)
      ]
    )
    func values(_ rule: DivergenceRule) throws -> LogDensities {
      try Sampler(fields).sdeLogDensity(
        RandomBlock(seed: 1, samples: 0..<5).normal(columns: 2),
        from: StandardGaussian(dimension: 2),
        divergence: rule,
        diffusion: .constant(0.3, on: 0.1...0.9),
        paths: 200,
        steps: 20,
        seed: 7
      )
    }
    let exact = try values(.exact)
    let found = try values(.hutchinson(probes: 2, seed: 3))
    for point in 0..<5 {
      // The paths are the same, so that the difference is that of the probes.
      #expect(abs(found[point].standardErrors(above: exact.values[point])) < 5)
    }
    #expect(found.values != exact.values)
  }

  @Test func thePartOfXCountsInEveryDimension() {
    // η_z = 0 leaves b = (β̇/β) x of the linear one-sided interpolant: ∇·b = 3/t.
    let network = MLP(dimension: 3, hidden: [4], activation: .tanh)
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        LearnedField(
          kind: .denoiser,
          network: network,
          parameters: network.initialParameters(seed: 4).map { Tensor<Float>($0 * 0) },
          times: 0...1
        )
      ]
    )
    let points = RandomBlock(seed: 1, samples: 0..<5).normal(columns: 3)
    let found = fields(0.25, points, wanted: .divergence).divergence
    #expect(found.elements.allSatisfy { abs($0 - 12) <= 4 * 12 * 0x1p-52 }, "\(found)")
  }

  @Test func theGradientIsThatOfTheLogDensity() throws {
    let fields = Self.curved(dimension: 3)
    let sampler = Sampler(fields)
    let start = StandardGaussian(dimension: 3)
    let points = RandomBlock(seed: 2, samples: 0..<20).normal(columns: 3)
    let found = try sampler.gradientOfLogDensity(points, from: start, steps: 40)
    for axis in 0..<3 {
      let direction = Tensor<Double>(identity: 3).slice(axis..<axis + 1)
        .broadcast(to: points.shape)
      // The network computes in Float: four units in the last place of 2⁻²⁴.
      let slope = CentralDifference(
        at: [points],
        along: [direction],
        step: 0x1p-4,
        roundings: 0x1p31
      ) { arguments in
        (try? sampler.logDensity(arguments[0], from: start, steps: 40).values.elements) ?? []
      }
      #expect(slope.mismatch(found.slice(axis..<axis + 1, along: 1).elements) == nil)
    }
    #expect(found.sumOfSquares > 10)
  }

  @Test func theGradientOfAnExactNetwork() throws {
    let own = LearnedFieldsTests.Learned(
      networks: [[.conditionalVelocity, .score]],
      isTwoSided: true,
      follows: [],
      atStart: [],
      atEnd: []
    )
    let exact = try LearnedFieldsTests.exact(own)
    let points = Tensor(rows: [[-0.5], [0.4], [1.1], [2.4]])
    let found = try Sampler(LearnedFieldsTests.learned(own, exact.interpolant))
      .gradientOfLogDensity(
        points,
        from: try Gaussian(
          mean: Tensor([ExactNetwork.mean0]),
          covariance: Tensor(rows: [[ExactNetwork.variance0]])
        ),
        steps: 50
      )
    let wanted = (points - ExactNetwork.mean1) * (-1 / ExactNetwork.variance1)
    // Float fields: 2⁻²⁴ of values and second derivatives up to 50.
    #expect(found.isApproximatelyEqual(to: wanted, absoluteTolerance: 50 * 0x1p-21))
  }

  @Test func theGradientOfAConversionWithAPartOfX() throws {
    // b = (β̇/β) x + (α̇ − αβ̇/β) η_z from t = 0.2 on, where ρ is N(βm₁, α² + β²c₁).
    let own = LearnedFieldsTests.Learned(
      networks: [[.denoiser]],
      isTwoSided: false,
      follows: [],
      atStart: [],
      atEnd: []
    )
    let exact = try LearnedFieldsTests.exact(own)
    let points = Tensor(rows: [[-0.5], [0.4], [1.1], [2.4]])
    let found = try Sampler(LearnedFieldsTests.learned(own, exact.interpolant))
      .gradientOfLogDensity(
        points,
        from: try Gaussian(
          mean: Tensor([0.2 * ExactNetwork.mean1]),
          covariance: Tensor(rows: [[0.64 + 0.04 * ExactNetwork.variance1]])
        ),
        steps: 50,
        times: 0.2...1
      )
    let wanted = (points - ExactNetwork.mean1) * (-1 / ExactNetwork.variance1)
    // As above, times 1/β = 5.
    #expect(found.isApproximatelyEqual(to: wanted, absoluteTolerance: 250 * 0x1p-21))
  }
}
