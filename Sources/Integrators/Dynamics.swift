public import Tensors

/// The right-hand side f of dx/dt = f(t, x), or the drift of an SDE, for a block of rows.
///
/// Rows are independent of each other: row r of f depends on row r of x only.
public protocol Dynamics {
  /// Evaluates f at one time.
  ///
  /// - Parameters:
  ///   - time: t.
  ///   - state: x, `[rows, components]`.
  ///   - derivative: receives f, of the same shape; its former content is meaningless.
  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  )
}

/// Dynamics given by a function of time and state.
public struct ClosureDynamics: Dynamics {
  private let function: (Double, Tensor<Double>) -> Tensor<Double>

  /// Wraps a function that returns f(t, x) in x's shape.
  public init(_ function: @escaping (_ time: Double, _ state: Tensor<Double>) -> Tensor<Double>) {
    self.function = function
  }

  /// Calls the function.
  public mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    derivative = function(time, state)
  }
}
