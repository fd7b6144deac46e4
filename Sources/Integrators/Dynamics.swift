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
  private let function: (Double, Tensor<Double>, inout Tensor<Double>) -> Void

  /// Wraps a function that returns f(t, x) in x's shape.
  public init(_ function: @escaping (_ time: Double, _ state: Tensor<Double>) -> Tensor<Double>) {
    self.function = { $2 = function($0, $1) }
  }

  /// Wraps a function that writes f(t, x), without memory of its own for every evaluation.
  ///
  /// - Parameter function: overwrites its last argument, of x's shape, whose former content is
  ///   meaningless.
  public init(
    inPlace function:
      @escaping (
        _ time: Double, _ state: Tensor<Double>, _ derivative: inout Tensor<Double>
      ) -> Void
  ) {
    self.function = function
  }

  /// Calls the function.
  public mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    function(time, state, &derivative)
  }
}

/// Dynamics that can be evaluated at another time in each row, as step control for each row needs.
///
/// A row of f must not depend on the other rows or their times. Where bits matter, products of
/// matrices need a constant number of rows too: adaptive methods always ask for full blocks.
public protocol RowwiseDynamics: Dynamics {
  /// Evaluates f at a time for each row.
  ///
  /// - Parameters:
  ///   - times: t, `[rows]`.
  ///   - state: x, `[rows, components]`.
  ///   - derivative: receives f, of the state's shape; its former content is meaningless.
  mutating func evaluate(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  )

  /// Evaluates f where quadratures are not read, at a time for each row.
  ///
  /// Quadratures are components of x on which no component of f depends, as integrals along the solution.
  /// Some methods have stages that only lead to later stages, without weight in the step, in its error or
  /// between its ends: one in six evaluations of ``RungeKutta/dormandPrince``, four in twelve of
  /// ``RungeKutta/dormandPrince8``. A quadrature that is dear, as a divergence is, can be left out there.
  /// Unless implemented, all of f is evaluated.
  ///
  /// - Parameters:
  ///   - times: t, `[rows]`.
  ///   - state: x, `[rows, components]`; its quadratures are meaningless.
  ///   - derivative: receives f, of the state's shape; a finite number, as 0, stands for a quadrature's.
  mutating func evaluateWithoutQuadratures(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  )
}

extension RowwiseDynamics {
  /// Evaluates all of f.
  public mutating func evaluateWithoutQuadratures(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    evaluate(times: times, state: state, into: &derivative)
  }

  /// Evaluates f at one time, given to every row.
  public mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    evaluate(
      times: Tensor(repeating: time, shape: [state.shape[0]]),
      state: state,
      into: &derivative
    )
  }
}

/// Dynamics given by a function of each row's time and state.
public struct RowwiseClosureDynamics: RowwiseDynamics {
  private let function: (Tensor<Double>, Tensor<Double>) -> Tensor<Double>

  /// Wraps a function that returns f in x's shape from times `[rows]` and x.
  public init(
    _ function: @escaping (_ times: Tensor<Double>, _ state: Tensor<Double>) -> Tensor<Double>
  ) {
    self.function = function
  }

  /// Calls the function.
  public mutating func evaluate(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    derivative = function(times, state)
  }
}
