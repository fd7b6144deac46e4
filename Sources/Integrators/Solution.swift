public import Tensors

/// How an integration ended.
public enum Outcome: Sendable, Hashable {
  /// The last time was reached.
  case completed
  /// The right-hand side was NaN or infinite at a state that was finite.
  case nonFiniteField(time: Double, row: Int, component: Int)
  /// A step led from finite values to a state that is NaN or infinite.
  case nonFiniteState(time: Double, row: Int, component: Int)
}

extension Outcome: CustomStringConvertible {
  /// What happened, where, and what may help.
  public var description: String {
    switch self {
    case .completed:
      "completed"
    case .nonFiniteField(let time, let row, let component):
      "the field is not finite at t = \(time), sample \(row), component \(component); where it is singular, as "
        + "some are at an end of the interval, start later or stop earlier; where the state had grown too far, use "
        + "more steps"
    case .nonFiniteState(let time, let row, let component):
      "the state overflowed at t = \(time), sample \(row), component \(component); use more steps"
    }
  }
}

/// What an integration computed, up to its end or to where it failed.
public struct Solution: Sendable {
  /// The last state, `[rows, components]`; where a step overflowed, what it led to.
  public internal(set) var state: Tensor<Double>
  /// The time of that state.
  public internal(set) var time: Double
  /// The states at the times asked for, in the order in which these were given; NaN where they were not reached.
  public internal(set) var saved: [Tensor<Double>]
  /// How the integration ended.
  public internal(set) var outcome: Outcome = .completed
  /// The number of evaluations of the right-hand side.
  public internal(set) var evaluations = 0
  /// The number of steps made.
  public internal(set) var steps = 0

  /// A solution before its first step.
  init(state: Tensor<Double>, at time: Double, saving count: Int) {
    self.state = state
    self.time = time
    saved = []
    if count > 0 {
      saved = .init(repeating: Tensor(repeating: .nan, shape: state.shape), count: count)
    }
  }

  /// The last state, or an error where the integration failed.
  public func completed() throws(IntegrationFailure) -> Tensor<Double> {
    if outcome != .completed { throw IntegrationFailure(outcome: outcome, steps: steps) }
    return state
  }
}

/// An integration that did not reach its end.
public struct IntegrationFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Why.
  public let outcome: Outcome
  /// The number of steps made before.
  public let steps: Int

  /// Records a failure after a number of steps.
  public init(outcome: Outcome, steps: Int) {
    self.outcome = outcome
    self.steps = steps
  }

  /// One sentence that names t, the sample and the component.
  public var description: String { "after \(steps) steps \(outcome)" }
}

/// The derivative of one evaluation, checked; shared by all integrators.
struct CheckedEvaluation {
  var evaluations = 0

  /// Evaluates, and returns the failure if the result is not finite.
  mutating func evaluate(
    _ dynamics: inout some Dynamics,
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) -> Outcome? {
    dynamics.evaluate(time: time, state: state, into: &derivative)
    return check(derivative, at: state, time: time)
  }

  /// Counts an evaluation that was made, and returns the failure if its result is not finite.
  mutating func check(
    _ derivative: Tensor<Double>,
    at state: Tensor<Double>,
    time: Double
  ) -> Outcome? {
    evaluations += 1
    require(
      derivative.shape == state.shape,
      "the dynamics returned the shape \(derivative.shape) for a state of shape \(state.shape)"
    )
    guard let position = derivative.firstNonFinite else { return nil }
    let components = max(1, state.shape.last ?? 1)
    // A state that had already overflowed is not the field's fault.
    if let bad = state.firstNonFinite {
      return .nonFiniteState(time: time, row: bad / components, component: bad % components)
    }
    return .nonFiniteField(time: time, row: position / components, component: position % components)
  }
}
