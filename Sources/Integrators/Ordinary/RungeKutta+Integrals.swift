public import Tensors

/// Dynamics with an integral along their solutions, dI/dt = g(t, x), that does not act back on x.
public protocol IntegralDynamics: Dynamics {
  /// The number of integrals.
  var integralCount: Int { get }

  /// Evaluates f and g at one time.
  ///
  /// - Parameters:
  ///   - time: t.
  ///   - state: x, `[rows, components]`.
  ///   - derivative: receives f, of the same shape; its former content is meaningless.
  ///   - integrand: receives g, `[rows, integralCount]`; its former content is meaningless.
  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>,
    integrand: inout Tensor<Double>
  )
}

extension RungeKutta {
  /// Solves dx/dt = f(t, x) over a fixed grid and integrates g along the solution.
  ///
  /// ∫ g dt = Σ_k w_k g(t_k, x_k): as I does not act back on x it needs no stage, and where g is the dearer
  /// part, as a divergence is, n steps of s stages ask for it n + 1 times and not s n times. As a further
  /// component of x it would have an error of the same order.
  ///
  /// - Parameters:
  ///   - dynamics: f and g.
  ///   - initial: x at the grid's first time, `[rows, components]`.
  ///   - grid: the times of the steps; decreasing times integrate backward.
  ///   - quadrature: w, of this grid, whose order is best not below this method's.
  /// - Returns: the solution, its evaluations those of f, one of them with g at the last time; and the
  ///   integral as far as the solution came, `[rows, integralCount]`. Where g is not finite the outcome names
  ///   it as a component behind those of x.
  public func solve(
    _ dynamics: inout some IntegralDynamics,
    from initial: Tensor<Double>,
    over grid: TimeGrid,
    quadrature: GridQuadrature
  ) -> (solution: Solution, integral: Tensor<Double>) {
    require(
      quadrature.weights.count == grid.times.count,
      "a quadrature of \(quadrature.weights.count) times was given for a grid of \(grid.times.count)"
    )
    var integrand = Tensor<Double>(zeros: [initial.shape[0], dynamics.integralCount])
    var integral = integrand
    func atNode(
      _ position: Int,
      _ dynamics: inout some IntegralDynamics,
      _ evaluation: inout CheckedEvaluation,
      _ state: Tensor<Double>,
      _ slope: inout Tensor<Double>
    ) -> Outcome? {
      let time = grid.times[position]
      dynamics.evaluate(time: time, state: state, into: &slope, integrand: &integrand)
      if let failure = evaluation.check(slope, at: state, time: time) { return failure }
      require(
        integrand.shape == integral.shape,
        "the dynamics returned an integrand of shape \(integrand.shape), of \(integral.shape) are asked"
      )
      if let bad = integrand.firstNonFinite {
        let (row, column) = bad.quotientAndRemainder(dividingBy: integral.shape[1])
        return .nonFiniteField(time: time, row: row, component: state.shape[1] + column)
      }
      integral.add(integrand, scaledBy: quadrature.weights[position])
      return nil
    }
    var evaluation = CheckedEvaluation()
    var solution = follow(&dynamics, &evaluation, from: initial, over: grid, saving: []) {
      atNode($0, &$1, &$2, $3, &$4)
    }
    if solution.outcome == .completed {
      var slope = Tensor<Double>(zeros: initial.shape)
      let last = atNode(grid.stepCount, &dynamics, &evaluation, solution.state, &slope)
      solution.outcome = last ?? .completed
      solution.evaluations = evaluation.evaluations
    }
    return (solution, integral)
  }
}
