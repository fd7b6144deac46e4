/// The shifted additive-noise Runge–Kutta method (ShARK) of Foster, dos Reis and Strange.
///
/// X̃ = X + H, k₁ = f(t, X̃), k₂ = f(t + (5/6)h, X̃ + (5/6)(h k₁ + ΔM)), X ← X + h(2k₁ + 3k₂)/5 + ΔM. Strong
/// order 1.5 and weak order 2; two evaluations.
/// Foster, dos Reis, Strange: High Order Splitting Methods for SDEs Satisfying a Commutativity
/// Condition. SIAM J. Numer. Anal. 62 (2024); arXiv 2210.17543.
public struct ShARK: StochasticMethod {
  /// `"ShARK"`.
  public static let name = "ShARK"
  /// 1.5.
  public static let strongOrder = 1.5
  /// 2.0.
  public static let weakOrder = 2.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [0, 5.0 / 6],
    stages: [[], [5.0 / 6]],
    weights: [0.4, 0.6],
    increments: [0, 5.0 / 6],
    areas: [1, 1],
    errors: [-0.6, 0.6]
  )

  /// The method.
  public init() {}
}
