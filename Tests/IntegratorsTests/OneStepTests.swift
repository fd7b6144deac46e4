import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// A single step works in every method, of every kind, forward and backward.
@Suite struct OneStepTests {
  static let ends = [(0.0, 1.0), (1.0, 0.0)]

  /// The step is finite, is one, asks f as often as the method says, inside the step, and ends where it
  /// should.
  private func check(
    _ solution: Solution,
    stages: Int,
    asked: [Double],
    _ ends: (Double, Double),
    _ name: String
  ) {
    #expect(solution.outcome == .completed && solution.steps == 1, "\(name)")
    #expect(solution.evaluations == stages && asked.count == stages, "\(name)")
    #expect(asked.allSatisfy { (0.0...1).contains($0) }, "\(name) \(asked)")
    #expect(solution.state.firstNonFinite == nil && solution.time == ends.1, "\(name)")
    #expect(solution.saved.count == 2 && areIdentical(solution.saved[1], solution.state), "\(name)")
  }

  private let initial = testTensor([3, 2], seed: 4, as: Double.self)
  private let block = RandomBlock(seed: 3, samples: 0..<3)

  @Test(arguments: RungeKutta.all, ends)
  func ordinary(_ method: RungeKutta, _ ends: (Double, Double)) {
    var asked: [Double] = []
    var dynamics = ClosureDynamics { time, x in
      asked.append(time)
      return x.applying(.sin) * (1 + time)
    }
    let solution = method.solve(
      &dynamics,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1),
      saving: [ends.0, ends.1]
    )
    check(solution, stages: method.stageCount, asked: asked, ends, method.name)
  }

  @Test(arguments: 0..<stochasticMethods.count, ends)
  func stochastic(_ index: Int, _ ends: (Double, Double)) {
    let method = stochasticMethods[index]
    var asked: [Double] = []
    let dynamics = ClosureDynamics { time, x in
      asked.append(time)
      return x.applying(.sin) * (1 + time)
    }
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: 1)
    let stages = type(of: method).stageCount
    let onIncrements = method.solution(
      dynamics,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: BrownianIncrements(block),
      saving: [ends.0, ends.1]
    )
    check(onIncrements, stages: stages, asked: asked, ends, type(of: method).name)
    asked = []
    let tree = BrownianTree(block, noise: Noise.additive, from: ends.0, to: ends.1)
    let onTree = method.solution(
      dynamics,
      from: initial,
      over: grid,
      tree: tree,
      saving: [ends.0, ends.1]
    )
    check(onTree, stages: stages, asked: asked, ends, type(of: method).name)
  }

  @Test(arguments: ends) func exponential(_ ends: (Double, Double)) {
    var asked: [Double] = []
    var nonlinear = ClosureDynamics { time, x in
      asked.append(time)
      return x.applying(.sin) * (1 + time)
    }
    let solution = ExponentialHeun(linear: .constant(-2)).solve(
      &nonlinear,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1),
      diffusion: { 1 + cos(3 * $0) },
      increments: BrownianIncrements(block),
      saving: [ends.0, ends.1]
    )
    check(solution, stages: 2, asked: asked, ends, ExponentialHeun.name)
  }
}

extension StochasticMethod {
  /// The solve along a tree, callable on an existential.
  func solution(
    _ dynamics: ClosureDynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    tree: BrownianTree,
    saving: [Double]
  ) -> Solution {
    var dynamics = dynamics
    return solve(&dynamics, from: initial, over: grid, tree: tree, saving: saving)
  }
}
