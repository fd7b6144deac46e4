import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct TimeChangeTests {
  @Test func theOrnsteinUhlenbeckTimeGivesTheSBDMSchedule() {
    let schedule = SBDMSchedule()
    for time in [0, 0.1, 0.5, 0.99, 1] {
      let tau = OrnsteinUhlenbeckTime.diffusionTime(time)
      #expect(abs(OrnsteinUhlenbeckTime.time(tau) - time) < 1e-15)
      // e^{−τ} and √(1 − e^{−2τ}) (5.4).
      #expect(abs(exp(-tau) - schedule.beta(time).value) < 1e-15)
      let spread = (-expm1(-2 * tau)).squareRoot()
      #expect(abs(spread - schedule.alpha(time).value) < 1e-14)
    }
  }

  @Test func theReversedDiffusionIsTheInterpolantsSDE() throws {
    // x/t + 2s/t = b + εs with ε = 1/t (5.8)–(5.10).
    let fields = MixtureFields(OneSidedInterpolant.sbdm, target: try ExactCase.target())
    let points = RandomBlock(seed: 9, samples: 0..<100).normal(columns: 2)
    for time in [0.05, 0.4, 0.9, 1] {
      let values = fields(time, points)
      let drift = try OrnsteinUhlenbeckTime.reversedDrift(
        score: values.score,
        points: points,
        time: time
      )
      let sum = values.velocity + values.score * (1 / time)
      #expect(drift.isApproximatelyEqual(to: sum, absoluteTolerance: 1e-9))
      // t⁻¹x + t⁻¹s = ts + η₁ (5.10) and b = ts + η₁ (5.6).
      let right = values.score * time + values.targetDenoiser
      #expect(values.velocity.isApproximatelyEqual(to: right, absoluteTolerance: 1e-9))
    }
    #expect(throws: ConversionError.self) {
      _ = try OrnsteinUhlenbeckTime.reversedDrift(score: points, points: points, time: 0)
    }
  }

  @Test func localizationTimesAreInverted() {
    let localization = StochasticLocalization(LinearSchedule())
    for time in [0, 0.2, 0.5, 0.8, 1] {
      let own = localization.localizationTime(time)
      let ratio = time / (1 - time)
      #expect(own == ratio * ratio || abs(own - ratio * ratio) < 1e-14 * own)
      #expect(abs(localization.time(own) - time) < 1e-14)
    }
    #expect(throws: ConversionError.self) {
      _ = try localization.observation(Tensor<Double>(rows: [[1]]), at: 1)
    }
    #expect(throws: ConversionError.self) {
      _ = try localization.points(Tensor<Double>(rows: [[1]]), at: 0)
    }
  }

  @Test func localizationFindsTheTarget() throws {
    // dY = E[x₁ | Y] dT + dW from Y = 0: Y_T − T x₁ is Brownian, so Y_T/T has the law of
    // x₁ + z/√T. By Euler–Maruyama to T = 20 with η₁ of the interpolant, in steps of 0.02 and on
    // the same paths in steps twice as long.
    let target = GaussianMixture(isotropic: Tensor(rows: [[-1], [1.5]]), standardDeviation: 0.4)
    let fields = MixtureFields(OneSidedInterpolant.linear, target: target)
    let localization = StochasticLocalization(LinearSchedule())
    let count = 4_000
    let (steps, end) = (1_000, 20.0)
    func localized(every stride: Int) throws -> Tensor<Double> {
      let fine = end / Double(steps)
      let width = Double(stride) * fine
      var observation = Tensor<Double>(zeros: [count, 1])
      for step in Swift.stride(from: 0, to: steps, by: stride) {
        let time = localization.time(Double(step) * fine)
        let points =
          step == 0 ? observation : try localization.points(observation, at: time)
        let mean = fields(time, points, wanted: .targetDenoiser).targetDenoiser
        observation = observation + mean * width
        for part in step..<step + stride {
          let noise = RandomBlock(seed: 10, samples: 0..<count, step: part).normal(columns: 1)
          observation = observation + noise * fine.squareRoot()
        }
      }
      return observation * (1 / end)
    }
    let (found, coarse) = (try localized(every: 1), try localized(every: 2))
    let variance = target.covariance[0, 0] + 1 / end
    /// At weak order 1 the bias is what steps twice as long change, known to five standard errors
    /// of the differences of the paths; and five of the mean itself.
    func check(_ own: Tensor<Double>, _ other: Tensor<Double>, _ exact: Double, _ error: Double) {
      let change = Estimate(meanOf: own - other)
      let bias = abs(change.value) + 5 * change.standardError
      #expect(abs(own.mean() - exact) < 5 * error + bias, "the bias is \(change)")
      // The bound is no excuse.
      #expect(bias < 5 * error, "the bias is \(change)")
    }
    check(found, coarse, target.mean[0], (variance / Double(count)).squareRoot())
    func squares(_ points: Tensor<Double>) -> Tensor<Double> {
      (points - target.mean) * (points - target.mean)
    }
    check(
      squares(found),
      squares(coarse),
      variance,
      variance * (2 / Double(count)).squareRoot()
    )
    // Half of them near each mode.
    let share = found.elements.filter { $0 > 0.25 }.count
    #expect(abs(Double(share) / Double(count) - 0.5) < 5 * 0.5 / Double(count).squareRoot())
  }
}
