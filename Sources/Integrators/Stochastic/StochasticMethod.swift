public import Tensors

/// A method for dX = f(t, X) dt + √(2ε(t)) dW, whose noise does not depend on X (additive noise).
///
/// The noise of a step from t to t + h is Gaussian of variance ∫ 2ε over the step, as
/// ``AdditiveNoise`` has it: exact for a constant or known moments, by a rule of 16 points for a function.
/// Steps may be negative: then the path is that of the backward equation, dX = f dt + √(2ε) dW^B (2.34).
public protocol StochasticMethod: Sendable {
  /// The method's usual name.
  static var name: String { get }
  /// The strong order for additive noise: the error of paths is O(hᵖ).
  static var strongOrder: Double { get }
  /// The weak order for additive noise: the error of expectations is O(hᵖ).
  static var weakOrder: Double { get }
  /// The method.
  static var tableau: AdditiveTableau { get }
}

extension StochasticMethod {
  /// The number of evaluations in a step.
  public static var stageCount: Int { tableau.nodes.count }

  /// One step, in place.
  ///
  /// - Parameters:
  ///   - state: X at t, `[rows, components]`, replaced by X at t + h.
  ///   - time: t.
  ///   - end: t + h.
  ///   - noise: the step's noise, with its area if the method uses it.
  ///   - evaluate: f; returns false where it is not finite, and the step is given up.
  /// - Returns: whether the step was made.
  public func step(
    _ state: inout Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: StepNoise,
    evaluate: (Double, Tensor<Double>, inout Tensor<Double>) -> Bool
  ) -> Bool {
    let tableau = Self.tableau
    require(
      !tableau.usesArea || noise.area != nil,
      "\(Self.name) needs the space-time Lévy area of a step's noise, which was not given"
    )
    var workspace = TableauStep(tableau, shape: state.shape)
    switch workspace.step(&state, from: time, to: end, noise: noise, evaluate: evaluate) {
    case .stopped: return false
    case .made, .overflowed: return true
    }
  }
}
