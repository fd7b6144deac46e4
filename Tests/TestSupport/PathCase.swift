package import StochasticInterpolants
package import Tensors

/// An interpolant with its draws and the exact fields between the mixtures of ``ExactCase``.
package struct PathCase: Sendable, CustomStringConvertible {
  package let description: String
  package let interpolant: AnyInterpolant
  package let fields: MixtureFields<AnyInterpolant>
  package let draw: @Sendable (RandomBlock, Tensor<Double>) -> InterpolantSample

  package init(_ name: String, _ interpolant: some CoupledInterpolant) throws {
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    description = name
    self.interpolant = AnyInterpolant(interpolant)
    fields = MixtureFields(AnyInterpolant(interpolant), base: base, target: target)
    draw = { block, time in
      interpolant(
        time: time,
        x0: base.sample(block.inStream(100)),
        x1: target.sample(block.inStream(200)),
        latent: block.inStream(300).normal(columns: 2)
      )
    }
  }

  package init(_ name: String, _ interpolant: some TargetInterpolant) throws {
    let target = try ExactCase.target()
    description = name
    self.interpolant = AnyInterpolant(interpolant)
    fields = MixtureFields(AnyInterpolant(interpolant), target: target)
    draw = { block, time in
      interpolant(
        time: time,
        x1: target.sample(block.inStream(200)),
        latent: block.inStream(300).normal(columns: 2)
      )
    }
  }

  /// The fields whose targets the interpolant has.
  package var kinds: [VectorField] {
    VectorField.allCases.filter { kind in
      switch kind {
      case .score, .denoiser: interpolant.hasLatent
      case .baseDenoiser: interpolant.hasBasePoint
      case .drift: interpolant.process(0.5) != nil
      default: true
      }
    }
  }

  package static func all() throws -> [PathCase] {
    var all: [PathCase] = []
    func addLatents(_ name: String, _ schedule: some Schedule) throws {
      func two(_ gamma: some LatentSchedule) -> some CoupledInterpolant {
        TwoSidedInterpolant(schedule: schedule, gamma: gamma)
      }
      all.append(try PathCase("\(name), √(t(1−t))", two(BrownianLatent())))
      all.append(try PathCase("\(name), t(1−t)", two(QuadraticLatent())))
      all.append(try PathCase("\(name), sin²(πt)", two(SineSquaredLatent())))
      all.append(try PathCase("\(name), σ̂(t)", two(SigmoidLatent())))
      all.append(try PathCase("\(name), √(2a t(1−t))", two(DiffusiveLatent(0.7))))
    }
    try addLatents("linear", LinearSchedule())
    try addLatents("trigonometric", TrigonometricSchedule())
    try addLatents("encoding–decoding", EncodingDecodingSchedule())
    all.append(try PathCase("linear, 0", TwoSidedInterpolant.linear(gamma: ZeroLatent())))
    all.append(
      try PathCase(
        "variance-preserving",
        TwoSidedInterpolant.variancePreserving(gamma: BrownianLatent())
      )
    )
    all.append(try PathCase("one-sided linear", OneSidedInterpolant.linear))
    all.append(try PathCase("one-sided trigonometric", OneSidedInterpolant.trigonometric))
    all.append(try PathCase("SBDM", OneSidedInterpolant.sbdm))
    all.append(try PathCase("SiT's VP", OneSidedInterpolant.sitVariancePreserving))
    all.append(try PathCase("from N(0, C₀)", try ExactCase.fromGaussianBase()))
    all.append(
      try PathCase("mirror", MirrorInterpolant.mirror(gamma: BrownianLatent()))
    )
    all.append(
      try PathCase(
        "mirror, K = cos²(πt)",
        MirrorInterpolant(schedule: CosineSquaredMirror(), gamma: SineSquaredLatent())
      )
    )
    return all
  }
}
