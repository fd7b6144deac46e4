import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Paths that stop inside (0, 1) and go the rest in one evaluation: between Gaussians every finishing step
/// is affine, so that the law of the end is known.
@Suite struct FinishingStepTests {
  static let oracle = GaussianOracle()
  static let diffusion = 0.7

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let finishing: FinishingStep
    /// Mean and variance of the end from t_f, with the direction's sign.
    let law: @Sendable (_ time: Double, _ direction: Direction) -> (mean: Double, variance: Double)
  }

  /// The law of m + k (X − m(t_f)).
  static func affine(_ time: Double, mean: Double, factor: Double) -> (Double, Double) {
    (mean, factor * factor * oracle.variance(time))
  }

  static let cases: [Case] = [
    Case(testDescription: "none", finishing: .none) { time, _ in
      (oracle.mean(time), oracle.variance(time))
    },
    Case(testDescription: "denoise", finishing: .denoise) { time, direction in
      direction == .forward
        ? affine(time, mean: oracle.mean1, factor: time * oracle.variance1 / oracle.variance(time))
        : affine(
          time,
          mean: oracle.mean0,
          factor: (1 - time) * oracle.variance0 / oracle.variance(time)
        )
    },
    Case(
      testDescription: "tweedie",
      finishing: .tweedie(TwoSidedInterpolant.linear(gamma: BrownianLatent()))
    ) { time, _ in
      affine(
        time,
        mean: oracle.mean(time),
        factor: 1 - time * (1 - time) / oracle.variance(time)
      )
    },
    Case(testDescription: "flow", finishing: .flow) { time, direction in
      let step = direction == .forward ? 1 - time : -time
      return affine(
        time,
        mean: oracle.mean(time) + step * (oracle.mean1 - oracle.mean0),
        factor: 1 + step * oracle.slope(time)
      )
    },
    Case(testDescription: "mean", finishing: .mean) { time, direction in
      let step = direction == .forward ? 1 - time : -time
      // b ± εs has the slope ċ/2c ∓ ε/c.
      let noise = (direction == .forward ? -1 : 1) * diffusion / oracle.variance(time)
      return affine(
        time,
        mean: oracle.mean(time) + step * (oracle.mean1 - oracle.mean0),
        factor: 1 + step * (oracle.slope(time) + noise)
      )
    },
  ]

  static func fields() throws -> MixtureFields<
    TwoSidedInterpolant<LinearSchedule, BrownianLatent>
  > {
    MixtureFields(
      .linear(gamma: BrownianLatent()),
      base: GaussianMixture(
        isotropic: Tensor(rows: [[oracle.mean0]]),
        standardDeviation: oracle.variance0.squareRoot()
      ),
      target: GaussianMixture(
        isotropic: Tensor(rows: [[oracle.mean1]]),
        standardDeviation: oracle.variance1.squareRoot()
      )
    )
  }

  @Test(arguments: cases, [Direction.forward, .backward])
  func theEndHasTheLawOfTheStep(_ own: Case, _ direction: Direction) throws {
    let fields = try Self.fields()
    let times: ClosedRange<Double> = direction == .forward ? 0...0.8 : 0.3...1
    let stop = direction == .forward ? 0.8 : 0.3
    let samples = try Sampler(fields).sde(
      count: 20_000,
      from: direction == .forward ? try Self.oracle.base : try Self.oracle.target,
      diffusion: .constant(Self.diffusion),
      steps: 100,
      times: times,
      direction: direction,
      finishing: own.finishing,
      seed: 3
    )
    let (mean, variance) = own.law(stop, direction)
    // Weak order 2 with h = 1/100 and derivatives of order 10.
    SamplerTests.checkLaw(samples.points, mean: mean, variance: variance, bias: 1e-3)
    let isOne = own.testDescription == "none" ? 0 : 1
    #expect(samples.evaluations == 200 + isOne)
  }

  @Test func aOneSidedTweedieStepIsTheLastOfTheIteratedDenoiser() throws {
    try expectTheLastStep(.linear, LinearSchedule())
    // β(0) is not quite 0 there.
    try expectTheLastStep(.sitVariancePreserving, SiTVariancePreservingSchedule())
  }

  private func expectTheLastStep<S: Schedule>(
    _ interpolant: OneSidedInterpolant<S>,
    _ schedule: S
  ) throws {
    let fields = MixtureFields(
      interpolant,
      target: GaussianMixture(isotropic: Tensor(rows: [[-1], [2]]), standardDeviation: 0.4)
    )
    func end(_ finishing: FinishingStep) throws -> Tensor<Double> {
      try Sampler(fields).ode(
        count: 200,
        from: StandardGaussian(dimension: 1),
        steps: 20,
        times: 0...0.9,
        finishing: finishing,
        seed: 4
      ).points
    }
    let stopped = try end(.none)
    let own = fields(0.9, stopped, wanted: .denoiser)
    let expected = try OneSidedConversions(schedule, at: 0.9).targetDenoiser(
      denoiser: own.denoiser,
      points: stopped
    )
    #expect(
      try end(.tweedie(interpolant)).isApproximatelyEqual(to: expected, relativeTolerance: 1e-12)
    )
    #expect(try end(.denoise).isApproximatelyEqual(to: expected, relativeTolerance: 1e-12))
  }

  @Test func aTweedieStepOfABridgeFromAPointLeavesItsPathWithoutTheLatent() throws {
    // I = αx₀ + βx₁ there, which is not x₁.
    let interpolant = PointMassInterpolant(
      from: Tensor([1.0]),
      schedule: LinearSchedule(),
      gamma: FollmerLatent()
    )
    let fields = MixtureFields(
      interpolant,
      target: GaussianMixture(isotropic: Tensor(rows: [[-1], [2]]), standardDeviation: 0.4)
    )
    func end(_ finishing: FinishingStep) throws -> Tensor<Double> {
      try Sampler(fields).sde(
        count: 200,
        from: PointMass(Tensor([1.0])),
        diffusion: .process,
        steps: 20,
        times: 0...0.7,
        finishing: finishing,
        seed: 4
      ).points
    }
    let stopped = try end(.none)
    let expected =
      stopped - fields(0.7, stopped, wanted: .denoiser).denoiser * interpolant.latent(0.7).value
    #expect(
      try end(.tweedie(interpolant)).isApproximatelyEqual(to: expected, relativeTolerance: 1e-12)
    )
  }

  @Test func aStepThatNeedsWhatIsMissingIsRefused() throws {
    let error = #expect(throws: SamplingError.self) {
      try Sampler(Self.oracle.fields).ode(
        count: 1,
        from: Self.oracle.base,
        steps: 1,
        times: 0...0.5,
        finishing: .denoise,
        seed: 0
      )
    }
    #expect(error?.description.contains("finishing step needs") == true)
  }

  @Test func aStepFromTheEndIsMisuse() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = try Sampler(GaussianOracle().fields).ode(
        count: 1,
        from: GaussianOracle().base,
        steps: 1,
        finishing: .flow,
        seed: 0
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("a finishing step leads from a time inside (0, 1)"))
    #expect(text.contains("1.0"))
  }

  @Test func aStepToWhatIsNotFiniteIsAFailure() throws {
    // Points do not move; at t_f the field is NaN at one of them, where Euler's method does not ask.
    let start = StandardGaussian(dimension: 2)
    let marked = start.sample(RandomBlock(seed: 2, stream: 0x0200, samples: 150..<151))[0, 1]
    let fields = ClosureFields(
      dimension: 2,
      velocity: { t, x in
        Tensor(x.elements.map { t == 0.5 && $0 == marked ? .nan : 0 }, shape: x.shape)
      }
    )
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).ode(
        count: 200,
        from: start,
        method: .euler,
        steps: 4,
        times: 0...0.5,
        finishing: .flow,
        seed: 2
      )
    }
    let outcome = Outcome.nonFiniteField(time: 0.5, row: 150, component: 1)
    #expect(error == .integration(IntegrationFailure(outcome: outcome, steps: 4)))
  }

  @Test func aTweedieStepOfAnotherInterpolantIsRefused() throws {
    let error = #expect(throws: SamplingError.self) {
      _ = try Sampler(try Self.fields()).ode(
        count: 1,
        from: StandardGaussian(dimension: 1),
        steps: 2,
        times: 0...0.75,
        finishing: .tweedie(TwoSidedInterpolant.linear(gamma: QuadraticLatent())),
        seed: 0
      )
    }
    guard case .otherSchedule("Tweedie's step", time: 0.75, "γ", given: 0.1875, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Points at t = 0.3 on the way from N(2, 3/2) backward, and where the step takes them.
  private static func denoised(
    _ fields: some Fields
  ) throws(SamplingError) -> (stopped: Tensor<Double>, ends: Tensor<Double>) {
    let target = GaussianMixture(
      isotropic: Tensor(rows: [[oracle.mean1]]),
      standardDeviation: oracle.variance1.squareRoot()
    )
    func end(_ finishing: FinishingStep) throws(SamplingError) -> Tensor<Double> {
      try Sampler(fields).ode(
        count: 50,
        from: target,
        steps: 10,
        times: 0.3...1,
        direction: .backward,
        finishing: finishing,
        seed: 4
      ).points
    }
    return (try end(.none), try end(.denoise))
  }

  @Test func backwardTheBaseIsDenoisedWhateverStandsForIt() throws {
    let target = GaussianMixture(
      isotropic: Tensor(rows: [[Self.oracle.mean1]]),
      standardDeviation: Self.oracle.variance1.squareRoot()
    )
    let (mean, variance) = (Self.oracle.mean1, Self.oracle.variance1)
    func expect(
      _ interpolant: some Interpolant,
      _ exact: (Tensor<Double>) -> Tensor<Double>
    ) throws {
      let (stopped, ends) = try Self.denoised(MixtureFields(interpolant, target: target))
      // Some ten roundings of numbers below 10.
      #expect(ends.isApproximatelyEqual(to: exact(stopped), absoluteTolerance: 1e-13))
    }
    // x₀ = z: E[z | x] = α(x − βm₁)/(α² + β²c₁).
    try expect(OneSidedInterpolant.linear) { x in
      (x - 0.3 * mean) * (0.7 / (0.49 + 0.09 * variance))
    }
    // x₀ = σ₀z of N(0, 4).
    let wide = try GaussianBaseInterpolant(
      schedule: LinearSchedule(),
      covariance: Tensor(rows: [[4]])
    )
    try expect(wide) { x in (x - 0.3 * mean) * (0.7 * 4 / (0.49 * 4 + 0.09 * variance)) }
    // x₀ = x₁: E[x₁ | x] = m₁ + c₁(x − m₁)/(c₁ + γ²), γ² = 0.21.
    try expect(MirrorInterpolant.mirror(gamma: BrownianLatent())) { x in
      (x - mean) * (variance / (variance + 0.21)) + mean
    }
    // A network of b alone: η_z follows.
    let learned = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        LearnedField(
          kind: .velocity,
          network: ExactNetwork(kinds: [.velocity], isTwoSided: false),
          parameters: [],
          times: 0...1
        )
      ]
    )
    let (stopped, ends) = try Self.denoised(learned)
    let own = (stopped - 0.3 * ExactNetwork.mean1) * (0.7 / (0.49 + 0.09 * ExactNetwork.variance1))
    // Float fields of values up to 20.
    #expect(ends.isApproximatelyEqual(to: own, absoluteTolerance: 20 * 0x1p-22))
    // x₀ is one point, to which no step need lead.
    let point = PointMassInterpolant(
      from: Tensor([1.0]),
      schedule: LinearSchedule(),
      gamma: BrownianLatent()
    )
    #expect(throws: SamplingError.missing(.baseDenoiser, purpose: "the finishing step")) {
      try Self.denoised(MixtureFields(point, target: target))
    }
  }
}
