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
    var training = try Training(
      .linear(gamma: ZeroLatent()),
      coupling: coupling,
      objectives: [.velocity(MLP(dimension: 1, hidden: []), times: 0...0.0001)],
      configuration: TrainingConfiguration(
        rows: 512,
        steps: 400,
        learningRate: LearningRate(3e-2, decay: .cosine(period: 400, final: 0))
      )
    )
    while try training.next() != nil {}
    // At t = 0 x = x₀ and b = −2x.
    let found = training.model.fields(0, Tensor(rows: [[1.0], [-0.5]]), wanted: .velocity).velocity
    #expect(
      found.isApproximatelyEqual(to: Tensor(rows: [[-2], [1]]), absoluteTolerance: 0.02)
    )
  }
}
