import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Order, counts and quadrature of every method of the list.
@Suite struct RungeKuttaTests {
  /// A problem and grids for the methods of an order.
  ///
  /// Its error is C hᵖ (1 + O(h)) with a small O(h), and yet far above rounding. Some spans raise the
  /// order of methods of odd order, so that the problems differ.
  static func measurement(
    _ order: Int
  ) -> (problem: OrdinaryProblem, start: Double, end: Double, counts: [Int]) {
    switch order {
    case 8: (.logistic, -1, 1, [8, 12, 16])
    case 5: (.rational, -1, 1, [24, 48, 96])
    default: (.riccati, 0, 4, [128, 256, 512])
    }
  }

  /// The error is C hᵖ (1 + O(h)): the last two slopes are within 0.1 of p.
  ///
  /// Rounding adds some √n ulp(1); every error stays above 100 times that, or the slope would be one
  /// of rounding.
  @Test(arguments: RungeKutta.all, [false, true])
  func order(_ method: RungeKutta, _ isBackward: Bool) {
    let (problem, start, end, counts) = Self.measurement(method.order)
    let errors = counts.map {
      isBackward
        ? problem.error(method, from: end, to: start, steps: $0)
        : problem.error(method, from: start, to: end, steps: $0)
    }
    for (count, error) in zip(counts, errors) {
      #expect(error > 100 * Double(count).squareRoot() * 0x1p-52, "\(method.name) \(count)")
    }
    let slopes = zip(zip(counts, errors), zip(counts, errors).dropFirst()).map { coarse, fine in
      log(coarse.1 / fine.1) / log(Double(fine.0) / Double(coarse.0))
    }
    for slope in slopes {
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
        // Some ten roundings of each stage's part: |h b_i| (degree + 1) · |t|^degree.
        let weights = method.weights.reduce(0) { $0 + abs($1) }
        let size = 3 * weights * Double(degree + 1) * pow(2, Double(degree)) + 8
        #expect(
          abs(solution.state.scalar - wanted) < 10 * size * 0x1p-53,
          "\(method.name), degree \(degree)"
        )
        #expect(solution.evaluations == method.stageCount)
        #expect(solution.steps == 1)
      }
    }
  }

  /// c_i = Σ_j a_ij, to within a rounding of each term and of each partial sum.
  @Test(arguments: RungeKutta.all) func tableau(_ method: RungeKutta) {
    for (node, row) in zip(
      method.nodes + method.dense.nodes,
      method.stages + method.dense.stages
    ) {
      let magnitude = row.reduce(0) { $0 + abs($1) }
      #expect(
        abs(row.reduce(0, +) - node) <= Double(2 * row.count) * 0x1p-53 * magnitude,
        "\(method.name) \(node)"
      )
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
      OrdinaryProblem.riccati.error(kutta, from: 0, to: 4, steps: $0)
    }
    for slope in zip(errors, errors.dropFirst()).map({ log2($0 / $1) }) {
      #expect(abs(slope - 3) < 0.1)
    }
  }

  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)])
  func savingTimes(_ ends: (Double, Double)) throws {
    let times = [ends.0, 0.25, 0.5, ends.1]
    let wanted = ends.0 < ends.1 ? times : times.sorted(by: >)
    var dynamics = SixSolutions.dynamics()
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: 8)
    let initial = SixSolutions.solution(ends.0)
    let solution = RungeKutta.rk4.solve(&dynamics, from: initial, over: grid, saving: wanted)
    #expect(solution.saved.count == 4)
    #expect(solution.saved.first == initial)
    #expect(solution.saved.last == solution.state)
    for (time, saved) in zip(wanted, solution.saved) {
      // The error of RK4 at h = 1/8 is below h⁴/10; a state of a neighbouring time is off by 0.01.
      #expect(mismatch(saved, SixSolutions.solution(time), tolerance: 2.5e-5) == nil)
    }
    #expect(solution.steps == 8)
    #expect(solution.evaluations == 32)
    #expect(solution.outcome == .completed)
    // In the order in which they are asked for, also twice.
    var mixed = SixSolutions.dynamics()
    let kept = RungeKutta.rk4
      .solve(&mixed, from: initial, over: grid, saving: [0.5, ends.1, 0.25, 0.5]).saved
    let half = solution.saved[try #require(wanted.firstIndex(of: 0.5))]
    let quarter = solution.saved[try #require(wanted.firstIndex(of: 0.25))]
    #expect(kept == [half, solution.state, quarter, half])
    // Saving does not change the path.
    var again = SixSolutions.dynamics()
    #expect(RungeKutta.rk4.solve(&again, from: initial, over: grid).state == solution.state)
  }

  /// A row does not see the other rows: the same bits alone.
  @Test(arguments: RungeKutta.all) func rowsAreIndependent(_ method: RungeKutta) {
    let grid = TimeGrid(from: 0, to: 1, steps: 5)
    let initial = SixSolutions.solution(0)
    var dynamics = SixSolutions.dynamics()
    let all = method.solve(&dynamics, from: initial, over: grid).state
    for row in 0..<3 {
      let alone = method.solve(&dynamics, from: initial.slice(row..<row + 1), over: grid).state
      #expect(areIdentical(alone, all.slice(row..<row + 1)))
    }
  }
}
