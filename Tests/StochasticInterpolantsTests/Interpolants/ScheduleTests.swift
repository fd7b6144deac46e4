import StochasticInterpolants
import Testing

/// One coefficient under test: its value and derivative as functions of t.
struct CoefficientCase: Sendable, CustomStringConvertible {
  let description: String
  let evaluate: @Sendable (Double) -> (value: Double, derivative: Double)

  static let all: [CoefficientCase] = {
    func schedule(_ name: String, _ schedule: some Schedule) -> [CoefficientCase] {
      [
        CoefficientCase(description: "\(name) α") {
          let alpha = schedule.alpha($0)
          return (alpha.value, alpha.derivative)
        },
        CoefficientCase(description: "\(name) β") {
          let beta = schedule.beta($0)
          return (beta.value, beta.derivative)
        },
      ]
    }
    func latent(_ name: String, _ latent: some LatentSchedule) -> CoefficientCase {
      CoefficientCase(description: name) {
        let gamma = latent($0)
        return (gamma.value, gamma.derivative)
      }
    }
    return schedule("linear", LinearSchedule()) + schedule("trigonometric", TrigonometricSchedule())
      + [
        latent("γ = √(t(1−t))", BrownianLatent()),
        latent("γ = √(3t(1−t))", BrownianLatent(scale: 3)),
        latent("γ = t(1−t)", QuadraticLatent()),
        latent("γ = sin²(πt)", SineSquaredLatent()),
        latent("γ = 0", ZeroLatent()),
      ]
  }()
}

@Suite struct ScheduleTests {
  @Test(arguments: CoefficientCase.all)
  func derivativeIsTheSlopeOfTheValue(_ coefficient: CoefficientCase) {
    // Central differences: h²/6 |f‴| + ulp/h. On [0.05, 0.95] every |f‴| is below 500 (the worst is
    // √(3t(1−t)) at 0.05), so with h = 1e-5 the error stays below 1e-8 + 1e-10.
    let step = 1e-5
    for index in 0...90 {
      let time = 0.05 + 0.01 * Double(index)
      let slope =
        (coefficient.evaluate(time + step).value - coefficient.evaluate(time - step).value)
        / (2 * step)
      #expect(abs(slope - coefficient.evaluate(time).derivative) < 2e-8, "t = \(time)")
    }
  }

  @Test func endsAreExact() {
    func check(_ schedule: some Schedule) {
      #expect(schedule.alpha(0).value == 1 && schedule.alpha(1).value == 0)
      #expect(schedule.beta(0).value == 0 && schedule.beta(1).value == 1)
    }
    check(LinearSchedule())
    check(TrigonometricSchedule())
    func check(_ latent: some LatentSchedule) {
      #expect(latent(0).value == 0 && latent(1).value == 0)
      #expect(latent(0).product.isFinite && latent(1).product.isFinite)
    }
    check(BrownianLatent(scale: 2))
    check(QuadraticLatent())
    check(SineSquaredLatent())
    check(ZeroLatent())
  }

  @Test func productIsFiniteWhereTheDerivativeIsNot() {
    // γγ̇ → ±a/2 at the ends of √(a t(1−t)), where γ̇ is infinite (mathematics of (4.1)).
    let latent = BrownianLatent(scale: 2)
    #expect(latent(0).product == 1 && latent(1).product == -1)
    #expect(latent(0).derivative == .infinity && latent(1).derivative == -.infinity)
  }

  @Test(arguments: Array(stride(from: 0.05, through: 0.95, by: 0.05)))
  func productIsValueTimesDerivative(_ time: Double) {
    func check(_ latent: some LatentSchedule) {
      let gamma = latent(time)
      #expect(abs(gamma.product - gamma.value * gamma.derivative) <= 4e-16 * 4)
    }
    check(BrownianLatent(scale: 3))
    check(QuadraticLatent())
    check(SineSquaredLatent())
  }

  @Test func onlyTheBrownianLatentIsSingular() {
    #expect(TwoSidedInterpolant.linear(gamma: BrownianLatent()).hasSingularLatent)
    #expect(!TwoSidedInterpolant.linear(gamma: QuadraticLatent()).hasSingularLatent)
    #expect(!TwoSidedInterpolant.linear(gamma: SineSquaredLatent()).hasSingularLatent)
    #expect(!OneSidedInterpolant.linear.hasSingularLatent)
    #expect(!TwoSidedInterpolant.linear(gamma: ZeroLatent()).hasLatent)
  }
}
