import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Rectification (section 5.3).
@Suite struct FlowCouplingTests {
  // N(0, 1) to N(2, 0.25) with the trigonometric one-sided interpolant: X₁(x) = 2 + x/2.
  static let fields = MixtureFields(
    OneSidedInterpolant.trigonometric,
    target: GaussianMixture(isotropic: Tensor(rows: [[2]]), standardDeviation: 0.5)
  )
  static let base = StandardGaussian(dimension: 1)

  @Test func pairsAreTheEndsOfTheFlow() throws {
    let coupling = try FlowCoupling(Self.fields, from: Self.base, steps: 40)
    let pairs = coupling.pairs(RandomBlock(seed: 1, samples: 0..<300))
    // Fourth order: (1/40)⁴ times a derivative of order 5 of the flow, below (π/2)⁵ · 4.
    #expect(
      pairs.x1.isApproximatelyEqual(to: pairs.x0 * 0.5 + 2, absoluteTolerance: 1e-4)
    )
    let fixed = try coupling.paired(count: 300, seed: 1)
    #expect(fixed.x0 == pairs.x0 && fixed.x1 == pairs.x1)
    // A row does not depend on the others.
    let alone = coupling.pairs(RandomBlock(seed: 1, samples: 37..<38))
    #expect(alone.x1[0, 0] == pairs.x1[37, 0])
    let image = coupling.marginals.target.sample(RandomBlock(seed: 1, samples: 0..<300))
    #expect(image == pairs.x1)
  }

  @Test func aRectifiedVelocityIsTheMapInOneStep() throws {
    // x = (1−t) x₀ + t X₁(x₀): b(t, x) = X₁(N) − N with N = (x − 2t)/(1 − t/2), and X₁ = x + b(0, x)
    // (5.24).
    let coupling = try FlowCoupling(Self.fields, from: Self.base, steps: 20)
      .paired(count: 4_096, seed: 2)
    var training = try Training(
      .linear(gamma: ZeroLatent()),
      coupling: coupling,
      objectives: [.velocity(MLP(dimension: 1, hidden: [32, 32], activation: .silu))],
      configuration: TrainingConfiguration(
        rows: 1_024,
        steps: 3_000,
        learningRate: LearningRate(3e-3, decay: .cosine(period: 3_000, final: 0)),
        seed: 3
      )
    )
    while try training.next() != nil {}
    let model = training.model
    let (points, image) = (coupling.x0, coupling.x1)
    func velocity(_ time: Double, _ points: Tensor<Double>) -> Tensor<Double> {
      model.fields(time, points, wanted: .velocity).velocity
    }
    func rootMeanSquare(_ values: Tensor<Double>) -> Double {
      (values.sumOfSquares / Double(values.count)).squareRoot()
    }
    // ẋ is a function of x_t, so that the loss has the minimum −½ E|ẋ|², and its excess is half of
    // the mean square of what is left to ẋ on the straight paths of the pairs. With independent
    // ends b(0, x) would be 2 − x instead, x/2 away: the training is to leave a tenth of that, a
    // hundredth of the excess.
    let allowed = rootMeanSquare(points * 0.5) / 10
    for time in [0, 0.3, 0.7] {
      let left = velocity(time, points * (1 - time) + image * time) - (image - points)
      #expect(rootMeanSquare(left) < allowed, "t = \(time)")
    }
    // From t = 0 one step is the map, wrong by what is left there.
    let oneStep = points + velocity(0, points)
    #expect(rootMeanSquare(oneStep - (points * 0.5 + 2)) < allowed)
  }

  /// Nothing can be drawn from no pairs.
  @Test func noPairsAreNoCoupling() throws {
    let coupling = try FlowCoupling(Self.fields, from: Self.base, steps: 1)
    #expect(throws: SamplingError.pairs(.noRows)) { try coupling.paired(count: 0, seed: 1) }
  }

  @Test func aFlowThatCannotBeFollowedIsRefused() {
    let scores = ClosureFields(dimension: 1, score: { _, x in -x })
    #expect(throws: SamplingError.self) {
      _ = try FlowCoupling(scores, from: Self.base, steps: 3)
    }
  }

  @Test func aFlowIsNotFollowedWhereItWasNotTrained() {
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        LearnedField(
          kinds: [.velocity],
          network: ExactNetwork(kinds: [.velocity], isTwoSided: false),
          parameters: [],
          times: 0...0.9
        )
      ]
    )
    let error = #expect(throws: SamplingError.self) {
      _ = try FlowCoupling(fields, from: Self.base, steps: 3)
    }
    #expect(error == .untrained(used: 0...1, trained: 0...0.9))
  }

  /// What a flow had reached where it failed is no point of ρ₁: the last stage of RK4 stands at t = 1.
  @Test func aFlowThatFailsGivesNoPoints() throws {
    let singular = ClosureFields(dimension: 1, velocity: { t, x in (x - 3) * (1 / (t - 1)) })
    let coupling = try FlowCoupling(singular, from: StandardGaussian(dimension: 1), steps: 5)
    let pairs = coupling.pairs(RandomBlock(seed: 1, samples: 0..<20))
    #expect(pairs.x0.firstNonFinite == nil)
    #expect(pairs.x1.elements.allSatisfy { $0.isNaN })
    #expect(throws: SamplingError.self) { try coupling.paired(count: 20, seed: 1) }
  }

  /// Without a latent nothing is left of the ends at t = ½, between two times of the grid.
  @Test func theStagesOfAFlowAreLookedAt() throws {
    let end = GaussianMixture(isotropic: Tensor(rows: [[1.0]]), standardDeviation: 1)
    let fields = MixtureFields(
      TwoSidedInterpolant(schedule: EncodingDecodingSchedule(), gamma: ZeroLatent()),
      base: end,
      target: end
    )
    for steps in [3, 4] {
      #expect(throws: SamplingError.self, "\(steps) steps") {
        try FlowCoupling(fields, from: end, steps: steps)
      }
    }
  }
}
