import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Kernel density estimates and their divergence")
struct KernelDensityTests {
  @Test("the estimate is the mixture of its kernels, near and far", arguments: [1, 2, 3])
  func mixture(_ dimension: Int) throws {
    let count = 40
    let factor = testTensor([dimension, dimension], seed: 3, as: Double.self)
    let points = Tensor.product(
      StandardGaussian(dimension: dimension).sample(count: count, seed: 1),
      factor + Tensor(identity: dimension) * 2
    )
    let density = try GaussianKernelDensity(points: points)
    let scott = Double.pow(Double(count), -2 / (Double(dimension) + 4))
    let width = Moments(of: points).covariance * scott
    #expect(mismatch(density.bandwidth, width, tolerance: 1e-14) == nil)
    let expected = try GaussianMixture(
      weights: [Double](repeating: 1 / Double(count), count: count),
      means: points,
      covariances: width.reshaped([1, dimension, dimension])
        .broadcast(to: [count, dimension, dimension])
    )
    // 1,000 points so that there are several tasks; those scaled by 40 underflow without logarithms.
    let near = StandardGaussian(dimension: dimension).sample(count: 1_000, seed: 2)
    for places in [near, near * 40] {
      let (found, wanted) = (density.logDensity(places).elements, expected.logDensity(places))
      let difference = mismatch(found, wanted.elements) { 1e-11 * (1 + found[$0].magnitude) }
      #expect(difference == nil)
    }
    #expect(density.logDensity(near * 40).elements.contains { $0 < -800 })
  }

  @Test("draws have the moments of the estimate")
  func draws() throws {
    let points = Subject.tiltedGaussian.sample(count: 30, seed: 1)
    let density = try GaussianKernelDensity(points: points)
    let own = Moments(of: points)
    let moments = Moments(of: density.sample(count: 50_000, seed: 2))
    let covariance = own.covariance * (29.0 / 30) + density.bandwidth
    let distance = moments.distance(toMean: own.mean, covariance: covariance)
    #expect(distance.largestDeviation < 5)
  }

  @Test("points that make no density")
  func faulty() {
    #expect(throws: PointsError.tooFewRows(count: 1, needed: 2)) {
      try GaussianKernelDensity(points: Tensor(zeros: [1, 2]))
    }
    #expect(throws: PointsError.notFinite(row: 1, column: 0)) {
      try GaussianKernelDensity(points: Tensor(rows: [[0, 0], [.nan, 0], [1, 2]]))
    }
    #expect(throws: PointsError.self) {
      try GaussianKernelDensity(points: Tensor(rows: [[0, 0], [1, 0], [2, 0]]))
    }
    let divergence = KernelDensityDivergence(from: StandardGaussian(dimension: 2))
    let collapsed = divergence.estimate(Tensor(zeros: [5, 2]), Tensor(zeros: [5, 2]))
    #expect(collapsed.value.isNaN && collapsed.standardError.isNaN)
  }

  @Test("the divergence of two Gaussians", arguments: [(0.0, 1.2), (1, 1), (1, 1.2), (-0.5, 1.3)])
  func gaussians(_ mean: Double, _ deviation: Double) {
    // Deviations below √2, so that the terms have a variance.
    let target = StandardGaussian(dimension: 1)
    let count = 20_000
    let model = target.sample(count: count, seed: 1) * deviation + mean
    let fresh = target.sample(count: count, seed: 2)
    let estimate = KernelDensityDivergence(from: target).estimate(model, fresh)
    // On average the estimated density is the model blurred: variance s² (1 + h²), h = n^(−1/5).
    let blur = Double.pow(Double(count), -0.4)
    let variance = deviation * deviation * (1 + blur)
    let exact = 0.5 * (Double.log(variance) + (1 + mean * mean) / variance - 1)
    // What varies adds ½ E[Var ρ̂/E[ρ̂]²] ≈ ∫ (ρ/ρ̂) / (4 √π n h s), over a width of about 10.
    let noise = 10 / (4 * Double.pi.squareRoot() * Double(count) * blur.squareRoot() * deviation)
    let difference = (estimate.value - exact).magnitude
    #expect(difference < 5 * estimate.standardError + noise, "\(estimate), \(exact)")
  }

  @Test("never negative")
  func sign() {
    let target = StandardGaussian(dimension: 2)
    let divergence = KernelDensityDivergence(from: target)
    for seed in 1...50 {
      let model = target.sample(count: 200, seed: UInt64(seed))
      let fresh = target.sample(count: 10, seed: UInt64(seed + 100))
      #expect(divergence.estimate(model, fresh).value >= 0)
    }
  }

  @Test("the marginal along a direction is the law of the projections")
  func direction() throws {
    let mixture = try GaussianMixture(
      weights: [0.25, 0.75],
      means: Tensor(rows: [[1, 2], [-3, 4]]),
      covariances: Tensor([2, 0.5, 0.5, 1, 1, -0.25, -0.25, 3], shape: [2, 2, 2])
    )
    let marginal = try mixture.marginal(along: Tensor([2, -1]))
    #expect(marginal.weights == mixture.weights)
    #expect(marginal.means == Tensor(rows: [[0], [-10]]))
    // 4·2 + 1 − 2·2·½ and 4·1 + 3 + 2·2·¼: whole numbers, so without rounding.
    #expect(marginal.covariances.elements == [7, 8])
  }

  @Test("chosen columns are those of the marginal")
  func columns() throws {
    let means = Tensor<Double>(rows: [[0, 1, 2], [3, 4, 5]])
    let one: [Double] = [2, 0.5, 0.1, 0.5, 1, 0.2, 0.1, 0.2, 3]
    let mixture = try GaussianMixture(
      weights: [0.25, 0.75],
      means: means,
      covariances: Tensor(one + one.map { 2 * $0 }, shape: [2, 3, 3])
    )
    let marginal = try mixture.marginal(columns: [2, 0])
    #expect(marginal.means == Tensor(rows: [[2, 0], [5, 3]]))
    #expect(marginal.weights == mixture.weights)
    #expect(marginal.covariances.elements == [3, 0.1, 0.1, 2, 6, 0.2, 0.2, 4])
    let points = mixture.sample(count: 500, seed: 1)
    let fresh = mixture.sample(count: 300, seed: 2)
    func chosen(_ points: Tensor<Double>) -> Tensor<Double> {
      Tensor(rows: (0..<points.shape[0]).map { [points[$0, 2], points[$0, 0]] })
    }
    let whole = KernelDensityDivergence(from: marginal, columns: [2, 0])
    let part = KernelDensityDivergence(from: marginal)
    #expect(whole.estimate(points, fresh) == part.estimate(chosen(points), chosen(fresh)))
    // Points of the mixture are at the floor, points with a tenth more spread above it.
    let right = whole.measure(points, against: mixture, count: 2_000, seed: 3)
    #expect(right.standardErrorsAboveFloor.magnitude < 5, "\(right)")
    let wrong = whole.measure(points * 1.5, against: mixture, count: 2_000, seed: 3)
    #expect(wrong.standardErrorsAboveFloor > 5, "\(wrong)")
  }
}
