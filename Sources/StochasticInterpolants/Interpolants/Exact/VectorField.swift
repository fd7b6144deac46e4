/// The fields with a value in ℝᵈ, each the mean of a vector given x_t = x.
public enum VectorField: String, Sendable, Hashable, CaseIterable {
  /// b = E[ẋ_t | x_t] (2.10).
  case velocity
  /// v = E[∂_t I | x_t] (2.28).
  case conditionalVelocity
  /// s = ∇ log ρ (2.14).
  case score
  /// η_z = E[z | x_t] (2.17).
  case denoiser
  /// η₀ = E[x₀ | x_t].
  case baseDenoiser
  /// η₁ = E[x₁ | x_t].
  case targetDenoiser
  /// u = E[∂_t I + δ z | x_t], the drift of the latent's process (3.10).
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
