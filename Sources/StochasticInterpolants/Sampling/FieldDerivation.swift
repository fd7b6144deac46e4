/// Any field of an interpolant from those that are known, at one time: which conversion serves.
///
/// What is known directly is returned as it is; then the conversions are tried from the most stable
/// to the least, and the last one's error says why none exists.
struct FieldDerivation<Field: ConvertibleField> {
  /// t.
  let time: Double
  /// γ, γ̇ and γγ̇ (α of a one-sided interpolant).
  let latent: Coefficient
  /// α, β and γ of a spatially linear interpolant.
  let linear: LinearCoefficients?
  /// ε and δ of the latent's process.
  let process: LatentProcess?
  /// Whether x₀ is a random point of its own.
  let hasBasePoint: Bool
  /// x.
  let points: Field
  /// x₀ where it is fixed.
  let source: Field?
  /// E[x₁].
  let targetMean: Field?
  /// The fields that are known.
  let known: [Objective.Kind: Field]

  private func missing(_ name: String) -> ConversionError {
    .singular(
      conversion: name,
      time: time,
      reason: "the fields that are known do not determine it; learn it itself"
    )
  }

  // The closures throw any error because the 6.3.1 compiler crashes on arrays of closures with typed
  // throws; all they throw is a ConversionError.
  private func first(
    _ name: String,
    _ attempts: [() throws -> Field?]
  ) throws(ConversionError) -> Field {
    var failure: ConversionError?
    for attempt in attempts {
      do {
        if let field = try attempt() { return field }
      } catch {
        failure = error as? ConversionError
      }
    }
    throw failure ?? missing(name)
  }

  /// Conversions that know γ only.
  private var own: LinearCoefficients {
    linear ?? LinearCoefficients(alpha: .zero, beta: .zero, latent: latent)
  }

  /// The conversions of an interpolant that is linear and draws one point.
  private var oneSided: OneSidedConversions? {
    hasBasePoint ? nil : linear.map { OneSidedConversions($0, at: time) }
  }

  /// x − αx₀ where x₀ is fixed, x elsewhere: what the one-sided conversions are about.
  private var centred: Field {
    guard let source, let linear else { return points }
    return points - source * linear.alpha.value
  }

  private func removingSource(_ velocity: Field) -> Field {
    guard let source, let linear else { return velocity }
    return velocity - source * linear.alpha.derivative
  }

  private func addingSource(_ velocity: Field) -> Field {
    guard let source, let linear else { return velocity }
    return velocity + source * linear.alpha.derivative
  }

  /// The one-sided conversions and b without the part of a fixed x₀.
  private func fromVelocity() -> (OneSidedConversions, Field)? {
    guard let oneSided, let velocity = known[.velocity] else { return nil }
    return (oneSided, removingSource(velocity))
  }

  /// η₁ from v of an interpolant that draws one point: (v − α̇x₀)/β̇, since v = α̇x₀ + β̇η₁.
  private func targetFromConditionalVelocity() throws(ConversionError) -> Field? {
    guard let v = known[.conditionalVelocity], let oneSided else { return nil }
    let rate = oneSided.beta.derivative
    guard rate != 0, rate.isFinite else {
      throw .singular(
        conversion: "η₁ = (v − α̇x₀)/β̇",
        time: time,
        reason: "β̇ = \(rate); learn the denoiser itself"
      )
    }
    return removingSource(v) * (1 / rate)
  }

  /// η_z from the drift u of the latent's process: (β̇x − βu)/(γβ̇ − βδ).
  private func denoiserFromDrift() throws(ConversionError) -> Field? {
    guard let drift = known[.drift], let oneSided, let process else { return nil }
    let determinant =
      latent.value * oneSided.beta.derivative - oneSided.beta.value * process.slope
    guard determinant != 0, determinant.isFinite else {
      throw .singular(
        conversion: "η_z from the drift u",
        time: time,
        reason: "γβ̇ − βδ = \(determinant); start at a later time, or keep the noise of the process"
      )
    }
    return (centred * oneSided.beta.derivative - removingSource(drift) * oneSided.beta.value)
      * (1 / determinant)
  }

  /// η_z.
  func denoiser() throws(ConversionError) -> Field {
    try first(
      "the denoiser",
      [
        { known[.denoiser] },
        { known[.score].map { own.denoiser(score: $0) } },
        // Where γ = 0, x_t says nothing of z: E[z | x_t] = 0.
        { latent.value == 0 ? points * 0 : nil },
        {
          guard let (oneSided, velocity) = fromVelocity() else { return nil }
          return try oneSided.denoiser(velocity: velocity, points: centred)
        },
        { try denoiserFromDrift() },
        {
          guard let linear, let target = known[.targetDenoiser] else { return nil }
          if hasBasePoint && known[.baseDenoiser] == nil { return nil }
          var rest = centred - target * linear.beta.value
          if hasBasePoint, let base = known[.baseDenoiser] {
            rest = rest - base * linear.alpha.value
          }
          return rest * (1 / latent.value)
        },
        {
          guard let linear, let target = try targetFromConditionalVelocity() else { return nil }
          return (centred - target * linear.beta.value) * (1 / latent.value)
        },
      ]
    )
  }

  /// s (C₀ s for a base N(0, C₀)).
  func score() throws(ConversionError) -> Field {
    try first(
      "the score",
      [
        { known[.score] },
        {
          guard latent.value != 0, let denoiser = known[.denoiser] else { return nil }
          return try own.score(denoiser: denoiser, time: time)
        },
        {
          guard let (oneSided, velocity) = fromVelocity() else { return nil }
          return try oneSided.score(velocity: velocity, points: centred)
        },
        { try own.score(denoiser: try denoiser(), time: time) },
      ]
    )
  }

  /// b.
  func velocity() throws(ConversionError) -> Field {
    try first(
      "the velocity",
      [
        { known[.velocity] },
        {
          guard let drift = known[.drift], let process else { return nil }
          if process.diffusion == 0 { return drift }
          return drift - (try score()) * process.diffusion
        },
        {
          guard let v = known[.conditionalVelocity] else { return nil }
          if latent == .zero { return v }
          if known[.score] == nil, latent.derivative.isFinite {
            return v + (try denoiser()) * latent.derivative
          }
          return own.velocity(conditionalVelocity: v, score: try score())
        },
        {
          guard let oneSided else { return nil }
          if let score = known[.score] {
            return addingSource(
              try oneSided.velocity(score: score, points: centred, targetMean: targetMean)
            )
          }
          if let denoiser = known[.denoiser] {
            return addingSource(
              try oneSided.velocity(denoiser: denoiser, points: centred, targetMean: targetMean)
            )
          }
          return nil
        },
        {
          guard let linear else { return nil }
          let (base, target) = try ends()
          return try addingSource(
            linear.velocity(
              baseDenoiser: base,
              targetDenoiser: target,
              denoiser: denoiser(),
              time: time
            )
          )
        },
      ]
    )
  }

  /// η₀ (nil where x₀ is not drawn) and η₁, learned or through αη₀ + βη₁ + γη_z = x (4.5).
  private func ends() throws(ConversionError) -> (base: Field?, target: Field) {
    if !hasBasePoint { return (nil, try targetDenoiser()) }
    return (try baseDenoiser(), try targetDenoiser())
  }

  /// v without the denoisers of the ends, which may themselves come from it.
  private func ownConditionalVelocity() throws(ConversionError) -> Field? {
    if let v = known[.conditionalVelocity] { return v }
    guard let velocity = known[.velocity] else { return nil }
    if latent == .zero { return velocity }
    if known[.score] == nil, latent.derivative.isFinite {
      return velocity - (try denoiser()) * latent.derivative
    }
    return own.conditionalVelocity(velocity: velocity, score: try score())
  }

  /// v.
  func conditionalVelocity() throws(ConversionError) -> Field {
    try first(
      "the conditional velocity",
      [
        { try ownConditionalVelocity() },
        {
          guard let linear else { return nil }
          let (base, target) = try ends()
          return addingSource(
            try linear.conditionalVelocity(
              baseDenoiser: base,
              targetDenoiser: target,
              time: time
            )
          )
        },
      ]
    )
  }

  /// u = b + εs of the latent's process.
  func drift() throws(ConversionError) -> Field {
    try first(
      "the drift of the latent's process",
      [
        { known[.drift] },
        {
          guard let process else { return nil }
          if process.diffusion == 0 { return try velocity() }
          return try velocity() + (try score()) * process.diffusion
        },
      ]
    )
  }

  /// The denoiser of one end from that of the other, through αη₀ + βη₁ + γη_z = x (4.5).
  private func remainder(
    _ conversion: String,
    _ coefficient: Double,
    without other: Field
  ) throws(ConversionError) -> Field {
    guard coefficient != 0 else {
      throw .singular(
        conversion: conversion,
        time: time,
        reason: "the divisor is 0; learn this denoiser itself"
      )
    }
    return (points - other - (try denoiser()) * latent.value) * (1 / coefficient)
  }

  /// η₀.
  func baseDenoiser() throws(ConversionError) -> Field {
    try first(
      "the denoiser of x₀",
      [
        { known[.baseDenoiser] },
        {
          guard hasBasePoint, let linear, let target = known[.targetDenoiser] else { return nil }
          return try remainder(
            "η₀ = (x − βη₁ − γη_z)/α",
            linear.alpha.value,
            without: target * linear.beta.value
          )
        },
        { try fromConditionalVelocity()?.base },
      ]
    )
  }

  /// η₁.
  func targetDenoiser() throws(ConversionError) -> Field {
    try first(
      "the denoiser of x₁",
      [
        { known[.targetDenoiser] },
        {
          guard let (oneSided, velocity) = fromVelocity() else { return nil }
          return try oneSided.targetDenoiser(velocity: velocity, points: centred)
        },
        {
          // Where β̇ is small η_z says more.
          known[.denoiser] == nil && known[.score] == nil
            ? try targetFromConditionalVelocity() : nil
        },
        {
          guard let oneSided else { return nil }
          return try oneSided.targetDenoiser(
            denoiser: try denoiser(),
            points: centred,
            targetMean: targetMean
          )
        },
        {
          guard hasBasePoint, let linear, let base = known[.baseDenoiser] else { return nil }
          return try remainder(
            "η₁ = (x − αη₀ − γη_z)/β",
            linear.beta.value,
            without: base * linear.alpha.value
          )
        },
        { try fromConditionalVelocity()?.target },
      ]
    )
  }

  /// η₀ and η₁ of a two-sided interpolant from v (or b) and η_z.
  private func fromConditionalVelocity() throws(ConversionError) -> (base: Field, target: Field)? {
    guard hasBasePoint, let linear,
      known[.conditionalVelocity] != nil || known[.velocity] != nil
    else { return nil }
    guard let v = try ownConditionalVelocity() else { return nil }
    let noise = try denoiser()
    return try linear.endDenoisers(
      points: points,
      conditionalVelocity: v,
      denoiser: noise,
      time: time
    )
  }
}
