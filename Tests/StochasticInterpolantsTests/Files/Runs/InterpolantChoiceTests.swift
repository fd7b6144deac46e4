import StochasticInterpolants
import Testing

@Suite struct InterpolantChoiceTests {
  static let choices: [(InterpolantChoice, any Interpolant)] = [
    (.oneSided(schedule: .linear), OneSidedInterpolant.linear),
    (.oneSided(schedule: .trigonometric), OneSidedInterpolant.trigonometric),
    (.oneSided(schedule: .sbdm), OneSidedInterpolant.sbdm),
    (
      .twoSided(schedule: .linear, gamma: .brownian, scale: 2),
      TwoSidedInterpolant.linear(gamma: BrownianLatent(scale: 2))
    ),
    (
      .twoSided(schedule: .trigonometric, gamma: .quadratic, scale: 1),
      TwoSidedInterpolant.trigonometric(gamma: QuadraticLatent())
    ),
    (
      .twoSided(schedule: .trigonometric, gamma: .sigmoid, scale: 1),
      TwoSidedInterpolant.trigonometric(gamma: SigmoidLatent())
    ),
    (
      .twoSided(schedule: .encodingDecoding, gamma: .sineSquared, scale: 1),
      TwoSidedInterpolant.encodingDecoding
    ),
  ]

  @Test func aNameIsItsInterpolant() throws {
    for (choice, expected) in Self.choices {
      let own = try choice.interpolant()
      for time in [0, 0.3, 0.8, 1] {
        #expect(own.linearCoefficients(time) == expected.linearCoefficients(time), "\(choice)")
        #expect(own.latent(time).value == expected.latent(time).value)
      }
      #expect(own.hasBasePoint == expected.hasBasePoint && own.hasLatent == expected.hasLatent)
    }
    let preserving = try InterpolantChoice.twoSided(
      schedule: .variancePreserving,
      gamma: .brownian,
      scale: 1
    ).interpolant()
    let expected = try TwoSidedInterpolant.variancePreserving(gamma: BrownianLatent())
    #expect(preserving.linearCoefficients(0.3) == expected.linearCoefficients(0.3))
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
