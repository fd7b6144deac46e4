import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Estimates, likelihoods, supports, moments")
struct MeasureTests {
  @Test("an estimate is mean and standard error, to two digits")
  func estimate() {
    let estimate = Estimate(meanOf: Tensor([1, 2, 3, 6]))
    #expect(estimate.value == 3 && estimate.count == 4)
    #expect((estimate.standardError - (14.0 / 12).squareRoot()).magnitude < 1e-15)
    #expect("\(estimate)" == "3.0 ± 1.1")
    #expect("\(Estimate(value: 3.59704, standardError: 0.00213, count: 9))" == "3.5970 ± 0.0021")
    #expect("\(Estimate(value: -0.0496, standardError: 0.05, count: 9))" == "-0.050 ± 0.050")
    #expect("\(Estimate(value: 1234.6, standardError: 37.2, count: 9))" == "1235 ± 37")
    #expect("\(Estimate(value: 0.25, standardError: 0, count: 9))" == "0.2500 ± 0.0000")
    #expect("\(Estimate(value: 2.6e-5, standardError: 0, count: 9))" == "0.00002600 ± 0.0000")
    let small = Estimate(value: -1.2346e-7, standardError: .nan, count: 1)
    #expect("\(small)" == "-0.0000001235 ± nan")
    #expect("\(Estimate(value: 1234.56789, standardError: 0, count: 9))" == "1234.5679 ± 0.0000")
    #expect("\(Estimate(value: .infinity, standardError: .nan, count: 9))" == "inf ± nan")
    #expect("\(Estimate(value: 1e-12, standardError: 1e-30, count: 9))" == "1e-12 ± 1e-30")
    #expect("\(Estimate(value: -2.5e-20, standardError: 0, count: 9))" == "-2.5e-20 ± 0.0000")
    #expect(Estimate(meanOf: Tensor([1])).standardError.isNaN)
    #expect(estimate.standardErrors(above: 3) == 0)
  }

  @Test("cross-entropy and KL of two Gaussians are the closed forms, within their errors")
  func likelihoods() throws {
    let target = Subject.tiltedGaussian
    let model = StandardGaussian(dimension: 2)
    let points = target.sample(count: 100_000, seed: 1)
    let (targetValues, modelValues) = (target.logDensity(points), model.logDensity(points))
    // E[|x|²]/2 + ln 2π with E|x|² = tr C + |m|².
    let exact = 0.5 * (1.5 + 0.5 + 1 + 4) + Double.log(2 * Double.pi)
    let entropy = try #require(target.entropy)
    let cross = LikelihoodMeasures.crossEntropy(modelValues)
    #expect(cross.standardErrors(above: exact).magnitude < 5)
    let first = LikelihoodMeasures.klDivergence(crossEntropy: cross, entropy: entropy)
    #expect(first.standardErrors(above: exact - entropy).magnitude < 5)
    let second = LikelihoodMeasures.klDivergence(
      targetLogDensities: targetValues,
      modelLogDensities: modelValues
    )
    #expect(second.standardErrors(above: exact - entropy).magnitude < 5)
    let none = LikelihoodMeasures.klDivergence(
      targetLogDensities: targetValues,
      modelLogDensities: targetValues
    )
    #expect(none.value == 0 && none.standardError == 0)
    let vanishing = LikelihoodMeasures.crossEntropy(Tensor([-1, -.infinity]))
    #expect(vanishing.value == .infinity && vanishing.standardError.isNaN)
  }

  @Test("the standard error is the spread of the estimate over repetitions")
  func standardError() {
    let density = StandardGaussian(dimension: 1)
    let estimates = (0..<400).map {
      Estimate(meanOf: density.sample(count: 100, seed: UInt64($0 + 1)))
    }
    let spread = Moments(of: Tensor(estimates.map(\.value), shape: [400, 1]))
    // The variance of means of 100 standard normal numbers is 0.01, known to √(2/400) of itself.
    #expect((spread.covariance[0, 0] / 0.01 - 1).magnitude < 5 * (2.0 / 400).squareRoot())
    let stated = estimates.reduce(0) { $0 + $1.standardError } / 400
    // Standard deviations of 100 normal numbers spread by 1/√(2 · 99), and lie 1/(4 · 99) low.
    let bound = 5 / (2.0 * 99 * 400).squareRoot() + 1 / (4 * 99.0)
    #expect((stated / 0.1 - 1).magnitude < bound)
  }

  @Test("the share outside a support")
  func support() {
    let board = Checkerboard()
    let inside = board.sample(count: 300, seed: 1)
    #expect(SupportMeasures.shareOutside(inside, of: board).value == 0)
    let outside = inside.slice(0..<100) + Tensor([2, 0])
    var mixed = Tensor.concatenating([inside, outside])
    let share = SupportMeasures.shareOutside(mixed, of: board)
    #expect(share.value == 0.25 && share.count == 400)
    #expect((share.standardError - (0.25 * 0.75 / 400).squareRoot()).magnitude < 1e-15)
    mixed[0, 0] = .nan
    #expect(SupportMeasures.shareOutside(mixed, of: board).value == 0.2525)
    // Uniform on the square around the board: half of it is outside.
    let uniform = RandomBlock(seed: 1, samples: 0..<100_000).uniform(columns: 2) * 8 - 4
    let half = SupportMeasures.shareOutside(uniform, of: board)
    #expect(half.standardErrors(above: 0.5).magnitude < 5)
  }

  @Test("moments of four points by hand")
  func moments() {
    let moments = Moments(of: Tensor(rows: [[0, 0], [2, 0], [0, 4], [2, 4]]))
    #expect(moments.mean == Tensor([1, 2]))
    let expected = Tensor([4.0 / 3, 0, 0, 16.0 / 3], shape: [2, 2])
    #expect(moments.covariance.isApproximatelyEqual(to: expected))
    #expect((moments.meanStandardError[1] - (4.0 / 3).squareRoot()).magnitude < 1e-15)
    // E[(x−1)² (y−2)²] = 4, so the error of the covariance's corner is √(4/4).
    #expect(moments.covarianceStandardError[0, 1] == 1)
    #expect(moments.covarianceStandardError[0, 0] == 0)
    let distance = moments.distance(toMean: Tensor([4, -2]), covariance: moments.covariance)
    #expect(distance.mean == 5 && distance.covariance == 0)
    #expect("\(moments)".contains("4 points") && "\(distance)".contains("5.0000"))
  }

  @Test("distances of moments: none for equal laws, large for different ones")
  func distances() {
    let density = Subject.mixture
    let moments = Moments(of: density.sample(count: 50_000, seed: 1))
    let other = Moments(of: density.sample(count: 50_000, seed: 2))
    #expect(moments.distance(to: density).largestDeviation < 5)
    #expect(moments.distance(to: other).largestDeviation < 5)
    let shifted = Moments(of: density.sample(count: 50_000, seed: 2) + Tensor([0.1, 0]))
    #expect(moments.distance(to: shifted).largestDeviation > 5)
    let scaled = Moments(of: density.sample(count: 50_000, seed: 2) * 1.1)
    #expect(scaled.distance(to: density).largestDeviation > 5)
  }

  /// Nothing is ordered beside NaN: one such column may not hide what another shows, nor be hidden.
  @Test(arguments: [0, 1]) func aColumnOfNaNIsTheLargestDeviation(_ column: Int) {
    var points = StandardGaussian(dimension: 2).sample(count: 1_000, seed: 3)
    #expect(Moments(of: points).distance(to: StandardGaussian(dimension: 2)).largestDeviation < 5)
    points[7, column] = .nan
    let distance = Moments(of: points).distance(to: StandardGaussian(dimension: 2))
    #expect(distance.largestDeviation.isNaN)
  }
}
