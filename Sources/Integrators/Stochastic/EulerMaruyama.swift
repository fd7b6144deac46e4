/// The Euler–Maruyama method: X ← X + h f(t, X) + ΔM.
///
/// Strong and weak order 1 for additive noise; one evaluation; fixed steps only.
/// Kloeden, Platen: Numerical Solution of Stochastic Differential Equations, 10.2.
public struct EulerMaruyama: StochasticMethod {
  /// `"Euler-Maruyama"`.
  public static let name = "Euler-Maruyama"
  /// 1.0.
  public static let strongOrder = 1.0
  /// 1.0.
  public static let weakOrder = 1.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [0],
    stages: [[]],
    weights: [1],
    increments: [0]
  )

  /// The method.
  public init() {}
}
