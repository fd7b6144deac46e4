import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A base that is given and not drawn, or not given and drawn, stops with a text; so do settings out of range.
@Suite struct MisuseTests {
  static func says(_ result: ExitTest.Result?, _ text: String) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)")
  }

  @Test func aBaseThatIsNotDrawnIsRefused() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let ends = GaussianMixture(isotropic: Tensor(rows: [[5.0]]), standardDeviation: 1)
      _ = MixtureFields(OneSidedInterpolant.linear, base: ends, target: ends)
    }
    Self.says(result, "draws no point x₀: its base is its own, give the target alone")
    let flow = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let end = try Gaussian(mean: Tensor([5.0]), covariance: Tensor(rows: [[1.0]]))
      _ = GaussianFlow(OneSidedInterpolant.linear, base: end, target: end)
    }
    Self.says(flow, "draws no point x₀")
    let missing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let end = try Gaussian(mean: Tensor([5.0]), covariance: Tensor(rows: [[1.0]]))
      _ = GaussianFlow(TwoSidedInterpolant.linear(gamma: BrownianLatent()), target: end)
    }
    Self.says(missing, "has a point x₀ of its own: give the base too")
  }

  @Test func theSlopeOfADiffusiveLatentIsLookedAt() async {
    let slope = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = DiffusiveLatent { Coefficient(value: 1 + $0, derivative: 0) }
    }
    Self.says(slope, "ȧ must be the slope of a(t)")
    _ = DiffusiveLatent { Coefficient(value: 1 + $0, derivative: 1) }
  }

  /// β = t with the slope 2, of which a bridge would go twice as far.
  struct TwiceAsFast: Schedule {
    func alpha(_ time: Double) -> Coefficient { Coefficient(value: 1 - time, derivative: -1) }
    func beta(_ time: Double) -> Coefficient { Coefficient(value: time, derivative: 2) }
  }

  /// γ = t(1−t) with the product of another.
  struct OtherProduct: LatentSchedule {
    func callAsFunction(_ time: Double) -> Coefficient {
      Coefficient(value: time * (1 - time), derivative: 1 - 2 * time, product: 0.5 - time)
    }
  }

  struct FastMirror: MirrorSchedule {
    func callAsFunction(_ time: Double) -> Coefficient { Coefficient(value: 1, derivative: 1) }
  }

  @Test func slopesOfSchedulesAreLookedAt() async {
    let one = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OneSidedInterpolant(schedule: TwiceAsFast())
    }
    Self.says(one, "the derivative of β must be its slope, about 1.0")
    let two = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TwoSidedInterpolant(schedule: TwiceAsFast(), gamma: ZeroLatent())
    }
    Self.says(two, "the derivative of β must be its slope, about 1.0")
    let point = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PointMassInterpolant(
        from: Tensor([1.0]),
        schedule: TwiceAsFast(),
        gamma: FollmerLatent(scale: 1)
      )
    }
    Self.says(point, "the derivative of β must be its slope, about 1.0")
    let base = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try GaussianBaseInterpolant(schedule: TwiceAsFast(), covariance: Tensor(rows: [[1]]))
    }
    Self.says(base, "the derivative of β must be its slope, about 1.0")
    let latent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TwoSidedInterpolant(schedule: LinearSchedule(), gamma: OtherProduct())
    }
    Self.says(latent, "γγ̇ must be half the slope of γ²")
    let recorded = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try CustomInterpolant(dimension: 1, gamma: OtherProduct()) { time, x0, x1 in
        x0 + (x1 - x0) * time
      }
    }
    Self.says(recorded, "γγ̇ must be half the slope of γ²")
    let mirror = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MirrorInterpolant(schedule: FastMirror(), gamma: QuadraticLatent())
    }
    Self.says(mirror, "the derivative of K must be its slope, about 0.0")
  }

  /// γ = e^(−1/(t(1−t))), of which all derivatives are 0 at the ends: 10⁻³⁶ of its largest value at
  /// t = 1/86.
  struct Bump: LatentSchedule {
    func callAsFunction(_ time: Double) -> Coefficient {
      let bridge = time * (1 - time)
      let value = exp(-1 / bridge)
      let derivative = value * (1 - 2 * time) / (bridge * bridge)
      return Coefficient(value: value, derivative: bridge == 0 ? 0 : derivative)
    }
  }

  /// In a process of its own, which a refusal ends.
  @Test func steepSchedulesAreTaken() async {
    await #expect(processExitsWith: .success) {
      for scale in [1e-3, 1, 760, 1e3, 1e4] {
        _ = TwoSidedInterpolant.linear(gamma: SigmoidLatent(scale: scale))
      }
      _ = TwoSidedInterpolant.linear(gamma: Bump())
      _ = MirrorInterpolant(schedule: IdentityMirror(), gamma: Bump())
    }
  }

  @Test func settingsThatWereChangedAreLookedAtAgain() async {
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var configuration = TrainingConfiguration()
      configuration.rows = 0
      _ = try Training(
        .linear,
        target: TwoMoons(),
        objectives: [.velocity(MLP(dimension: 2, hidden: [4]))],
        configuration: configuration
      )
    }
    Self.says(rows, "a step has 1 to 2³⁰ rows, got 0")
    let period = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var configuration = TrainingConfiguration()
      configuration.learningRate.decay = .step(period: 0, factor: 0.5)
      _ = try Training(
        .linear,
        target: TwoMoons(),
        objectives: [.velocity(MLP(dimension: 2, hidden: [4]))],
        configuration: configuration
      )
    }
    Self.says(period, "a step schedule needs a period ≥ 1 and a finite factor > 0, got 0 and 0.5")
  }

  @Test func partsOfAnotherShapeAreRefused() async {
    let latent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor<Double>(zeros: [3, 2])
      _ = TwoSidedInterpolant.linear(gamma: BrownianLatent())(
        time: Tensor([0.1, 0.5, 0.9]),
        x0: x,
        x1: x,
        latent: Tensor(zeros: [3, 1])
      )
    }
    Self.says(latent, "an interpolant of I of shape [3, 2] needs z of that shape, got [3, 1]")
  }
}
