/// The fields of a one-sided interpolant x_t = α z + β x₁ from any one of them (4.16)–(4.20).
///
/// Δ = αβ̇ − α̇β > 0. Where α̇ is infinite (√(1−t²) at t = 1) the finite αΔ = α²β̇ − αα̇β is used.
/// Functions take and return fields such as `[rows, dimension]`, and none returns NaN for finite
/// fields.
public struct OneSidedConversions: Sendable {
  /// t.
  public let time: Double
  /// α, α̇ and αα̇.
  public let alpha: Coefficient
  /// β and β̇.
  public let beta: Coefficient

  /// The conversions of a schedule at a time.
  ///
  /// - Parameters:
  ///   - schedule: α and β.
  ///   - time: t in [0, 1].
  public init(_ schedule: some Schedule, at time: Double) {
    self.time = time
    alpha = schedule.alpha(time)
    beta = schedule.beta(time)
  }

  /// The conversions of an interpolant whose latent stands for α and K or β for β: one-sided, or
  /// mirror.
  init(_ coefficients: LinearCoefficients, at time: Double) {
    self.time = time
    alpha = coefficients.latent
    beta = coefficients.beta
  }

  /// αΔ = α²β̇ − αα̇β, finite on [0, 1]; 0 where α = 0 unless α̇ is infinite.
  private var alphaDelta: Double {
    alpha.value * alpha.value * beta.derivative - alpha.product * beta.value
  }

  /// Stops with an error where b does not determine η_z and η₁: where Δ = 0.
  private func checkDelta() throws(ConversionError) {
    let delta =
      alpha.derivative.isFinite
      ? alpha.value * beta.derivative - alpha.derivative * beta.value : alphaDelta
    guard delta != 0, delta.isFinite else {
      throw .singular(
        conversion: "the denoisers from b",
        time: time,
        reason: "αβ̇ − α̇β = \(delta); learn a denoiser or the score itself"
      )
    }
  }

  /// 1/Δ, the finite αΔ used where α̇ is infinite.
  private var inverseDelta: Double {
    alpha.derivative.isFinite
      ? 1 / (alpha.value * beta.derivative - alpha.derivative * beta.value)
      : alpha.value / alphaDelta
  }

  /// α̇/Δ, with its limit αα̇/(αΔ) where α̇ is infinite.
  private var derivativeOverDelta: Double {
    alpha.derivative.isFinite ? alpha.derivative * inverseDelta : alpha.product / alphaDelta
  }

  /// η_z = (β̇x − βb)/Δ, finite on [0, 1].
  ///
  /// - Parameters:
  ///   - velocity: b.
  ///   - points: x.
  /// - Returns: η_z.
  /// - Throws: ``ConversionError`` where Δ = 0, as at t = 0 of a schedule with β̇(0) = 0.
  public func denoiser<Field: ConvertibleField>(velocity: Field, points: Field)
    throws(ConversionError) -> Field
  {
    try checkDelta()
    return (points * beta.derivative - velocity * beta.value) * inverseDelta
  }

  /// η₁ = (αb − α̇x)/Δ, finite on [0, 1]; x at t = 1.
  ///
  /// - Parameters:
  ///   - velocity: b.
  ///   - points: x.
  /// - Returns: η₁.
  /// - Throws: ``ConversionError`` where Δ = 0.
  public func targetDenoiser<Field: ConvertibleField>(velocity: Field, points: Field)
    throws(ConversionError) -> Field
  {
    try checkDelta()
    return velocity * (alpha.value * inverseDelta) - points * derivativeOverDelta
  }

  /// s = (βb − β̇x)/(αΔ).
  ///
  /// - Parameters:
  ///   - velocity: b.
  ///   - points: x.
  /// - Returns: s.
  /// - Throws: ``ConversionError`` where αΔ = 0: at t = 1 b does not determine s, unless α̇ is
  ///   infinite there; nor where Δ = 0, as at t = 0 of a schedule with β̇(0) = 0.
  public func score<Field: ConvertibleField>(
    velocity: Field,
    points: Field
  ) throws(ConversionError) -> Field {
    guard alphaDelta != 0 else {
      throw .singular(
        conversion: "s = (βb − β̇x)/(αΔ)",
        time: time,
        reason: "\(alpha.value == 0 ? "α" : "Δ") = 0, where b is the same whatever s is; learn s "
          + "itself, or stay away from this time"
      )
    }
    return (velocity * beta.value - points * beta.derivative) * (1 / alphaDelta)
  }

  /// b = (β̇/β)x + (αΔ/β)s; at t = 0 the limit α̇x + β̇E[x₁] (4.20).
  ///
  /// - Parameters:
  ///   - score: s.
  ///   - points: x.
  ///   - targetMean: E[x₁], such as `[dimension]`, which the limit at β = 0 needs.
  /// - Returns: b.
  /// - Throws: ``ConversionError`` where β = 0 and no mean is given.
  public func velocity<Field: ConvertibleField>(
    score: Field,
    points: Field,
    targetMean: Field? = nil
  ) throws(ConversionError) -> Field {
    guard beta.value != 0 else { return try startVelocity(points, targetMean) }
    return (points * beta.derivative + score * alphaDelta) * (1 / beta.value)
  }

  /// b = (β̇/β)x + (α̇ − αβ̇/β)η_z (4.19); at t = 0 the limit α̇x + β̇E[x₁] (4.20).
  ///
  /// - Parameters:
  ///   - denoiser: η_z.
  ///   - points: x.
  ///   - targetMean: E[x₁], such as `[dimension]`, which the limit at β = 0 needs.
  /// - Returns: b.
  /// - Throws: ``ConversionError`` where β = 0 and no mean is given, and where α̇ is infinite.
  public func velocity<Field: ConvertibleField>(
    denoiser: Field,
    points: Field,
    targetMean: Field? = nil
  ) throws(ConversionError) -> Field {
    guard beta.value != 0 else { return try startVelocity(points, targetMean) }
    guard alpha.derivative.isFinite else {
      throw .singular(
        conversion: "b from η_z",
        time: time,
        reason: "α̇ is infinite and η_z is 0; use the score, whose factor αα̇ is finite"
      )
    }
    let ratio = beta.derivative / beta.value
    return points * ratio + denoiser * (alpha.derivative - alpha.value * ratio)
  }

  /// η₁ = (x − αη_z)/β (5.12); at t = 0 the limit E[x₁].
  ///
  /// - Parameters:
  ///   - denoiser: η_z.
  ///   - points: x.
  ///   - targetMean: E[x₁], such as `[dimension]`, which the limit at β = 0 needs.
  /// - Returns: η₁.
  /// - Throws: ``ConversionError`` where β = 0 and no mean is given.
  public func targetDenoiser<Field: ConvertibleField>(
    denoiser: Field,
    points: Field,
    targetMean: Field? = nil
  ) throws(ConversionError) -> Field {
    guard beta.value != 0 else {
      guard let targetMean else { throw missingMean("η₁ = (x − αη_z)/β") }
      return points * 0 + targetMean
    }
    return (points - denoiser * alpha.value) * (1 / beta.value)
  }

  /// E[x_s | x_t] = (β(s)/β(t)) x + (α(s) − α(t)β(s)/β(t)) η_z (5.13); from t = 0
  /// α(s)x + β(s)E[x₁].
  ///
  /// One step of the iterated denoiser (5.14), and the last one to s = 1, where it is η₁.
  ///
  /// - Parameters:
  ///   - later: the conversions at s.
  ///   - denoiser: η_z at t.
  ///   - points: x at t.
  ///   - targetMean: E[x₁], such as `[dimension]`, which the start at β = 0 needs.
  /// - Returns: the mean of x_s.
  /// - Throws: ``ConversionError`` where β(t) = 0 and no mean is given.
  public func mean<Field: ConvertibleField>(
    at later: OneSidedConversions,
    denoiser: Field,
    points: Field,
    targetMean: Field? = nil
  ) throws(ConversionError) -> Field {
    guard beta.value != 0 else {
      guard let targetMean else { throw missingMean("E[x_s | x_t]") }
      return points * (later.alpha.value / alpha.value) + targetMean * later.beta.value
    }
    let ratio = later.beta.value / beta.value
    return points * ratio + denoiser * (later.alpha.value - alpha.value * ratio)
  }

  private func startVelocity<Field: ConvertibleField>(
    _ points: Field,
    _ targetMean: Field?
  ) throws(ConversionError) -> Field {
    guard let targetMean else { throw missingMean("b = (β̇/β)x + …") }
    return points * (alpha.derivative / alpha.value) + targetMean * beta.derivative
  }

  private func missingMean(_ conversion: String) -> ConversionError {
    .singular(
      conversion: conversion,
      time: time,
      reason: "β = 0; the limit needs E[x₁], the argument targetMean"
    )
  }
}
