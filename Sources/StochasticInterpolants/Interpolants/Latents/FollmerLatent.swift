internal import Tensors

/// γ = σ(t)√t with σ = e(1 − t): the law of σ(t) W_t (arXiv 2403.13724).
///
/// The latent of a bridge from a point: γγ̇ = σ²/2 + tσσ̇, with the limits e²/2 at t = 0 and 0 at t = 1;
/// γ̇ is infinite at t = 0 and −e at t = 1.
public struct FollmerLatent: LatentSchedule, Hashable, Codable {
  /// e, positive.
  public let scale: Double

  /// The latent of scale e.
  public init(scale: Double = 1) {
    require(
      scale > 0 && scale.isFinite,
      "the scale e of e(1−t)√t must be positive, got \(scale)"
    )
    self.scale = scale
  }

  /// Reads a scale; throws where it is not positive.
  public init(from decoder: any Decoder) throws {
    self.init(scale: try decoder.positiveScale())
  }

  /// γ, γ̇ and γγ̇.
  public func callAsFunction(_ time: Double) -> Coefficient {
    let root = time.squareRoot()
    return Coefficient(
      value: scale * (1 - time) * root,
      derivative: scale * (1 - 3 * time) / (2 * root),
      product: scale * scale * (1 - time) * (1 - 3 * time) / 2
    )
  }

  /// ε = σ²/2, δ = σ̇√t = −e√t, both finite on all of [0, 1].
  public func process(_ time: Double) -> LatentProcess? {
    let sigma = scale * (1 - time)
    return LatentProcess(diffusion: sigma * sigma / 2, slope: -scale * time.squareRoot())
  }
}
