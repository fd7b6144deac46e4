import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

@Suite struct SampledCouplingTests {
  /// x₀ = x₁ + 0.1 ζ (arXiv 2310.03725).
  static let corrupted = SampledCoupling(target: TwoMoons()) { x1, block in
    x1 + block.normal(columns: 2) * 0.1
  }

  @Test func aCorruptedPointBelongsToItsPoint() {
    let count = 20_000
    let pairs = Self.corrupted.pairs(RandomBlock(seed: 1, samples: 0..<count))
    let noise = (pairs.x0 - pairs.x1) * 10
    // Standard normal: mean square 1 with the error √(2/2n).
    let square = noise.sumOfSquares / Double(2 * count)
    #expect(abs(square - 1) < 5 / Double(count).squareRoot())
    // The two marginals are what the pairs have, row by row.
    let block = RandomBlock(seed: 1, samples: 0..<50)
    #expect(Self.corrupted.marginals.base.sample(block) == pairs.x0.slice(0..<50))
    #expect(Self.corrupted.dimension == 2)
  }

  @Test func aRowDoesNotDependOnTheOthers() {
    let whole = Self.corrupted.pairs(RandomBlock(seed: 2, samples: 0..<100))
    let alone = Self.corrupted.pairs(RandomBlock(seed: 2, samples: 61..<62))
    #expect(alone.x0 == whole.x0.slice(61..<62) && alone.x1 == whole.x1.slice(61..<62))
  }

  @Test func anySamplerOfPairsTrains() throws {
    // x₁ = −x₀: the flow of the linear interpolant at t = ½ passes 0 with b = x₁ − x₀.
    let coupling = SampledCoupling(
      base: StandardGaussian(dimension: 1),
      target: StandardGaussian(dimension: 1)
    ) { block in
      let x0 = block.normal(columns: 1)
      return (x0, -x0)
    }
    let (rows, steps, latest) = (512, 60, 1e-4)
    var training = try Training(
      .linear(gamma: ZeroLatent()),
      coupling: coupling,
      objectives: [.velocity(MLP(dimension: 1, hidden: []), times: 0...latest)],
      configuration: TrainingConfiguration(
        rows: rows,
        steps: steps,
        learningRate: LearningRate(0.5),
        optimizer: .sgd()
      )
    )
    while try training.next() != nil {}
    // Gradient descent on wx + c with the curvature G, the mean of (x, 1)(x, 1)ᵀ over the rows:
    // within five standard errors E x² is 1 ± s and E x is 0 ± m, so that no eigenvalue of G is
    // below 1 − s/2 − √(s²/4 + m²), nor of I − G/2 beyond 1 less half of that.
    let (s, m) = (5 * (2 / Double(rows)).squareRoot(), 5 / Double(rows).squareRoot())
    let least = 1 - s / 2 - (s * s / 4 + m * m).squareRoot()
    // A step's target −2x/(1−2t) differs from −2x by 4t|x|/(1−2t), and the time's weight, below 1
    // as at the start, adds t: against (x, 1) in the mean with E x² ≤ q and E|x| ≤ √q.
    let q = 1 + s
    let drift =
      latest * (4 / (1 - 2 * latest) * (q * q + q).squareRoot() + (q + 1).squareRoot())
    // The start is at most (2 + 1/√2, 1/√2) off, below 3; half of every drift is added and shrinks
    // with what is there. Roundings to Float are a thousandth of that.
    let error = pow(1 - least / 2, Double(steps)) * 3 + drift / least
    // At t = 0 x = x₀ and b = −2x; |(x, 1)| ≤ √2.
    let found = training.model.fields(0, Tensor(rows: [[1.0], [-0.5]]), wanted: .velocity).velocity
    #expect(
      found.isApproximatelyEqual(
        to: Tensor(rows: [[-2], [1]]),
        absoluteTolerance: 2.0.squareRoot() * error
      )
    )
  }
}
