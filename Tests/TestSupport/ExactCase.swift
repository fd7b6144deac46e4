package import StochasticInterpolants
package import Tensors

/// Interpolants under test, each with the exact fields between the same two mixtures of the plane.
package struct ExactCase: Sendable, CustomStringConvertible {
  package let description: String
  package let interpolant: AnyInterpolant
  package let hasBase: Bool

  /// √(2a(t) t(1−t)) with a = 2 − t, a falling coefficient.
  package static let diffusive = DiffusiveLatent { Coefficient(value: 2 - $0, derivative: -1) }

  package func fields() throws -> MixtureFields<AnyInterpolant> {
    hasBase
      ? MixtureFields(interpolant, base: try Self.base(), target: try Self.target())
      : MixtureFields(interpolant, target: try Self.target())
  }

  package static func base() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [0.3, 0.7],
      means: Tensor(rows: [[-1, 0.5], [1.5, -0.5]]),
      covariances: Tensor([0.5, 0.2, 0.2, 0.4, 0.8, -0.1, -0.1, 0.6], shape: [2, 2, 2])
    )
  }

  package static func target() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [0.5, 0.2, 0.3],
      means: Tensor(rows: [[2, 1], [-2, 0], [0, -2]]),
      covariances: Tensor(
        [0.3, 0, 0, 0.7, 0.5, 0.3, 0.3, 0.6, 0.9, -0.4, -0.4, 0.5],
        shape: [3, 2, 2]
      )
    )
  }

  package static let baseCovariance = Tensor<Double>(rows: [[1.5, -0.6], [-0.6, 0.8]])

  /// From x₀ ~ N(0, C₀) with no latent.
  package static func fromGaussianBase() throws -> GaussianBaseInterpolant<TrigonometricSchedule> {
    try GaussianBaseInterpolant(
      schedule: TrigonometricSchedule(),
      covariance: baseCovariance
    )
  }

  package static let all: [ExactCase] = {
    var all: [ExactCase] = []
    func add(_ name: String, _ interpolant: some Interpolant, hasBase: Bool = true) {
      all.append(
        ExactCase(description: name, interpolant: AnyInterpolant(interpolant), hasBase: hasBase)
      )
    }
    func addLatents(_ name: String, _ schedule: some Schedule) {
      func two(_ gamma: some LatentSchedule) -> some Interpolant {
        TwoSidedInterpolant(schedule: schedule, gamma: gamma)
      }
      add("\(name), √(t(1−t))", two(BrownianLatent()))
      add("\(name), t(1−t)", two(QuadraticLatent()))
      add("\(name), sin²(πt)", two(SineSquaredLatent()))
      add("\(name), σ̂(t)", two(SigmoidLatent()))
      add("\(name), √(2a(t) t(1−t))", two(diffusive))
    }
    addLatents("linear", LinearSchedule())
    addLatents("trigonometric", TrigonometricSchedule())
    addLatents("encoding–decoding", EncodingDecodingSchedule())
    add("linear, 0", TwoSidedInterpolant.linear(gamma: ZeroLatent()))
    add("trigonometric, 0", TwoSidedInterpolant.trigonometric(gamma: ZeroLatent()))
    func addPreserving(_ name: String, _ gamma: some LatentSchedule) {
      do {
        add(name, try TwoSidedInterpolant.variancePreserving(gamma: gamma))
      } catch {
        fatalError("\(error)")
      }
    }
    addPreserving("(4.10) with √(t(1−t))", BrownianLatent())
    addPreserving("(4.10) with t(1−t)", QuadraticLatent())
    addPreserving("(4.10) with σ̂(t)", SigmoidLatent())
    addPreserving("(4.10) with √(0.8 t(1−t))", DiffusiveLatent(0.4))
    addPreserving("(4.10) with 0", ZeroLatent())
    add("one-sided linear", OneSidedInterpolant.linear, hasBase: false)
    add("one-sided trigonometric", OneSidedInterpolant.trigonometric, hasBase: false)
    add("SBDM", OneSidedInterpolant.sbdm, hasBase: false)
    add("SiT's VP", OneSidedInterpolant.sitVariancePreserving, hasBase: false)
    add("mirror", MirrorInterpolant.mirror(gamma: BrownianLatent()), hasBase: false)
    add("mirror, t(1−t)", MirrorInterpolant.mirror(gamma: QuadraticLatent()), hasBase: false)
    add("mirror, sin²(πt)", MirrorInterpolant.mirror(gamma: SineSquaredLatent()), hasBase: false)
    add("mirror, σ̂(t)", MirrorInterpolant.mirror(gamma: SigmoidLatent()), hasBase: false)
    add(
      "mirror, √(2a(t) t(1−t))",
      MirrorInterpolant.mirror(gamma: diffusive),
      hasBase: false
    )
    add(
      "mirror, K = cos²(πt)",
      MirrorInterpolant(schedule: CosineSquaredMirror(), gamma: SineSquaredLatent()),
      hasBase: false
    )
    return all
  }()
}
