import Foundation
import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Gaussians and their mixtures")
struct GaussianTests {
  @Test("a Gaussian's log-density is the formula, with the inverse of a 2 × 2 matrix by hand")
  func formula() throws {
    let density = Subject.tiltedGaussian
    let determinant = 1.5 * 0.5 - 0.6 * 0.6
    let (x, y) = (0.3 - 1, 0.7 + 2)
    let form = (0.5 * x * x - 2 * 0.6 * x * y + 1.5 * y * y) / determinant
    let expected = -0.5 * form - Double.log(2 * Double.pi) - 0.5 * Double.log(determinant)
    // Some 16 roundings on either side of numbers that are at most the form, of which the
    // determinant, a difference of numbers twice as large, is known to a few. The entropy's numbers
    // are below 2.
    let value = density.logDensity(Tensor(rows: [[0.3, 0.7]]))[0]
    #expect((value - expected).magnitude < 32 * 0x1p-53 * form)
    let entropy = try #require(density.entropy)
    let known = 1 + Double.log(2 * Double.pi) + 0.5 * Double.log(determinant)
    #expect((entropy - known).magnitude < 16 * 0x1p-53 * 2)
  }

  @Test("covariances and means that make no law are refused by name")
  func refused() {
    let identity = Tensor<Double>(identity: 2)
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2, size: 2)) {
      try Gaussian(mean: Tensor([0, 0]), covariance: Tensor([1, 2, 2, 1], shape: [2, 2]))
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 0, column: 1)) {
      try Gaussian(mean: Tensor([0, .nan]), covariance: identity)
    }
    #expect(throws: LinearAlgebraError.notFinite(row: 1, column: 1)) {
      try Gaussian(mean: Tensor([0, 0]), covariance: Tensor([1, 0, 0, .nan], shape: [2, 2]))
    }
    let two = Tensor<Double>(zeros: [2, 1])
    let ones = Tensor<Double>(repeating: 1, shape: [2, 1, 1])
    func mixture(
      _ weights: [Double],
      means: Tensor<Double> = two,
      covariances: Tensor<Double> = ones
    ) throws -> GaussianMixture {
      try GaussianMixture(weights: weights, means: means, covariances: covariances)
    }
    #expect(throws: GaussianMixtureError.weightNotPositive(mode: 1, weight: 0)) {
      try mixture([1, 0])
    }
    #expect(throws: GaussianMixtureError.weightsDoNotSumToOne(sum: 1.25)) {
      try mixture([0.5, 0.75])
    }
    #expect(throws: GaussianMixtureError.meanNotFinite(mode: 1, column: 0)) {
      try mixture([0.5, 0.5], means: Tensor(rows: [[0], [.infinity]]))
    }
    #expect(
      throws: GaussianMixtureError.covariance(mode: 1, .notPositiveDefinite(order: 1, size: 1))
    ) {
      try mixture([0.5, 0.5], covariances: Tensor([1, -1], shape: [2, 1, 1]))
    }
    let text = "\(GaussianMixtureError.weightsDoNotSumToOne(sum: 1.25))"
    #expect(text.contains("1.25") && text.contains("1e-06"))
  }

  @Test("weights within the tolerance are normalised")
  func tolerance() throws {
    let density = try GaussianMixture(
      weights: [0.3333333, 0.3333333, 0.3333333],
      means: Tensor(rows: [[0], [1], [2]]),
      covariances: Tensor(repeating: 1, shape: [3, 1, 1])
    )
    #expect(density.weights.allSatisfy { ($0 - 1.0 / 3).magnitude < 1e-15 })
  }

  @Test("modes 100 apart in 400 dimensions: exact values, no NaN anywhere")
  func farApart() {
    let dimension = 400
    var means = Tensor<Double>(zeros: [3, dimension])
    for mode in 0..<3 { means[mode, mode] = 100 }
    let density = GaussianMixture(isotropic: means, standardDeviation: 1)
    let constant = -0.5 * Double(dimension) * Double.log(2 * Double.pi) - Double.log(3)
    let origin = Tensor<Double>(zeros: [1, dimension])
    let atMeans = density.logDensity(means).elements
    // Some 8 roundings on both sides together, of numbers of this size.
    for value in atMeans { #expect((value / constant - 1).magnitude < 8 * 0x1p-53) }
    // Three modes 100 away: log 3 − ½ 100².
    let middle = constant - 5_000 + Double.log(3)
    #expect((density.logDensity(origin)[0] / middle - 1).magnitude < 8 * 0x1p-53)
    let far = density.logDensity(Tensor(repeating: 1e6, shape: [1, dimension]))[0]
    #expect(far.isFinite && far < -1e14)
    let samples = density.sample(count: 50, seed: 3)
    #expect(density.logDensity(samples).firstNonFinite == nil)
  }

  @Test("a score is C⁻¹(m − x) of the nearest mode where |x|² overflows", arguments: [1, 1e200])
  func farScores(_ size: Double) throws {
    // C⁻¹ by hand; the terms of xᵀC⁻¹x have both signs.
    let tilted = try Gaussian(
      mean: Tensor([0, 0]),
      covariance: Subject.tiltedGaussian.covariance
    )
    let determinant = 1.5 * 0.5 - 0.6 * 0.6
    let expected = Tensor(rows: [
      [(0.6 * 0.3 - 0.5) / determinant, (0.6 - 1.5 * 0.3) / determinant]
    ])
    let found = tilted.score(Tensor(rows: [[size, 0.3 * size]])) * (1 / size)
    #expect(found.isApproximatelyEqual(to: expected, relativeTolerance: 1e-13))
    // From the mode of deviation 3, the second, x is 10 deviations away, from the other 30: a weight of e^{-400}.
    let mixture = try GaussianMixture(
      weights: [0.5, 0.5],
      means: Tensor(zeros: [2, 1]),
      covariances: Tensor([1.0, 9], shape: [2, 1, 1])
    )
    let point = Tensor([30 * size], shape: [1, 1])
    let score = mixture.score(point).scalar
    #expect((score / (-30 * size / 9) - 1).magnitude < 8 * 0x1p-53)
    let fields = MixtureFields(OneSidedInterpolant.linear, target: mixture)
    #expect((fields(1, point, wanted: .score).score.scalar / score - 1).magnitude < 8 * 0x1p-53)
    #expect(mixture.score(Tensor([Double.nan], shape: [1, 1])).scalar.isNaN)
    // The modes of equal deviation are equally near.
    let equal = GaussianMixture(isotropic: Tensor(rows: [[0], [1]]), standardDeviation: 2)
    #expect(equal.score(Tensor([1e200], shape: [1, 1])).scalar == -1e200 / 4)
  }

  @Test("a deviation whose square is no number is refused")
  func squares() async {
    let small = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GaussianMixture(isotropic: Tensor(zeros: [1, 1]), standardDeviation: 1e-170)
    }
    let large = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GaussianMixture(isotropic: Tensor(zeros: [1, 1]), standardDeviation: 1e170)
    }
    for (result, value) in [(small, "1e-170"), (large, "1e+170")] {
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.contains("so must its square, got \(value)"), "\(text)")
    }
  }

  @Test("modes are drawn by their weights and told")
  func modes() {
    let density = GaussianMixture(
      isotropic: Tensor(rows: [[0, 0], [100, 0], [0, 100]]),
      standardDeviation: 1
    )
    let block = RandomBlock(seed: 3, samples: 0..<1_000)
    let points = density.sample(block)
    // The square of a distance in the plane exceeds r with the probability e^{−r/2}: one of 1,000
    // this one with 10⁻⁸.
    let largest = -2 * Double.log(1e-8 / 1_000)
    for (row, mode) in density.modes(block).enumerated() {
      let offset = points.slice(row..<row + 1) - density.means.slice(mode..<mode + 1)
      #expect(offset.sumOfSquares < largest)
    }
    let (mixture, count) = (Subject.mixture, 100_000)
    var counts = [Double](repeating: 0, count: 3)
    for mode in mixture.modes(RandomBlock(seed: 4, samples: 0..<count)) { counts[mode] += 1 }
    for (observed, weight) in zip(counts, mixture.weights) {
      let deviation = (Double(count) * weight * (1 - weight)).squareRoot()
      #expect((observed - Double(count) * weight).magnitude < 5 * deviation)
    }
  }

  @Test("eight Gaussians have the radius and deviation they state")
  func eight() {
    let density = EightGaussians(radius: 3, standardDeviation: 0.25)
    #expect(density.mixture.modeCount == 8)
    for mode in 0..<8 {
      let (x, y) = (density.mixture.means[mode, 0], density.mixture.means[mode, 1])
      // Some 8 roundings of 3, and of π.
      #expect(((x * x + y * y).squareRoot() - 3).magnitude < 8 * 0x1p-53 * 3)
      let angle = Double.atan2(y: y, x: x)
      let expected = Double.pi / 4 * Double(mode <= 4 ? mode : mode - 8)
      #expect((angle - expected).magnitude < 8 * 0x1p-53 * .pi)
    }
    let covariance = Tensor<Double>(identity: 2) * 0.0625
    for mode in 0..<8 {
      let slice = density.mixture.covariances.slice(mode..<mode + 1)
      #expect(slice.reshaped([2, 2]) == covariance)
    }
    let exact = density.mixture.covariance
    #expect(exact.isApproximatelyEqual(to: density.covariance, absoluteTolerance: 1e-13))
    #expect(density == EightGaussians(radius: 3, standardDeviation: 0.25))
    #expect(density != EightGaussians())
  }

  @Test("Gaussians and mixtures survive JSON; a broken one is refused")
  func coding() throws {
    let gaussian = Subject.tiltedGaussian
    let data = try JSONEncoder().encode(gaussian)
    #expect(try JSONDecoder().decode(Gaussian.self, from: data) == gaussian)
    let mixture = Subject.mixture
    let text = String(decoding: try JSONEncoder().encode(mixture), as: UTF8.self)
    #expect(try JSONDecoder().decode(GaussianMixture.self, from: Data(text.utf8)) == mixture)
    let broken = text.replacingOccurrences(of: "0.2,0.5,0.3", with: "0.2,0.5,-0.3")
    #expect(broken != text)
    #expect(throws: GaussianMixtureError.self) {
      try JSONDecoder().decode(GaussianMixture.self, from: Data(broken.utf8))
    }
  }
}
