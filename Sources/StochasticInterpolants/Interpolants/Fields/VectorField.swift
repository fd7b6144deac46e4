/// The fields with a value in ℝᵈ, each the mean of a vector given x_t = x, and the minimiser of the loss with that
/// vector as its target.
public enum VectorField: String, Sendable, Hashable, Codable, CaseIterable {
  /// b = E[ẋ_t | x_t] (2.10), of the target ∂_t I + γ̇ z: L_b (2.13).
  case velocity
  /// v = E[∂_t I | x_t] (2.28), of the target ∂_t I: L_v (2.29).
  case conditionalVelocity
  /// s = ∇ log ρ (2.14), of the target −z/γ: L_s (2.16); one-sided −z/α (erratum of (3.19)).
  case score
  /// η_z = E[z | x_t] (2.17), of the target z: L_η (2.19).
  case denoiser
  /// η₀ = E[x₀ | x_t], of the target x₀ (4.6).
  case baseDenoiser
  /// η₁ = E[x₁ | x_t], of the target x₁ (4.6).
  case targetDenoiser
  /// u = E[∂_t I + δ z | x_t] = b + εs, the drift of the latent's process (3.10), of that target: L_u (3.14).
  case drift

  /// The quantity that this is among those of any field.
  public var quantity: Quantities {
    switch self {
    case .velocity: .velocity
    case .conditionalVelocity: .conditionalVelocity
    case .score: .score
    case .denoiser: .denoiser
    case .baseDenoiser: .baseDenoiser
    case .targetDenoiser: .targetDenoiser
    case .drift: .drift
    }
  }
}
