public import Tensors

/// An explicit Runge–Kutta method, as its Butcher tableau.
///
/// k_i = f(t + c_i h, x + h Σ_{j<i} a_ij k_j), x(t + h) = x + h Σ_i b_i k_i.
/// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.1.
public struct RungeKutta: Sendable, Hashable {
  /// The method's usual name.
  public let name: String
  /// p: the error of one unit of time is O(hᵖ).
  public let order: Int
  /// The nodes c_i.
  public let nodes: [Double]
  /// The rows a_i of the tableau, row i of length i.
  public let stages: [[Double]]
  /// The weights b_i.
  public let weights: [Double]

  /// A method of one's own.
  ///
  /// - Parameters:
  ///   - name: shown in messages and tables.
  ///   - order: p.
  ///   - nodes: c, with c₁ = 0.
  ///   - stages: a, row i of length i.
  ///   - weights: b, of sum 1.
  public init(
    name: String,
    order: Int,
    nodes: [Double],
    stages: [[Double]],
    weights: [Double]
  ) {
    require(
      nodes.count == weights.count && stages.map(\.count) == Array(0..<nodes.count),
      "the tableau of \(name) needs \(nodes.count) weights and rows of lengths "
        + "\(Array(0..<nodes.count)), got \(weights.count) and \(stages.map(\.count))"
    )
    self.name = name
    self.order = order
    self.nodes = nodes
    self.stages = stages
    self.weights = weights
  }

  /// The number of evaluations in a step.
  public var stageCount: Int { nodes.count }

  /// Euler's method: order 1, one evaluation.
  public static let euler = RungeKutta(
    name: "Euler",
    order: 1,
    nodes: [0],
    stages: [[]],
    weights: [1]
  )

  /// The explicit midpoint rule: order 2, two evaluations.
  public static let midpoint = RungeKutta(
    name: "midpoint",
    order: 2,
    nodes: [0, 0.5],
    stages: [[], [0.5]],
    weights: [0, 1]
  )

  /// Heun's method, the explicit trapezoidal rule: order 2, two evaluations.
  public static let heun = RungeKutta(
    name: "Heun",
    order: 2,
    nodes: [0, 1],
    stages: [[], [1]],
    weights: [0.5, 0.5]
  )

  /// Ralston's method, of least local error among those of order 2 with two evaluations.
  public static let ralston = RungeKutta(
    name: "Ralston",
    order: 2,
    nodes: [0, 2.0 / 3],
    stages: [[], [2.0 / 3]],
    weights: [0.25, 0.75]
  )

  /// The classical method of Runge and Kutta: order 4, four evaluations.
  public static let rk4 = RungeKutta(
    name: "RK4",
    order: 4,
    nodes: [0, 0.5, 0.5, 1],
    stages: [[], [0.5], [0, 0.5], [0, 0, 1]],
    weights: [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]
  )

  /// All methods of this file, for tables and tests.
  public static let all = [euler, midpoint, heun, ralston, rk4]
}

extension RungeKutta {
  /// Solves dx/dt = f(t, x) over a fixed grid.
  ///
  /// - Parameters:
  ///   - dynamics: f.
  ///   - initial: x at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times integrate backward.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    saving: [Double] = []
  ) -> Solution {
    let savedPositions = grid.positions(of: saving)
    var solution = Solution(state: initial)
    var evaluation = CheckedEvaluation()
    var slopes = [Tensor<Double>](repeating: Tensor(zeros: initial.shape), count: stageCount)
    var stage = Tensor<Double>(zeros: initial.shape)
    solution.keep(at: 0, positions: savedPositions)
    for step in 0..<grid.stepCount {
      let time = grid.times[step]
      let size = grid.times[step + 1] - time
      for index in 0..<stageCount {
        stage.copy(from: solution.state)
        for earlier in 0..<index where stages[index][earlier] != 0 {
          stage.add(slopes[earlier], scaledBy: size * stages[index][earlier])
        }
        let failure = evaluation.evaluate(
          &dynamics,
          time: nodes[index] == 1 ? grid.times[step + 1] : time + nodes[index] * size,
          state: stage,
          into: &slopes[index]
        )
        solution.evaluations = evaluation.evaluations
        if let failure {
          solution.outcome = failure
          return solution
        }
      }
      for index in 0..<stageCount where weights[index] != 0 {
        solution.state.add(slopes[index], scaledBy: size * weights[index])
      }
      if solution.finishStep(step, at: grid.times[step + 1], positions: savedPositions) {
        return solution
      }
    }
    return solution
  }
}

extension Solution {
  /// Keeps the state if the grid position is among those asked for.
  mutating func keep(at position: Int, positions: [Int]) {
    for wanted in positions where wanted == position { saved.append(state) }
  }

  /// Counts a step and keeps its state; true where the state is no longer finite.
  mutating func finishStep(_ step: Int, at time: Double, positions: [Int]) -> Bool {
    if let bad = state.firstNonFinite {
      let components = max(1, state.shape.last ?? 1)
      outcome = .nonFiniteState(time: time, row: bad / components, component: bad % components)
      return true
    }
    steps += 1
    keep(at: step + 1, positions: positions)
    return false
  }
}
