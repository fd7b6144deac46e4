import StochasticInterpolants
import Testing

@Suite struct InterpolantChoiceTests {
  typealias ScheduleName = InterpolantChoice.ScheduleName
  typealias LatentName = InterpolantChoice.LatentName

  /// The a of √(a t(1−t)), which the other γ do not use.
  static let scale = 2.0

  static func latent(_ name: LatentName) -> any LatentSchedule {
    switch name {
    case .brownian: BrownianLatent(scale: scale)
    case .quadratic: QuadraticLatent()
    case .sineSquared: SineSquaredLatent()
    case .sigmoid: SigmoidLatent()
    case .zero: ZeroLatent()
    }
  }

  /// The interpolant of two names, nil where they do not go together.
  static func twoSided(
    _ name: ScheduleName,
    _ gamma: some LatentSchedule
  ) throws -> (any Interpolant)? {
    switch name {
    case .linear: TwoSidedInterpolant.linear(gamma: gamma)
    case .trigonometric: TwoSidedInterpolant.trigonometric(gamma: gamma)
    case .encodingDecoding: TwoSidedInterpolant(schedule: EncodingDecodingSchedule(), gamma: gamma)
    // γ has to stay below 1, which sin²(πt) is at t = ½.
    case .variancePreserving:
      gamma is SineSquaredLatent ? nil : try TwoSidedInterpolant.variancePreserving(gamma: gamma)
    // From a Gaussian alone.
    case .sbdm: nil
    }
  }

  static func oneSided(_ name: ScheduleName) -> (any Interpolant)? {
    switch name {
    case .linear: OneSidedInterpolant.linear
    case .trigonometric: OneSidedInterpolant.trigonometric
    case .sbdm: OneSidedInterpolant.sbdm
    case .variancePreserving, .encodingDecoding: nil
    }
  }

  private func check(_ choice: InterpolantChoice, _ expected: (any Interpolant)?) throws {
    guard let expected else {
      #expect(throws: InterpolantChoiceError.self, "\(choice)") { try choice.interpolant() }
      return
    }
    let own = try choice.interpolant()
    for time in [0, 0.3, 0.8, 1] {
      #expect(own.linearCoefficients(time) == expected.linearCoefficients(time), "\(choice)")
      #expect(own.latent(time).value == expected.latent(time).value, "\(choice)")
    }
    #expect(own.hasBasePoint == expected.hasBasePoint && own.hasLatent == expected.hasLatent)
  }

  @Test(arguments: ScheduleName.allCases) func aNameIsItsInterpolant(_ name: ScheduleName) throws {
    try check(.oneSided(schedule: name), Self.oneSided(name))
    for gamma in LatentName.allCases {
      try check(
        .twoSided(schedule: name, gamma: gamma, scale: Self.scale),
        Self.twoSided(name, Self.latent(gamma))
      )
    }
  }

  @Test func whatDoesNotGoTogetherIsRefused() {
    func refusal(_ choice: InterpolantChoice) -> InterpolantChoiceError? {
      do {
        _ = try choice.interpolant()
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(.oneSided(schedule: .encodingDecoding)) == .needsTwoEnds(.encodingDecoding))
    let sbdm = InterpolantChoice.twoSided(schedule: .sbdm, gamma: .zero, scale: 1)
    #expect(refusal(sbdm) == .needsGaussianBase(.sbdm))
    let tooLarge = refusal(
      .twoSided(schedule: .variancePreserving, gamma: .brownian, scale: 5)
    )
    guard case .interpolant(.latentReachesOne)? = tooLarge else {
      Issue.record("got \(String(describing: tooLarge))")
      return
    }
    #expect(refusal(.twoSided(schedule: .linear, gamma: .brownian, scale: -1)) == .scale(-1))
  }
}
