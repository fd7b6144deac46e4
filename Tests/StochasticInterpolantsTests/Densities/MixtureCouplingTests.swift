import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct MixtureCouplingTests {
  @Test func drawsHaveTheJointMomentsOfTheirComponents() throws {
    // The mean of x xᵀ over n draws has the standard error √(Var/n); both are taken from the draws,
    // and 10 · 9 / 2 + 4 numbers stay within five of them but for a chance of 3e-5.
    let coupling = try crossedCoupling()
    let count = 100_000
    let block = RandomBlock(seed: 31, samples: 0..<count)
    let (x0, x1) = coupling.pairs(block)
    let points = Tensor<Double>.concatenating([x0, x1], along: 1)
    let (mean, covariance) = (coupling.joint.mean, coupling.joint.covariance)
    func check(_ products: Tensor<Double>, _ expected: Double, _ what: String) {
      let found = products.mean()
      let variance = products.sumOfSquares / Double(count) - found * found
      let distance = abs(found - expected) / (variance / Double(count)).squareRoot()
      #expect(distance < 5, "\(what): \(found) for \(expected)")
    }
    let centred = points - mean
    for row in 0..<4 {
      let first = centred.slice(row..<row + 1, along: 1)
      check(first, 0, "mean \(row)")
      for column in 0...row {
        let second = centred.slice(column..<column + 1, along: 1)
        check(first * second, covariance[row, column], "covariance (\(row), \(column))")
      }
    }
    // Cov(x₀ᵢ, x₁ⱼ) within component 0, written out: S is [0.1, 0.4; −0.2, 0.1], not its transpose.
    let modes = coupling.joint.modes(block.inStream(0x0210))
    let rows = modes.indices.filter { modes[$0] == 0 }
    let own = points.gatheringRows(rows) - Tensor([-1, 0.5, 2, 1])
    let product = (own.slice(0..<1, along: 1) * own.slice(3..<4, along: 1))
    // Var(uv) = C_uu C_vv + C_uv² of normal numbers.
    let error = ((0.5 * 0.7 + 0.16) / Double(rows.count)).squareRoot()
    #expect(abs(product.mean() - 0.4) < 5 * error)
  }

  @Test func marginalsAreTheMixturesOfTheParts() throws {
    let coupling = try crossedCoupling()
    let base = try GaussianMixture(
      weights: [0.4, 0.6],
      means: Tensor(rows: [[-1, 0.5], [1.5, -0.5]]),
      covariances: Tensor([0.5, 0.2, 0.2, 0.4, 0.8, -0.1, -0.1, 0.6], shape: [2, 2, 2])
    )
    #expect(coupling.base == base && coupling.dimension == 2 && coupling.componentCount == 2)
    #expect(coupling.target.means == Tensor(rows: [[2, 1], [-2, 0]]))
    let crosses = Tensor<Double>([0.1, 0.4, -0.2, 0.1, -0.2, -0.3, 0.3, -0.1], shape: [2, 2, 2])
    #expect(coupling.crossCovariances == crosses)
  }

  @Test func aPairDependsOnItsAddressOnly() throws {
    let coupling = try crossedCoupling()
    let all = coupling.pairs(RandomBlock(seed: 5, samples: 0..<100))
    let some = coupling.pairs(RandomBlock(seed: 5, samples: [7, 93]))
    #expect(all.x0.gatheringRows([7, 93]) == some.x0 && all.x1.gatheringRows([7, 93]) == some.x1)
  }

  @Test func aJointCovarianceThatIsNoneNamesItsComponent() throws {
    // |S| above √(C₀C₁) in component 1.
    let one = Tensor<Double>([1, 1], shape: [2, 1, 1])
    let error = #expect(throws: GaussianMixtureError.self) {
      try MixtureCoupling(
        weights: [0.5, 0.5],
        baseMeans: Tensor(zeros: [2, 1]),
        targetMeans: Tensor(zeros: [2, 1]),
        baseCovariances: one,
        targetCovariances: one,
        crossCovariances: Tensor([0.9, 1.1], shape: [2, 1, 1])
      )
    }
    #expect(error == .covariance(mode: 1, .notPositiveDefinite(order: 2, size: 2)))
  }

  @Test func codingKeepsTheLaw() throws {
    let coupling = try crossedCoupling()
    let data = try JSONEncoder().encode(coupling)
    let again = try JSONDecoder().decode(MixtureCoupling.self, from: data)
    #expect(again == coupling)
    let odd = try GaussianMixture(
      weights: [1],
      means: Tensor(zeros: [1, 3]),
      covariances: Tensor<Double>(identity: 3).reshaped([1, 3, 3])
    )
    let wrong = try JSONEncoder().encode(["joint": odd])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(MixtureCoupling.self, from: wrong)
    }
  }
}
