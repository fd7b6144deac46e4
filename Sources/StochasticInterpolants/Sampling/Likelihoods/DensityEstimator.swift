/// How a log-density is estimated from paths of an SDE, (2.58) to (2.70).
///
/// Below L is what one path gives, all for ρ(1, x) from ρ₀; for ρ(0, x) from ρ₁ time runs the other way:
/// b_F and b_B change places and −∫∇·b_F becomes +∫∇·b_B, in the last one with −ε|s|².
public enum DensityEstimator: String, Sendable, Hashable, Codable, CaseIterable {
  /// Feynman–Kac (2.58), (2.60): log E[e^L] with L = log ρ₀(Y₀) − ∫ ∇·b_F(t, Y) dt along
  /// dY = b_F dt + √(2ε) dW^B backward from x, the drift of the *forward* SDE.
  ///
  /// ρ̂ is the law of the forward SDE with whatever b̂ and ŝ are given, also where ŝ is not its
  /// score. The mean over paths is taken in log space; its logarithm is low by half the square of the
  /// standard error, to leading order, so that enough paths make the bias small beside the error.
  /// It needs the exact divergence: e to the power of an estimate is biased upward.
  case feynmanKac
  /// The mean of L of Feynman–Kac: a lower bound on log ρ̂ (Jensen), and by it the upper bounds (2.67),
  /// (2.68) on the cross-entropy. Probes leave it unbiased.
  case lowerBound
  /// E[L] with L = log ρ₀(X₀) − ∫ (∇·b_F + ε|s|²)(t, X) dt along the backward SDE itself,
  /// dX = b_B dt + √(2ε) dW^B from x.
  ///
  /// By Itô's formula L − log ρ(1, x) is a martingale where s = ∇log ρ is the score of the law that b
  /// transports: then it is unbiased, for any number of paths, also with probes. With learned fields
  /// the error of ŝ enters without control (2.69).
  case process

  /// The terms of a path backward, `side` 1, from t₁, or forward, −1, from t₀.
  func terms(side: Double, diffusion: @escaping @Sendable (Double) -> Double) -> DensityTerms {
    switch self {
    case .feynmanKac, .lowerBound:
      DensityTerms(diffusion: diffusion, drift: side, trace: side, square: 0)
    case .process:
      DensityTerms(diffusion: diffusion, drift: -side, trace: side, square: side)
    }
  }
}
