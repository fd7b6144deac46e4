public import Tensors

/// The steps of ``ExponentialHeun`` over a grid, their weights computed once for many solves.
///
/// A solve has the bits of one that computes the weights itself. Several threads may use the steps.
public struct ExponentialSteps: Sendable {
  private let grid: TimeGrid
  private let weights: [ExponentialWeights]

  init(grid: TimeGrid, weights: [ExponentialWeights]) {
    self.grid = grid
    self.weights = weights
  }

  /// Solves dX = (a(t) X + N(t, X)) dt + √(2ε(t)) dW.
  ///
  /// - Parameters:
  ///   - nonlinear: N.
  ///   - initial: X at the grid's first time, `[rows, components]`.
  ///   - increments: the Brownian path of each row; nil for the equation without noise.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ nonlinear: inout some Dynamics,
    from initial: Tensor<Double>,
    increments: BrownianIncrements? = nil,
    saving: [Double] = []
  ) -> Solution {
    increments?.require(rowsOf: initial)
    let savedPositions = grid.positions(of: saving)
    var solution = Solution(state: initial, at: grid.start, saving: saving.count)
    var evaluation = CheckedEvaluation()
    var normals = increments.map { increments in
      NormalReserve(
        increments.block,
        components: initial.shape[1],
        stepCount: grid.stepCount
      )
    }
    var first = Tensor<Double>(zeros: initial.shape)
    var (second, moved, predicted, noise) = (first, first, first, first)
    solution.keep(at: 0, positions: savedPositions)
    for (step, weights) in weights.enumerated() {
      let (time, end) = (grid.times[step], grid.times[step + 1])
      var failure = evaluation.evaluate(
        &nonlinear,
        time: time,
        state: solution.state,
        into: &first
      )
      if failure == nil {
        moved.copy(from: solution.state)
        moved.scale(by: weights.propagator)
        if normals != nil {
          normals?.write(step: step, scaledBy: weights.variance.squareRoot(), into: &noise)
          moved.add(noise, scaledBy: 1)
        }
        predicted.copy(from: moved)
        predicted.add(first, scaledBy: weights.first + weights.second)
        failure = evaluation.evaluate(&nonlinear, time: end, state: predicted, into: &second)
      }
      solution.evaluations = evaluation.evaluations
      if let failure {
        solution.outcome = failure
        return solution
      }
      moved.add(first, scaledBy: weights.first)
      moved.add(second, scaledBy: weights.second)
      // The old state's memory takes the next step.
      swap(&solution.state, &moved)
      if let bad = solution.state.firstNonFinite {
        solution.overflowed(at: end, position: bad)
        return solution
      }
      solution.finishStep(step, at: end, positions: savedPositions)
    }
    return solution
  }
}
