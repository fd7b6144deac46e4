/// Rößler's method SRA1 for additive noise.
///
/// k₁ = f(t, X), k₂ = f(t + ¾h, X + ¾h k₁ + (3/2)(H + ΔM/2)), X ← X + h(k₁ + 2k₂)/3 + ΔM. Strong order
/// 1.5 and weak order 2; two evaluations. Rößler's I₍₁,₀₎/h times g is H + ΔM/2, the mean of the noise
/// over the step; where ε varies, his g(t + h)I₍₁₎ + (g(t) − g(t + h))I₍₁,₀₎/h approximates the ΔM that is
/// exact here.
/// Rößler: Runge–Kutta Methods for the Strong Approximation of Solutions of Stochastic Differential
/// Equations. SIAM J. Numer. Anal. 48 (2010).
public struct SRA1: StochasticMethod {
  /// `"SRA1"`.
  public static let name = "SRA1"
  /// 1.5.
  public static let strongOrder = 1.5
  /// 2.0.
  public static let weakOrder = 2.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [0, 0.75],
    stages: [[], [0.75]],
    weights: [1.0 / 3, 2.0 / 3],
    increments: [0, 0.75],
    areas: [0, 1.5],
    errors: [-2.0 / 3, 2.0 / 3]
  )

  /// The method.
  public init() {}
}
