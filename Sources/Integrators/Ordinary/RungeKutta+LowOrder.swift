extension RungeKutta {
  /// Euler's method: order 1, one evaluation.
  public static let euler = RungeKutta(
    name: "Euler",
    order: 1,
    nodes: [0],
    stages: [[]],
    weights: [1]
  )

  /// The explicit midpoint rule: order 2, two evaluations; its error against Euler's step.
  public static let midpoint = RungeKutta(
    name: "midpoint",
    order: 2,
    nodes: [0, 0.5],
    stages: [[], [0.5]],
    weights: [0, 1],
    error: ErrorEstimate(weights: [-1, 1, 0], order: 2)
  )

  /// Heun's method, the explicit trapezoidal rule: order 2, two evaluations; its error against
  /// Euler's step.
  public static let heun = RungeKutta(
    name: "Heun",
    order: 2,
    nodes: [0, 1],
    stages: [[], [1]],
    weights: [0.5, 0.5],
    error: ErrorEstimate(weights: [-0.5, 0.5, 0], order: 2)
  )

  /// Ralston's method, of least local error among those of order 2 with two evaluations; its error
  /// against Euler's step.
  public static let ralston = RungeKutta(
    name: "Ralston",
    order: 2,
    nodes: [0, 2.0 / 3],
    stages: [[], [2.0 / 3]],
    weights: [0.25, 0.75],
    error: ErrorEstimate(weights: [-0.75, 0.75, 0], order: 2)
  )

  /// The method of Bogacki and Shampine: order 3 with an estimate of order 2, three evaluations.
  ///
  /// Bogacki, Shampine: A 3(2) Pair of Runge–Kutta Formulas. Appl. Math. Lett. 2 (1989).
  public static let bogackiShampine = RungeKutta(
    name: "Bogacki-Shampine 3(2)",
    order: 3,
    nodes: [0, 0.5, 0.75],
    stages: [[], [0.5], [0, 0.75]],
    weights: [2.0 / 9, 1.0 / 3, 4.0 / 9],
    error: ErrorEstimate(weights: [-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8], order: 3)
  )

  /// The classical method of Runge and Kutta: order 4, four evaluations.
  public static let rk4 = RungeKutta(
    name: "RK4",
    order: 4,
    nodes: [0, 0.5, 0.5, 1],
    stages: [[], [0.5], [0, 0.5], [0, 0, 1]],
    weights: [1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6]
  )

  /// All methods of this library, for tables and tests.
  public static let all = [
    euler, midpoint, heun, ralston, bogackiShampine, rk4, dormandPrince, tsitouras,
    dormandPrince8,
  ]
}
