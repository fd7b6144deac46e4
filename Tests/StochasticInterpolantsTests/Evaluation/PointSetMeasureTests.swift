import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// What holds for every measure of two sets of points; a new one is tested by being added to ``all``.
@Suite("Every measure of two sets of points")
struct PointSetMeasureTests {
  static let all: [any PointSetMeasure] = [
    SlicedWasserstein(directionCount: 16),
    ExactWasserstein(order: 1),
    ExactWasserstein(order: 2),
    EnergyDistance(),
    MaximumMeanDiscrepancy(bandwidths: [0.5, 2]),
    KernelDensityDivergence(from: Subject.mixture),
  ]

  @Test("the number of workers changes no bit", arguments: all.indices)
  func workers(_ index: Int) {
    let measure = Self.all[index]
    // More than are summed at once.
    let x = Pinwheel().sample(count: 1_100, seed: 1)
    let y = Subject.mixture.sample(count: 1_100, seed: 2)
    let one = measure.estimate(x, y, workers: Workers(count: 1))
    for count in [2, 3] {
      let more = measure.estimate(x, y, workers: Workers(count: count))
      #expect(more.value.bitPattern == one.value.bitPattern)
      #expect(more.standardError.bitPattern == one.standardError.bitPattern)
    }
    #expect(one.value.isFinite && one.count == 1_100)
  }

  @Test("true points are at the floor, moved ones above it", arguments: all.indices)
  func floor(_ index: Int) {
    let measure = Self.all[index]
    let density = Subject.mixture
    let floor = measure.floor(of: density, count: 200, repeats: 20, seed: 1)
    #expect(floor == measure.floor(of: density, count: 200, repeats: 20, seed: 1))
    #expect(floor != measure.floor(of: density, count: 200, repeats: 20, seed: 2))
    // The spread of one value about the floor.
    let spread = (20 as Double).squareRoot() * floor.standardError
    let points = density.sample(count: 200, seed: 3)
    let right = measure.measure(points, against: density, repeats: 20, seed: 1)
    #expect((right.value.value - floor.value).magnitude < 5 * spread, "\(right)")
    #expect((right.floor.value - floor.value).magnitude < 5 * spread)
    let moved = points + Tensor([2, 2])
    let wrong = measure.measure(moved, against: density, repeats: 20, seed: 1)
    #expect(wrong.value.value > wrong.floor.value + 5 * spread, "\(wrong)")
    #expect(right.floor == wrong.floor)
  }

  @Test("a point that is not finite makes the value NaN", arguments: all.indices)
  func notFinite(_ index: Int) {
    let x = Subject.mixture.sample(count: 20, seed: 1)
    var broken = x
    broken[7, 0] = .nan
    #expect(Self.all[index].estimate(broken, x).value.isNaN)
    #expect(Self.all[index].estimate(x, broken).value.isNaN)
  }

  @Test("a measured distance in words and in standard errors")
  func words() {
    let measured = MeasuredDistance(
      value: Estimate(value: 0.5, standardError: 0.03, count: 9),
      floor: Estimate(value: 0.25, standardError: 0.04, count: 5)
    )
    #expect((measured.standardErrorsAboveFloor - 5).magnitude < 1e-12)
    #expect("\(measured)" == "0.500 ± 0.030 (sampling floor 0.250 ± 0.040)")
  }
}
