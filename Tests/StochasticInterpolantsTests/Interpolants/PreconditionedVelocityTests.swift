import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct PreconditionedVelocityTests {
  static let points = RandomBlock(seed: 3, samples: 0..<50).normal(columns: 2) * 2

  /// The field with all parameters 0 but the last bias.
  static func velocity(
    _ base: Double,
    _ target: Double,
    _ latent: Double,
    at time: Double,
    rest: Double = 0
  ) -> Tensor<Double> {
    let velocity = PreconditionedVelocity(
      MLP(dimension: 2, hidden: [3]),
      baseScale: base,
      targetScale: target,
      latentScale: latent
    )
    var parameters = velocity.parameterLayout.map { Tensor<Double>(zeros: $0.shape) }
    parameters[3] = Tensor(repeating: rest, shape: [2])
    let times = Tensor<Double>(repeating: time, shape: [50, 1])
    return evaluate(at: parameters + [times, points]) {
      velocity(Array($0.prefix(4)), time: $0[4], points: $0[5])
    }
  }

  private static func gaussian(_ scale: Double) -> GaussianMixture {
    GaussianMixture(isotropic: Tensor(zeros: [1, 2]), standardDeviation: scale)
  }

  @Test(arguments: [0, 0.2, 0.5, 0.9, 1])
  func withoutANetworkItIsTheVelocityBetweenGaussians(_ time: Double) {
    // A few roundings of values below 20.
    let tolerance = 100 * 0x1p-52
    let oneSided = MixtureFields(OneSidedInterpolant.linear, target: Self.gaussian(2.5))
    #expect(
      mismatch(
        Self.velocity(1, 2.5, 0, at: time),
        oneSided(time, Self.points).velocity,
        tolerance: tolerance
      ) == nil
    )
    // γγ̇ is finite at both ends: a/2 and −a/2.
    for (latent, interpolant) in [
      (0, AnyInterpolant(TwoSidedInterpolant.linear(gamma: ZeroLatent()))),
      (0.7, AnyInterpolant(TwoSidedInterpolant.linear(gamma: BrownianLatent(scale: 0.7)))),
    ] {
      let fields = MixtureFields(
        interpolant,
        base: Self.gaussian(0.4),
        target: Self.gaussian(1.5)
      )
      #expect(
        mismatch(
          Self.velocity(0.4, 1.5, latent, at: time),
          fields(time, Self.points).velocity,
          tolerance: tolerance
        ) == nil,
        "a = \(latent)"
      )
    }
  }

  // c² = Var(x₁ − x₀ | x_t) = σ₀² + σ₁² − Cov(x₁ − x₀, x_t)²/σ².
  @Test(arguments: [0, 0.2, 0.5, 0.9, 1])
  func theNetworkIsScaledByWhatXLeavesOpen(_ time: Double) {
    let (base, target) = (0.4, 1.5)
    let variance = (1 - time) * (1 - time) * base * base + time * time * target * target
    let covariance = time * target * target - (1 - time) * base * base
    let open = base * base + target * target - covariance * covariance / variance
    let change =
      Self.velocity(base, target, 0, at: time, rest: 1) - Self.velocity(base, target, 0, at: time)
    for element in change.elements {
      #expect(abs(element - open.squareRoot()) < 100 * 0x1p-52)
    }
  }

  @Test func misuse() async {
    func says(_ result: ExitTest.Result?, _ text: String) {
      let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
      #expect(output.contains(text), "\(output)")
    }
    says(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PreconditionedVelocity(MLP(dimension: 2, heads: 2))
      },
      "got a network of 2 heads"
    )
    says(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PreconditionedVelocity(MLP(dimension: 2), targetScale: 0)
      },
      "got 1.0 and 0.0"
    )
    says(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PreconditionedVelocity(MLP(dimension: 2), latentScale: -1)
      },
      "not negative, got -1.0"
    )
    // A square beyond Float would make 0/0 of the factors.
    says(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PreconditionedVelocity(MLP(dimension: 2), baseScale: 2e19)
      },
      "got 2e+19 and 1.0"
    )
    says(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = PreconditionedVelocity(MLP(dimension: 2), baseScale: 1.5e19, targetScale: 1.5e19)
      },
      "the squares of the sizes 1.5e+19 and 1.5e+19 with the latent's 0.0 are too large"
    )
  }
}
