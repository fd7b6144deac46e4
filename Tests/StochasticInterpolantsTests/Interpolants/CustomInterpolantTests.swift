import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

@Suite struct CustomInterpolantTests {
  static let block = RandomBlock(seed: 3, samples: 0..<300)
  static let x0 = block.part(0).normal(columns: 2)
  static let x1 = block.part(1).normal(columns: 2)
  static let z = block.part(2).normal(columns: 2)
  static let time = block.part(3).uniform(columns: 1).reshaped([300])

  @Test func aRecordedLinearInterpolantIsTheLinearOne() throws {
    let custom = try CustomInterpolant(dimension: 2, gamma: BrownianLatent()) { t, x0, x1 in
      (1 - t) * x0 + t * x1
    }
    let own = custom(time: Self.time, x0: Self.x0, x1: Self.x1, latent: Self.z)
    let exact = TwoSidedInterpolant.linear(gamma: BrownianLatent())(
      time: Self.time,
      x0: Self.x0,
      x1: Self.x1,
      latent: Self.z
    )
    #expect(own.mean.isApproximatelyEqual(to: exact.mean, absoluteTolerance: 1e-14))
    #expect(own.meanDot.isApproximatelyEqual(to: exact.meanDot, absoluteTolerance: 1e-14))
    let targets = own.velocityTarget(sign: -1)
    #expect(
      targets.isApproximatelyEqual(to: exact.velocityTarget(sign: -1), absoluteTolerance: 1e-12)
    )
  }

  /// I = x₀ + t (x₁ − x₀) + t(1−t) tanh(x₀ + x₁), nonlinear in x₀, x₁ and t.
  static func bent(_ dimension: Int) throws -> CustomInterpolant<QuadraticLatent> {
    try CustomInterpolant(dimension: dimension, gamma: QuadraticLatent()) { t, x0, x1 in
      x0 + t * (x1 - x0) + t * (1 - t) * (x0 + x1).tanh
    }
  }

  @Test func theSlopeOfANonlinearInterpolantIsItsPushforward() throws {
    let bent = try Self.bent(2)
    let own = bent(time: Self.time, x0: Self.x0, x1: Self.x1, latent: Self.z)
    let step = 1e-5
    // Quadratic in t: central differences are exact up to rounding, 1e-16 · 10/h.
    let later = bent(time: Self.time + step, x0: Self.x0, x1: Self.x1, latent: Self.z).mean
    let earlier = bent(time: Self.time - step, x0: Self.x0, x1: Self.x1, latent: Self.z).mean
    let slope = (later - earlier) * (0.5 / step)
    #expect(own.meanDot.isApproximatelyEqual(to: slope, absoluteTolerance: 1e-9))
    let sum = Self.x0 + Self.x1
    let expected = Tensor(
      zip(zip(sum.elements, Self.x1.elements), zip(Self.x0.elements, (0..<600).map { $0 / 2 })).map
      {
        let t = Self.time[$1.1]
        return $0.1 - $1.0 + (1 - 2 * t) * tanh($0.0)
      },
      shape: [300, 2]
    )
    #expect(own.meanDot.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-12))
  }

  @Test func endsThatAreNotThePointsAreRefused() {
    let error = #expect(throws: InterpolantError.self) {
      _ = try CustomInterpolant(dimension: 1, gamma: BrownianLatent()) { t, x0, x1 in
        (1 - t) * x0 + t * t * x1 * 0.5
      }
    }
    guard case .boundary(let what, let time, _, _)? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(what == "I(t, x₀, x₁)" && time == 1)
    let infinite = #expect(throws: InterpolantError.self) {
      _ = try CustomInterpolant(dimension: 1, gamma: BrownianLatent()) { t, x0, x1 in
        // √t has an infinite slope at t = 0.
        (1 - t.squareRoot) * x0 + t.squareRoot * x1
      }
    }
    guard case .notFinite(let part, 0, _)? = infinite else {
      Issue.record("got \(String(describing: infinite))")
      return
    }
    #expect(part == "∂_t I(t, x₀, x₁)")
    #expect(throws: InterpolantError.self) {
      _ = try CustomOneSidedInterpolant(dimension: 1, schedule: LinearSchedule()) { t, x1 in
        t * x1 + (1 - t)
      }
    }
  }

  @Test func aNonlinearOneSidedInterpolantHasItsSlope() throws {
    // J = t x₁ + t²(1−t) sin x₁.
    let own = try CustomOneSidedInterpolant(dimension: 2, schedule: TrigonometricSchedule()) {
      t,
      x1 in t * x1 + t.squared * (1 - t) * x1.sin
    }
    let sample = own(time: Self.time, x1: Self.x1, latent: Self.z)
    let target = sample.velocityTarget().elements
    let points = sample.points().elements
    for index in 0..<600 {
      let (t, x, z) = (Self.time[index / 2], Self.x1.elements[index], Self.z.elements[index])
      let (alpha, rate) = (cos(.pi * t / 2), -.pi / 2 * sin(.pi * t / 2))
      #expect(abs(points[index] - (alpha * z + t * x + t * t * (1 - t) * sin(x))) < 1e-12)
      let slope = x + (2 * t - 3 * t * t) * sin(x) + rate * z
      #expect(abs(target[index] - slope) < 1e-12)
    }
  }

  @Test func aNonlinearInterpolantIsLearned() throws {
    // b at t = 0.25 estimated from samples: the mean of ẋ over 400,000 draws in bins of x, against the
    // trained network.
    let bent = try Self.bent(1)
    let base = GaussianMixture(isotropic: Tensor(rows: [[-1], [1]]), standardDeviation: 0.3)
    let target = GaussianMixture(isotropic: Tensor(rows: [[0]]), standardDeviation: 0.5)
    var training = try Training(
      bent,
      base: base,
      target: target,
      objectives: [
        .velocity(
          MLP(dimension: 1, hidden: [64, 64, 64], activation: .silu),
          timeSampling: .stratified
        )
      ],
      configuration: TrainingConfiguration(
        rows: 1_024,
        steps: 3_000,
        learningRate: LearningRate(5e-3, decay: .cosine(period: 3_000, final: 0)),
        seed: 1
      )
    )
    while try training.next() != nil {}
    let model = training.model
    let count = 400_000
    let block = RandomBlock(seed: 77, samples: 0..<count)
    let sample = bent(
      time: Tensor(repeating: 0.25, shape: [count]),
      x0: base.sample(block.inStream(100)),
      x1: target.sample(block.inStream(200)),
      latent: block.inStream(300).normal(columns: 1)
    )
    let (x, slope) = (sample.points().elements, sample.velocityTarget().elements)
    /// How far a field is from the means in bins, the root of a mean square, relative to b; the
    /// mean square is twice the excess loss at this time. And what the noise of the means is worth.
    func share(_ field: (Tensor<Double>) -> Tensor<Double>) -> (value: Double, noise: Double) {
      var (squaredDistance, squaredVelocity, noise) = (0.0, 0.0, 0.0)
      for centre in stride(from: -1.5, through: 1.5, by: 0.05) {
        var (sum, squares, number) = (0.0, 0.0, 0.0)
        for (x, slope) in zip(x, slope) where abs(x - centre) < 0.025 {
          sum += slope
          squares += slope * slope
          number += 1
        }
        let mean = sum / number
        let variance = (squares / number - mean * mean) / number
        let distance = field(Tensor(rows: [[centre]])).scalar - mean
        // The square of a mean's own error is its variance.
        squaredDistance += number * (distance * distance - variance)
        squaredVelocity += number * mean * mean
        // A mean's squared error has itself the variance 2σ⁴.
        noise += 2 * number * number * variance * variance
      }
      return (
        (max(0, squaredDistance) / squaredVelocity).squareRoot(),
        (5 * noise.squareRoot() / squaredVelocity).squareRoot()
      )
    }
    let learned = share { model.fields(0.25, $0, wanted: .velocity).velocity }
    // The field of the linear interpolant between the same mixtures is seen to be another.
    let straight = MixtureFields(
      TwoSidedInterpolant.linear(gamma: QuadraticLatent()),
      base: base,
      target: target
    )
    let linear = share { straight(0.25, $0, wanted: .velocity).velocity }
    // The field of another interpolant is seen to be one, and the training leaves at most a third
    // of its distance, a ninth of its excess loss, but for the noise.
    #expect(linear.value > linear.noise, "\(linear)")
    #expect(learned.value < linear.value / 3 + learned.noise, "\(learned), linear \(linear)")
  }
}
