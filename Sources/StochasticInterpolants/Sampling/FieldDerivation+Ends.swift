// η₀, η₁ and v, which belong together: αη₀ + βη₁ + γη_z = x (4.5) and v = α̇η₀ + β̇η₁.

extension FieldDerivation {
  /// η₀ (nil where x₀ is not drawn) and η₁, learned or through αη₀ + βη₁ + γη_z = x (4.5).
  func ends() throws(ConversionError) -> (base: Field?, target: Field) {
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

  private func conditionalVelocityFromEnds() throws(ConversionError) -> Field? {
    guard let linear else { return nil }
    let (base, target) = try ends()
    return addingSource(
      try linear.conditionalVelocity(baseDenoiser: base, targetDenoiser: target, time: time)
    )
  }

  /// v.
  func conditionalVelocity() throws(ConversionError) -> Field {
    var attempt = Attempts("the conditional velocity", at: time)
    if let field = attempt(ownConditionalVelocity) { return field }
    if let field = attempt(conditionalVelocityFromEnds) { return field }
    throw attempt.error
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

  private func baseFromTarget() throws(ConversionError) -> Field? {
    guard hasBasePoint, let linear, let target = known[.targetDenoiser] else { return nil }
    return try remainder(
      "η₀ = (x − βη₁ − γη_z)/α",
      linear.alpha.value,
      without: target * linear.beta.value
    )
  }

  private func baseFromConditionalVelocity() throws(ConversionError) -> Field? {
    try fromConditionalVelocity()?.base
  }

  /// η₀.
  func baseDenoiser() throws(ConversionError) -> Field {
    if let base = known[.baseDenoiser] { return base }
    var attempt = Attempts("the denoiser of x₀", at: time)
    if let field = attempt(baseFromTarget) { return field }
    if let field = attempt(baseFromConditionalVelocity) { return field }
    throw attempt.error
  }

  private func targetFromVelocity() throws(ConversionError) -> Field? {
    guard let (oneSided, velocity) = fromVelocity() else { return nil }
    return try oneSided.targetDenoiser(velocity: velocity, points: centred)
  }

  private func targetFromDenoiser() throws(ConversionError) -> Field? {
    guard let oneSided else { return nil }
    return try oneSided.targetDenoiser(
      denoiser: try denoiser(),
      points: centred,
      targetMean: targetMean
    )
  }

  private func targetFromBase() throws(ConversionError) -> Field? {
    guard hasBasePoint, let linear, let base = known[.baseDenoiser] else { return nil }
    return try remainder(
      "η₁ = (x − αη₀ − γη_z)/β",
      linear.beta.value,
      without: base * linear.alpha.value
    )
  }

  private func targetFromBothVelocities() throws(ConversionError) -> Field? {
    try fromConditionalVelocity()?.target
  }

  /// η₁.
  func targetDenoiser() throws(ConversionError) -> Field {
    if let target = known[.targetDenoiser] { return target }
    var attempt = Attempts("the denoiser of x₁", at: time)
    if let field = attempt(targetFromVelocity) { return field }
    // Where β̇ is small η_z says more.
    if known[.denoiser] == nil, known[.score] == nil,
      let field = attempt(targetFromConditionalVelocity)
    {
      return field
    }
    if let field = attempt(targetFromDenoiser) { return field }
    if let field = attempt(targetFromBase) { return field }
    if let field = attempt(targetFromBothVelocities) { return field }
    throw attempt.error
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
