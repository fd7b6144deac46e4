public import Tensors

/// A method for dX = f(t, X) dt + noise that does not depend on X (additive noise).
///
/// The noise of a step from t to t + h is Gaussian of variance ∫ 2ε over the step, given by the
/// caller as a function, so that it is exact for every ε(t). Steps may be negative: then the path is
/// that of the backward equation, dX = f dt + √(2ε) dW^B (2.34).
public protocol StochasticMethod: Sendable {
  /// The method's usual name.
  static var name: String { get }
  /// The strong order for additive noise: the error of paths is O(hᵖ).
  static var strongOrder: Double { get }
  /// The weak order for additive noise: the error of expectations is O(hᵖ).
  static var weakOrder: Double { get }
  /// The number of evaluations in a step.
  static var stageCount: Int { get }

  /// One step, in place.
  ///
  /// - Parameters:
  ///   - state: X at t, replaced by X at t + h.
  ///   - time: t.
  ///   - end: t + h.
  ///   - noise: the step's noise, already scaled.
  ///   - evaluate: f; returns false where it is not finite, and the step is given up.
  /// - Returns: whether the step was made.
  func step(
    _ state: inout Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: Tensor<Double>,
    evaluate: (Double, Tensor<Double>, inout Tensor<Double>) -> Bool
  ) -> Bool
}

extension StochasticMethod {
  /// Solves dX = f(t, X) dt + √(2ε(t)) dW over a fixed grid.
  ///
  /// - Parameters:
  ///   - dynamics: the drift f.
  ///   - initial: X at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times solve the backward equation.
  ///   - variance: ∫ 2ε between two times, the earlier first; finite and not negative.
  ///   - increments: the Brownian path of each row.
  ///   - saving: times at which the state is kept; each must be a time of the grid.
  /// - Returns: the last state, the kept ones and how the integration ended.
  public func solve(
    _ dynamics: inout some Dynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    variance: (Double, Double) -> Double,
    increments: BrownianIncrements,
    saving: [Double] = []
  ) -> Solution {
    let savedPositions = grid.positions(of: saving)
    let components = initial.shape.last ?? 1
    var solution = Solution(state: initial)
    var evaluation = CheckedEvaluation()
    solution.keep(at: 0, positions: savedPositions)
    for step in 0..<grid.stepCount {
      let time = grid.times[step]
      let end = grid.times[step + 1]
      let amount = variance(min(time, end), max(time, end))
      require(
        amount >= 0 && amount.isFinite,
        "the variance of the noise between t = \(time) and \(end) must be finite and not "
          + "negative, got \(amount)"
      )
      var noise = increments.standardNormal(step: step, components: components)
      noise.scale(by: amount.squareRoot())
      var failure: Outcome?
      let wasMade = self.step(&solution.state, from: time, to: end, noise: noise) {
        failure = evaluation.evaluate(&dynamics, time: $0, state: $1, into: &$2)
        return failure == nil
      }
      solution.evaluations = evaluation.evaluations
      if !wasMade {
        solution.outcome = failure ?? .completed
        return solution
      }
      if solution.finishStep(step, at: end, positions: savedPositions) { return solution }
    }
    return solution
  }
}
