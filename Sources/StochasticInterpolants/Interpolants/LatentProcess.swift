/// The process of which γ(t) z is the law at each t: dY = (δ/γ) Y dt + √(2ε) dW, Y₀ = 0.
///
/// √(2a) times a Brownian bridge for γ = √(2a t(1−t)), with ε = a (3.2); σ(t) W_t for γ = σ√t, with
/// ε = σ²/2. Added to the mean I, its forward drift is u = b + εs = E[∂_t I + δ z | x_t] with
/// δ = γ̇ − ε/γ, the field (3.10) that carries a point mass to ρ₁: where ε(0) is the limit of γγ̇, δ is
/// finite at t = 0 though γ̇ is not.
public struct LatentProcess: Sendable, Hashable {
  /// ε(t) of the process.
  public var diffusion: Double
  /// δ(t) = γ̇ − ε/γ.
  public var slope: Double

  /// Joins ε and δ.
  public init(diffusion: Double, slope: Double) {
    self.diffusion = diffusion
    self.slope = slope
  }
}
