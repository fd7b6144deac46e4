/// The stochastic Heun method, trapezoidal with the noise in the predictor:
/// X̂ = X + h f(t, X) + ΔM, X ← X + (h/2)(f(t, X) + f(t + h, X̂)) + ΔM.
///
/// Strong order 1 and weak order 2 for additive noise; two evaluations. It is not the Heun step of
/// the paper's code, ``HeunOfficial``, whose slopes both stand at t + h.
/// Kloeden, Platen: Numerical Solution of Stochastic Differential Equations, 15.1.
public struct StochasticHeun: StochasticMethod {
  /// `"stochastic Heun"`.
  public static let name = "stochastic Heun"
  /// 1.0.
  public static let strongOrder = 1.0
  /// 2.0.
  public static let weakOrder = 2.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [0, 1],
    stages: [[], [1]],
    weights: [0.5, 0.5],
    increments: [0, 1],
    errors: [-0.5, 0.5]
  )

  /// The method.
  public init() {}
}
