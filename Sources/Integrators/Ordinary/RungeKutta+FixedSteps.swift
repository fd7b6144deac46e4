public import Tensors

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
    var evaluation = CheckedEvaluation()
    return follow(&dynamics, &evaluation, from: initial, over: grid, saving: saving) {
      $2.evaluate(&$1, time: grid.times[$0], state: $3, into: &$4)
    }
  }

  /// Solves over a fixed grid, where the first slope of a step is found in a way of its own.
  ///
  /// - Parameters:
  ///   - dynamics: f.
  ///   - evaluation: counts and checks what f returns.
  ///   - initial: x at the grid's first time.
  ///   - grid: the times of the steps.
  ///   - saving: times of the grid at which the state is kept.
  ///   - first: finds f at a position of the grid, and returns a failure.
  /// - Returns: what was computed.
  func follow<D: Dynamics>(
    _ dynamics: inout D,
    _ evaluation: inout CheckedEvaluation,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    saving: [Double],
    first: (
      _ position: Int, _ dynamics: inout D, _ evaluation: inout CheckedEvaluation,
      _ state: Tensor<Double>, _ slope: inout Tensor<Double>
    ) -> Outcome?
  ) -> Solution {
    let savedPositions = grid.positions(of: saving)
    var solution = Solution(state: initial, at: grid.start, saving: saving.count)
    var slopes = [Tensor<Double>](repeating: Tensor(zeros: initial.shape), count: stageCount)
    var stage = Tensor<Double>(zeros: initial.shape)
    solution.keep(at: 0, positions: savedPositions)
    for step in 0..<grid.stepCount {
      let (time, end) = (grid.times[step], grid.times[step + 1])
      let size = end - time
      for index in 0..<stageCount {
        let failure: Outcome?
        if index == 0 {
          failure = first(step, &dynamics, &evaluation, solution.state, &slopes[0])
        } else {
          stage.assign(
            solution.state,
            advancedAlong: slopes,
            weights: stages[index],
            scaledBy: size
          )
          failure = evaluation.evaluate(
            &dynamics,
            time: nodes[index] == 1 ? end : time + nodes[index] * size,
            state: stage,
            into: &slopes[index]
          )
        }
        solution.evaluations = evaluation.evaluations
        if let failure {
          solution.outcome = failure
          return solution
        }
      }
      if let bad = solution.state.advance(along: slopes, weights: weights, scaledBy: size) {
        solution.overflowed(at: end, position: bad)
        return solution
      }
      solution.finishStep(step, at: end, positions: savedPositions)
    }
    return solution
  }
}

extension Solution {
  /// Keeps the state if the grid position is among those asked for.
  mutating func keep(at position: Int, positions: [Int]) {
    for (index, wanted) in positions.enumerated() where wanted == position { saved[index] = state }
  }

  /// Counts a step and keeps its state.
  mutating func finishStep(_ step: Int, at time: Double, positions: [Int]) {
    self.time = time
    steps += 1
    keep(at: step + 1, positions: positions)
  }

  /// Ends with a step that led to a state that is not finite.
  ///
  /// - Parameters:
  ///   - time: where the step led.
  ///   - position: the place of the first such element in the state, row by row.
  mutating func overflowed(at time: Double, position: Int) {
    self.time = time
    let components = max(1, state.shape.last ?? 1)
    outcome = .nonFiniteState(
      time: time,
      row: position / components,
      component: position % components
    )
  }
}
