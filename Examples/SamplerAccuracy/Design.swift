import StochasticInterpolants

/// An interpolant of the grid, by name.
struct Design: Sendable {
  let name: String
  let interpolant: AnyInterpolant
  /// α and β where the interpolant is one-sided, which the iterated denoiser needs.
  let oneSided: (any Schedule)?

  private init(
    _ name: String,
    _ interpolant: some Interpolant,
    oneSided: (any Schedule)? = nil
  ) {
    self.name = name
    self.interpolant = AnyInterpolant(interpolant)
    self.oneSided = oneSided
  }

  /// The paper's figures 6 and 7.
  static let linear = Design(
    "linear, √(t(1−t))",
    TwoSidedInterpolant.linear(gamma: BrownianLatent())
  )

  static let oneSidedLinear = Design(
    "one-sided linear",
    OneSidedInterpolant.linear,
    oneSided: LinearSchedule()
  )

  /// Two-sided ones beside ``linear``: the whole grid has them too.
  static let others = [
    Design("linear, √(2t(1−t))", TwoSidedInterpolant.linear(gamma: BrownianLatent(scale: 2))),
    Design("linear, t(1−t)", TwoSidedInterpolant.linear(gamma: QuadraticLatent())),
    Design("linear, sin²(πt)", TwoSidedInterpolant.linear(gamma: SineSquaredLatent())),
    Design(
      "trigonometric, √(t(1−t))",
      TwoSidedInterpolant.trigonometric(gamma: BrownianLatent())
    ),
    Design(
      "encoding–decoding, sin²(πt)",
      TwoSidedInterpolant(schedule: EncodingDecodingSchedule(), gamma: SineSquaredLatent())
    ),
  ]
}
