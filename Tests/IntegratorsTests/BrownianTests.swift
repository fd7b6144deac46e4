import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// What `solve` does with noise: its variance, its path, its rows.
@Suite struct BrownianTests {
  private let still = ClosureDynamics { _, state in Tensor(zeros: state.shape) }

  private func increments(_ samples: Range<Int>, seed: UInt64 = 4) -> BrownianIncrements {
    BrownianIncrements(RandomBlock(seed: seed, stream: 9, samples: samples))
  }

  /// Without drift the path is the noise itself: Σ √q_n z_n with q_n = 2∫ε of each step.
  @Test(arguments: 0..<stochasticMethods.count, [(0.0, 1.5), (1.5, 0.0)])
  func noiseOfAStep(_ index: Int, _ ends: (Double, Double)) {
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: 3)
    let path = increments(0..<5)
    let initial = testTensor([5, 2], seed: 1, as: Double.self)
    let solution = stochasticMethods[index].solution(
      still,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: path,
      saving: grid.times
    )
    var wanted = initial
    for step in 0..<3 {
      #expect(solution.saved[step] == wanted)
      let (time, next) = (grid.times[step], grid.times[step + 1])
      // Earlier time first, whatever the direction.
      let amount = Noise.variance(min(time, next), max(time, next))
      wanted += path.standardNormal(step: step, components: 2) * amount.squareRoot()
    }
    #expect(solution.state == wanted)
    #expect(solution.outcome == .completed)
    #expect(solution.evaluations == 3 * type(of: stochasticMethods[index]).stageCount)
  }

  /// The variance gathered over a path is 2∫ε over all of it, within five standard errors:
  /// σ² √(2/n) for n normal numbers.
  @Test(arguments: [1, 4]) func totalVariance(_ steps: Int) {
    let count = 40_000
    let state = EulerMaruyama().solution(
      still,
      from: Tensor(zeros: [count, 1]),
      over: TimeGrid(from: 0, to: 1, steps: steps),
      variance: Noise.variance,
      increments: increments(0..<count)
    ).state
    let wanted = Noise.variance(0, 1)
    let found = state.sumOfSquares / Double(count)
    #expect(abs(found - wanted) < 5 * wanted * (2 / Double(count)).squareRoot())
    // Left-point noise of one step is 4 instead of 2.09: far outside.
    #expect(abs(found - Noise.leftPoint(0, 1)) > 1 || steps > 1)
  }

  /// A row is the same alone, in another block, and in any order of samples.
  @Test(arguments: 0..<stochasticMethods.count) func rowsAreIndependent(_ index: Int) {
    let method = stochasticMethods[index]
    let grid = TimeGrid(from: 0, to: 1, steps: 6)
    let initial = testTensor([8, 2], seed: 2, as: Double.self)
    let field = ClosureDynamics { time, x in x.applying(.sin) * (1 + time) }
    let all = method.solution(
      field,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: increments(20..<28)
    ).state
    for row in 0..<8 {
      let alone = method.solution(
        field,
        from: initial.slice(row..<row + 1),
        over: grid,
        variance: Noise.variance,
        increments: increments(20 + row..<21 + row)
      ).state
      #expect(areIdentical(alone, all.slice(row..<row + 1)))
    }
    let order = [5, 0, 3]
    let some = method.solution(
      field,
      from: initial.gatheringRows(order),
      over: grid,
      variance: Noise.variance,
      increments: BrownianIncrements(
        RandomBlock(seed: 4, stream: 9, samples: order.map { 20 + $0 })
      )
    ).state
    #expect(areIdentical(some, all.gatheringRows(order)))
    let other = method.solution(
      field,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: increments(20..<28, seed: 5)
    ).state
    #expect(zip(other.elements, all.elements).allSatisfy { $0 != $1 })
  }

  /// A path cut in two is the same path.
  @Test(arguments: 0..<stochasticMethods.count) func continuation(_ index: Int) {
    let method = stochasticMethods[index]
    let field = ClosureDynamics { time, x in x.applying(.cos) * time }
    let times = [0, 0.25, 0.5, 0.75, 1.0]
    func part(_ range: ClosedRange<Int>, from initial: Tensor<Double>) -> Tensor<Double> {
      method.solution(
        field,
        from: initial,
        over: TimeGrid(Array(times[range])),
        variance: Noise.variance,
        increments: increments(0..<3).startingAt(step: range.lowerBound)
      ).state
    }
    let initial = Tensor<Double>(zeros: [3, 2])
    #expect(areIdentical(part(2...4, from: part(0...2, from: initial)), part(0...4, from: initial)))
  }

  /// Without noise the stochastic methods are Euler's and Heun's.
  @Test func withoutNoise() {
    let grid = TimeGrid(from: 0, to: 2.5, steps: 20)
    let initial = SixSolutions.solution(0)
    for (method, plain) in zip(stochasticMethods, [RungeKutta.euler, .heun]) {
      var dynamics = SixSolutions.dynamics()
      let wanted = plain.solve(&dynamics, from: initial, over: grid).state
      let found = method.solution(
        SixSolutions.dynamics(),
        from: initial,
        over: grid,
        variance: { _, _ in 0 },
        increments: increments(0..<3)
      ).state
      // The same sums, perhaps in another order: 20 steps of a few roundings of numbers below 1.
      #expect(mismatch(found, wanted, tolerance: 20 * 4 * 0x1p-53) == nil)
    }
  }
}
