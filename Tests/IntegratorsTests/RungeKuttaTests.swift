import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Order, counts and quadrature of every method of the list.
@Suite struct RungeKuttaTests {
  /// The error is C hᵖ (1 + O(h)): with h halved each time the last two slopes are within 0.1 of p.
  ///
  /// Rounding adds some n ulp(1); every error stays above 100 times that, or the slope would be one
  /// of rounding.
  @Test(arguments: RungeKutta.all, [(0.0, 4.0), (4.0, 0.0)])
  func order(_ method: RungeKutta, _ ends: (Double, Double)) {
    let counts = [64, 128, 256, 512]
    let errors = counts.map {
      OrdinaryProblem.error(method, from: ends.0, to: ends.1, steps: $0)
    }
    for (count, error) in zip(counts, errors) {
      #expect(error > 100 * Double(count).squareRoot() * 0x1p-52, "\(method.name) \(count)")
    }
    let slopes = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
    for slope in slopes.suffix(2) {
      #expect(abs(slope - Double(method.order)) < 0.1, "\(method.name) \(slopes)")
    }
  }

  /// One step integrates polynomials of a degree below the order exactly, forward and backward.
  @Test(arguments: RungeKutta.all) func polynomials(_ method: RungeKutta) {
    for degree in 0..<method.order {
      for (start, end) in [(0.25, 1.75), (2.0, -1.0)] {
        var dynamics = ClosureDynamics { time, state in
          Tensor(repeating: Double(degree + 1) * pow(time, Double(degree)), shape: state.shape)
        }
        let solution = method.solve(
          &dynamics,
          from: Tensor(repeating: 3, shape: [1, 1]),
          over: TimeGrid(from: start, to: end, steps: 1)
        )
        let wanted = 3 + pow(end, Double(degree + 1)) - pow(start, Double(degree + 1))
        // Some ten roundings of numbers up to 2⁴ · 4.
        #expect(abs(solution.state.scalar - wanted) < 10 * 64 * 0x1p-53, "degree \(degree)")
        #expect(solution.evaluations == method.stageCount)
        #expect(solution.steps == 1)
      }
    }
  }

  /// The conditions Σb = 1 and c_i = Σ_j a_ij, to within rounding.
  @Test(arguments: RungeKutta.all) func tableau(_ method: RungeKutta) {
    #expect(abs(method.weights.reduce(0, +) - 1) <= 0x1p-52)
    for (node, row) in zip(method.nodes, method.stages) {
      #expect(abs(row.reduce(0, +) - node) <= 0x1p-53)
    }
  }

  @Test func namesDiffer() {
    #expect(Set(RungeKutta.all.map(\.name)).count == RungeKutta.all.count)
  }

  /// A method of one's own: Kutta's of order 3.
  @Test func ownMethod() {
    let kutta = RungeKutta(
      name: "Kutta 3",
      order: 3,
      nodes: [0, 0.5, 1],
      stages: [[], [0.5], [-1, 2]],
      weights: [1.0 / 6, 2.0 / 3, 1.0 / 6]
    )
    let errors = [128, 256, 512].map {
      OrdinaryProblem.error(kutta, from: 0, to: 4, steps: $0)
    }
    for slope in zip(errors, errors.dropFirst()).map({ log2($0 / $1) }) {
      #expect(abs(slope - 3) < 0.1)
    }
  }

  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)])
  func savingTimes(_ ends: (Double, Double)) {
    let times = [ends.0, 0.25, 0.5, ends.1]
    let wanted = ends.0 < ends.1 ? times : times.sorted(by: >)
    var dynamics = OrdinaryProblem.dynamics()
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: 8)
    let initial = OrdinaryProblem.solution(ends.0)
    let solution = RungeKutta.rk4.solve(&dynamics, from: initial, over: grid, saving: wanted)
    #expect(solution.saved.count == 4)
    #expect(solution.saved.first == initial)
    #expect(solution.saved.last == solution.state)
    for (time, saved) in zip(wanted, solution.saved) {
      // The error of RK4 at h = 1/8 is below h⁴/10; a state of a neighbouring time is off by 0.01.
      #expect(mismatch(saved, OrdinaryProblem.solution(time), tolerance: 2.5e-5) == nil)
    }
    #expect(solution.steps == 8)
    #expect(solution.evaluations == 32)
    #expect(solution.outcome == .completed)
    // Saving does not change the path.
    var again = OrdinaryProblem.dynamics()
    #expect(RungeKutta.rk4.solve(&again, from: initial, over: grid).state == solution.state)
  }

  /// A row does not see the other rows: the same bits alone.
  @Test(arguments: RungeKutta.all) func rowsAreIndependent(_ method: RungeKutta) {
    let grid = TimeGrid(from: 0, to: 1, steps: 5)
    let initial = OrdinaryProblem.solution(0)
    var dynamics = OrdinaryProblem.dynamics()
    let all = method.solve(&dynamics, from: initial, over: grid).state
    for row in 0..<3 {
      let alone = method.solve(&dynamics, from: initial.slice(row..<row + 1), over: grid).state
      #expect(areIdentical(alone, all.slice(row..<row + 1)))
    }
  }
}
