/// The Heun step of the SiT code: noise first, then a deterministic Heun step from t to t + h.
///
/// X̂ = X + ΔM, k₁ = f(t, X̂), k₂ = f(t + h, X̂ + h k₁), X ← X̂ + (h/2)(k₁ + k₂). Strong and weak order 1:
/// the first slope sees the whole noise of the step, which has not happened yet at t. Both slopes do, so
/// that their difference, O(h²), says nothing of a step's error, O(h^1.5): there is no error estimate,
/// and steps are fixed.
/// Ma et al.: SiT. ECCV 2024; its variance 2ε(t)h is replaced by ∫ 2ε.
public struct HeunSiT: StochasticMethod {
  /// `"Heun (SiT)"`.
  public static let name = "Heun (SiT)"
  /// 1.0.
  public static let strongOrder = 1.0
  /// 1.0.
  public static let weakOrder = 1.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [0, 1],
    stages: [[], [1]],
    weights: [0.5, 0.5],
    increments: [1, 1]
  )

  /// The method.
  public init() {}
}
