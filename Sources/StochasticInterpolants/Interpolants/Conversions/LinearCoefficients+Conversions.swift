/// The fields of a spatially linear interpolant from one another, at one time.
///
/// Every function takes and returns fields such as `[rows, dimension]`. A conversion that is singular at an end takes
/// the limit where the given fields determine one, and throws ``ConversionError`` where they do not;
/// none returns NaN for finite fields.
extension LinearCoefficients {
  /// b = v − γγ̇ s (2.27), finite on all of [0, 1].
  ///
  /// - Parameters:
  ///   - conditionalVelocity: v = E[∂_t I | x_t].
  ///   - score: s.
  /// - Returns: b.
  public func velocity<Field: ConvertibleField>(conditionalVelocity: Field, score: Field) -> Field {
    conditionalVelocity - score * latent.product
  }

  /// v = b + γγ̇ s (2.27), finite on all of [0, 1].
  ///
  /// - Parameters:
  ///   - velocity: b.
  ///   - score: s.
  /// - Returns: v.
  public func conditionalVelocity<Field: ConvertibleField>(velocity: Field, score: Field) -> Field {
    velocity + score * latent.product
  }

  /// η_z = −γ s (2.18), finite on all of [0, 1].
  ///
  /// - Parameter score: s.
  /// - Returns: η_z.
  public func denoiser<Field: ConvertibleField>(score: Field) -> Field { score * -latent.value }

  /// s = −η_z/γ (2.18); for a one-sided interpolant γ stands for α (erratum of (3.19)).
  ///
  /// - Parameters:
  ///   - denoiser: η_z.
  ///   - time: t, for the error's text.
  /// - Returns: s.
  /// - Throws: ``ConversionError`` where γ = 0: η_z is 0 there whatever s is.
  public func score<Field: ConvertibleField>(
    denoiser: Field,
    time: Double
  ) throws(ConversionError) -> Field {
    guard latent.value != 0 else {
      throw .singular(
        conversion: "s = −η/γ",
        time: time,
        reason: "γ = 0 and η = 0 whatever s is; learn s itself, or stay away from this time"
      )
    }
    return denoiser * (-1 / latent.value)
  }

  /// b = α̇η₀ + β̇η₁ + γ̇η_z, the mean of ẋ_t.
  ///
  /// - Parameters:
  ///   - baseDenoiser: η₀; nil stands for a one-sided or mirror interpolant, which has no x₀.
  ///   - targetDenoiser: η₁.
  ///   - denoiser: η_z.
  ///   - time: t, for the error's text.
  /// - Returns: b.
  /// - Throws: ``ConversionError`` where γ̇, α̇ or β̇ is infinite.
  public func velocity<Field: ConvertibleField>(
    baseDenoiser: Field?,
    targetDenoiser: Field,
    denoiser: Field,
    time: Double
  ) throws(ConversionError) -> Field {
    guard latent.derivative.isFinite else {
      throw .singular(
        conversion: "b = α̇η₀ + β̇η₁ + γ̇η_z",
        time: time,
        reason: "γ̇ is infinite and η_z is 0; use b = v − γγ̇s, whose γγ̇ is finite"
      )
    }
    try checkSlopes("b = α̇η₀ + β̇η₁ + γ̇η_z", hasBase: baseDenoiser != nil, time: time)
    let latentPart = denoiser * latent.derivative + targetDenoiser * beta.derivative
    guard let baseDenoiser else { return latentPart }
    return latentPart + baseDenoiser * alpha.derivative
  }

  /// v = α̇η₀ + β̇η₁ (2.28).
  ///
  /// - Parameters:
  ///   - baseDenoiser: η₀; nil stands for a one-sided or mirror interpolant, which has no x₀.
  ///   - targetDenoiser: η₁.
  ///   - time: t, for the error's text.
  /// - Returns: v.
  /// - Throws: ``ConversionError`` where α̇ (with an x₀) or β̇ is infinite.
  public func conditionalVelocity<Field: ConvertibleField>(
    baseDenoiser: Field?,
    targetDenoiser: Field,
    time: Double
  ) throws(ConversionError) -> Field {
    try checkSlopes("v = α̇η₀ + β̇η₁", hasBase: baseDenoiser != nil, time: time)
    let target = targetDenoiser * beta.derivative
    return baseDenoiser.map { target + $0 * alpha.derivative } ?? target
  }

  private func checkSlopes(
    _ conversion: String,
    hasBase: Bool,
    time: Double
  ) throws(ConversionError) {
    guard beta.derivative.isFinite, alpha.derivative.isFinite || !hasBase else {
      throw .singular(
        conversion: conversion,
        time: time,
        reason: "α̇ = \(alpha.derivative) and β̇ = \(beta.derivative); stay away from this time"
      )
    }
  }

  /// x = αη₀ + βη₁ + γη_z: the mean of x_t given x_t = x.
  ///
  /// - Parameters:
  ///   - baseDenoiser: η₀; nil stands for a one-sided or mirror interpolant, which has no x₀.
  ///   - targetDenoiser: η₁.
  ///   - denoiser: η_z.
  /// - Returns: x.
  public func points<Field: ConvertibleField>(
    baseDenoiser: Field?,
    targetDenoiser: Field,
    denoiser: Field
  ) -> Field {
    let latentPart = denoiser * latent.value + targetDenoiser * beta.value
    return baseDenoiser.map { latentPart + $0 * alpha.value } ?? latentPart
  }

  /// η₀ and η₁ from v and η_z: αη₀ + βη₁ = x − γη_z with α̇η₀ + β̇η₁ = v.
  ///
  /// η₀ = (β̇m − βv)/Δ and η₁ = (αv − α̇m)/Δ with m = x − γη_z and Δ = αβ̇ − α̇β.
  ///
  /// - Parameters:
  ///   - points: x.
  ///   - conditionalVelocity: v.
  ///   - denoiser: η_z.
  ///   - time: t, for the error's text.
  /// - Returns: η₀ and η₁.
  /// - Throws: ``ConversionError`` where Δ = 0, as at all times of encoding–decoding, where x_t has
  ///   one of the two ends only.
  public func endDenoisers<Field: ConvertibleField>(
    points: Field,
    conditionalVelocity: Field,
    denoiser: Field,
    time: Double
  ) throws(ConversionError) -> (base: Field, target: Field) {
    let determinant = alpha.value * beta.derivative - alpha.derivative * beta.value
    guard determinant != 0, determinant.isFinite else {
      throw .singular(
        conversion: "η₀ and η₁ from v and η_z",
        time: time,
        reason: "αβ̇ − α̇β = \(determinant), so that v and x do not tell x₀ from x₁; learn η₀ and η₁ "
          + "themselves"
      )
    }
    let mean = points - denoiser * latent.value
    return (
      (mean * beta.derivative - conditionalVelocity * beta.value) * (1 / determinant),
      (conditionalVelocity * alpha.value - mean * alpha.derivative) * (1 / determinant)
    )
  }
}
