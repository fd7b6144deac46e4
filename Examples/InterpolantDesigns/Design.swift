import StochasticInterpolants
import Tensors

/// One design of section 4 between the one-dimensional mixtures of the paper's figures 6 and 7.
struct Design: Sendable {
  let name: String
  let file: String
  let fields: MixtureFields<AnyInterpolant>
  let start: any Density
  /// ε = 0.5, or the latent's own process where x₀ is a point.
  let diffusion: Diffusion
  /// Where b is regular: the flow of a point mass starts later.
  let firstTime: Double

  /// ±3 with variance ¼.
  static let base = GaussianMixture(isotropic: Tensor(rows: [[-3], [3]]), standardDeviation: 0.5)

  /// −6, 0, 6 with variances ½, 0.33, ½.
  static func target() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [1.0 / 3, 1.0 / 3, 1.0 / 3],
      means: Tensor(rows: [[-6], [0], [6]]),
      covariances: Tensor([0.5, 0.33, 0.5], shape: [3, 1, 1])
    )
  }

  init(_ name: String, _ file: String, _ interpolant: some CoupledInterpolant) throws {
    self.name = name
    self.file = file
    fields = MixtureFields(
      AnyInterpolant(interpolant),
      base: Self.base,
      target: try Self.target()
    )
    start = Self.base
    diffusion = .constant(0.5)
    firstTime = 0
  }

  init(_ name: String, _ file: String, _ interpolant: some TargetInterpolant) throws {
    let target = try Self.target()
    self.name = name
    self.file = file
    fields = MixtureFields(AnyInterpolant(interpolant), target: target)
    start = interpolant.base(of: target)
    diffusion = interpolant.source == nil ? .constant(0.5) : .process
    firstTime = interpolant.source == nil ? 0 : 0.01
  }

  static func all() throws -> [Design] {
    [
      try Design("linear, γ = 0", "linear-zero", .linear(gamma: ZeroLatent())),
      try Design(
        "linear, γ = √(2t(1−t))",
        "linear-brownian",
        .linear(gamma: BrownianLatent(scale: 2))
      ),
      try Design("linear, γ = t(1−t)", "linear-quadratic", .linear(gamma: QuadraticLatent())),
      try Design(
        "trigonometric (4.10), γ = √(t(1−t))",
        "trigonometric",
        TwoSidedInterpolant.variancePreserving(gamma: BrownianLatent())
      ),
      try Design("encoding–decoding", "encoding-decoding", TwoSidedInterpolant.encodingDecoding),
      try Design("one-sided linear", "one-sided-linear", OneSidedInterpolant.linear),
      try Design("SBDM", "sbdm", OneSidedInterpolant.sbdm),
      try Design(
        "mirror, γ = √(10t(1−t))",
        "mirror",
        MirrorInterpolant.mirror(gamma: BrownianLatent(scale: 10))
      ),
      try Design(
        "point, γ = 5(1−t)√t",
        "point",
        PointMassInterpolant(
          from: Tensor([0.0]),
          schedule: LinearSchedule(),
          gamma: FollmerLatent(scale: 5)
        )
      ),
    ]
  }
}
