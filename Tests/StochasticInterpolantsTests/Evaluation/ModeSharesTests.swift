import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Shares of modes")
struct ModeSharesTests {
  private func overlapping(_ first: Double) throws -> GaussianMixture {
    try GaussianMixture(
      weights: [first, 1 - first],
      means: Tensor(rows: [[-1], [1]]),
      covariances: Tensor([1, 1], shape: [2, 1, 1])
    )
  }

  @Test("two overlapping modes: shares beside their boundary", arguments: [0.3, 0.5, 0.9])
  func boundary(_ weight: Double) throws {
    let mixture = try overlapping(weight)
    let shares = try ModeShares(
      of: mixture.sample(count: 50_000, seed: 1),
      modes: mixture,
      seed: 2
    )
    // w₁ φ(x + 1) = w₂ φ(x − 1) at x = ½ ln(w₁/w₂); below it is mode 0.
    let boundary = 0.5 * Double.log(weight / (1 - weight))
    let exact = mixture.probability(from: -.infinity, to: boundary)
    for part in [shares.shares, shares.exact] {
      #expect(part[0].standardErrors(above: exact).magnitude < 5)
      #expect(part[1].standardErrors(above: 1 - exact).magnitude < 5)
    }
    #expect(shares.exact[0].count == 100_000)
    #expect(shares.largestDeviation < 5 && shares.unassigned == 0)
    #expect("\(shares)".contains("mode 1: "))
    let beside = Tensor(rows: [[boundary - 0.01], [boundary + 0.01]])
    let modes = try ModeShares.modes(beside, of: mixture)
    #expect(modes == [0, 1])
  }

  @Test("a lost mode, a wrong weight and points that are not finite show")
  func faults() throws {
    let means = (0..<8).map { index in
      let angle = Double.pi * Double(index) / 4
      return [4 * Double.cos(angle), 4 * Double.sin(angle)]
    }
    let mixture = GaussianMixture(isotropic: Tensor(rows: means), standardDeviation: 0.5)
    let seven = GaussianMixture(
      isotropic: Tensor(rows: Array(means.dropLast())),
      standardDeviation: 0.5
    )
    let lost = try ModeShares(of: seven.sample(count: 2_000, seed: 1), modes: mixture, seed: 2)
    // The two neighbours of the lost mode have a seventh of the points each and are 2 · 4 sin(π/8)
    // away; the boundary is halfway, 8 sin(π/8) deviations of ½.
    let halfway = 8 * Double.sin(.pi / 8)
    let stray = 2.0 / 7 * 0.5 * Double.erfc(halfway / 2.0.squareRoot())
    let largest = stray + 5 * (stray / 2_000).squareRoot()
    #expect(lost.shares[7].value < largest && lost.largestDeviation > 5)
    // What the lost mode should have, an eighth to the error of the true points, is elsewhere, and
    // other modes are short by less than they are where none is lost.
    let found = lost.totalVariation
    let bound = 5 * lost.exact[7].standardError + largest + found.floor.value
    #expect((found.value.value - 0.125).magnitude < bound)
    var broken = mixture.sample(count: 100, seed: 3)
    broken[4, 0] = .nan
    broken[5, 1] = .infinity
    let some = try ModeShares(of: broken, modes: mixture, exactCount: 1_000, seed: 4)
    #expect((some.unassigned - 0.02).magnitude < 1e-12)
  }

  @Test("the total variation of true points is at its floor")
  func totalVariation() throws {
    let mixture = try overlapping(0.4)
    var values: [Double] = []
    var floors: [Double] = []
    for seed: UInt64 in 1...200 {
      let points = mixture.sample(count: 1_000, seed: 2 * seed)
      let shares = try ModeShares(of: points, modes: mixture, exactCount: 2_000, seed: 2 * seed + 1)
      values.append(shares.totalVariation.value.value)
      floors.append(shares.totalVariation.floor.value)
    }
    let value = Estimate(meanOf: Tensor(values))
    let floor = Estimate(meanOf: Tensor(floors))
    #expect(value.standardErrors(above: floor.value).magnitude < 5, "\(value), \(floor)")
  }
}
