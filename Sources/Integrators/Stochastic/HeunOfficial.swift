/// The Heun step of the paper's code: noise first, then both slopes at t + h.
///
/// X̂ = X + ΔM, k₁ = f(t + h, X̂), k₂ = f(t + h, X̂ + h k₁), X ← X̂ + (h/2)(k₁ + k₂). Strong and weak order
/// 1; also without noise, where the field depends on t. It asks the field at the end of the last
/// step, where a score may be singular. Both slopes see the whole noise, so that their difference, O(h²),
/// says nothing of a step's error, O(h^1.5): there is no error estimate, and steps are fixed.
/// Albergo, Boffi, Vanden-Eijnden: Stochastic Interpolants, code of 2023; its variance 2ε(t)h is
/// replaced by ∫ 2ε.
public struct HeunOfficial: StochasticMethod {
  /// `"Heun (official)"`.
  public static let name = "Heun (official)"
  /// 1.0.
  public static let strongOrder = 1.0
  /// 1.0.
  public static let weakOrder = 1.0
  /// The method.
  public static let tableau = AdditiveTableau(
    nodes: [1, 1],
    stages: [[], [1]],
    weights: [0.5, 0.5],
    increments: [1, 1]
  )

  /// The method.
  public init() {}
}
