/// Any field of an interpolant from those that are known, at one time: which conversion serves.
///
/// What is known directly is returned as it is; then the conversions are tried from the most stable
/// to the least, and the last one's error says why none exists.
struct FieldDerivation {
  typealias Field = FieldCombination

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
  /// What does not depend on the time: x, constants and the fields that are known.
  let known: KnownFields

  var points: Field { known.points }
  private var source: Field? { known.source }
  var targetMean: Field? { known.targetMean }

  /// The conversions that were tried for one field, one after another: step control asks at a time of each row,
  /// where a list of closures would be made each time.
  struct Attempts {
    let name: String
    let time: Double
    private var failure: ConversionError?

    init(_ name: String, at time: Double) { (self.name, self.time) = (name, time) }

    /// What a conversion gives; nil where it does not apply or is singular, which is kept.
    mutating func callAsFunction(_ conversion: () throws(ConversionError) -> Field?) -> Field? {
      do {
        return try conversion()
      } catch {
        failure = error
        return nil
      }
    }

    /// Why none served: the last one's reason.
    var error: ConversionError {
      failure
        ?? .singular(
          conversion: name,
          time: time,
          reason: "the fields that are known do not determine it; learn it itself"
        )
    }
  }

  /// Conversions that know γ only.
  var own: LinearCoefficients {
    linear ?? LinearCoefficients(alpha: .zero, beta: .zero, latent: latent)
  }

  /// The conversions of an interpolant that is linear and draws one point.
  var oneSided: OneSidedConversions? {
    hasBasePoint ? nil : linear.map { OneSidedConversions($0, at: time) }
  }

  /// x − αx₀ where x₀ is fixed, x elsewhere: what the one-sided conversions are about.
  var centred: Field {
    guard let source, let linear else { return points }
    return points - source * linear.alpha.value
  }

  private func removingSource(_ velocity: Field) -> Field {
    guard let source, let linear else { return velocity }
    return velocity - source * linear.alpha.derivative
  }

  func addingSource(_ velocity: Field) -> Field {
    guard let source, let linear else { return velocity }
    return velocity + source * linear.alpha.derivative
  }

  /// The one-sided conversions and b without the part of a fixed x₀.
  func fromVelocity() -> (OneSidedConversions, Field)? {
    guard let oneSided, let velocity = known[.velocity] else { return nil }
    return (oneSided, removingSource(velocity))
  }

  /// η₁ from v of an interpolant that draws one point: (v − α̇x₀)/β̇, since v = α̇x₀ + β̇η₁.
  func targetFromConditionalVelocity() throws(ConversionError) -> Field? {
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

  private func denoiserFromVelocity() throws(ConversionError) -> Field? {
    guard let (oneSided, velocity) = fromVelocity() else { return nil }
    return try oneSided.denoiser(velocity: velocity, points: centred)
  }

  private func denoiserFromEnds() -> Field? {
    guard let linear, let target = known[.targetDenoiser] else { return nil }
    if hasBasePoint && known[.baseDenoiser] == nil { return nil }
    var rest = centred - target * linear.beta.value
    if hasBasePoint, let base = known[.baseDenoiser] { rest = rest - base * linear.alpha.value }
    return rest * (1 / latent.value)
  }

  private func denoiserFromConditionalVelocity() throws(ConversionError) -> Field? {
    guard let linear, let target = try targetFromConditionalVelocity() else { return nil }
    return (centred - target * linear.beta.value) * (1 / latent.value)
  }

  /// η_z.
  func denoiser() throws(ConversionError) -> Field {
    if let denoiser = known[.denoiser] { return denoiser }
    if let score = known[.score] { return own.denoiser(score: score) }
    // Where γ = 0, x_t says nothing of z: E[z | x_t] = 0.
    if latent.value == 0 { return points * 0 }
    var attempt = Attempts("the denoiser", at: time)
    if let field = attempt(denoiserFromVelocity) { return field }
    if let field = attempt(denoiserFromDrift) { return field }
    if let field = denoiserFromEnds() { return field }
    if let field = attempt(denoiserFromConditionalVelocity) { return field }
    throw attempt.error
  }

  private func scoreFromDenoiser() throws(ConversionError) -> Field? {
    guard latent.value != 0, let denoiser = known[.denoiser] else { return nil }
    return try own.score(denoiser: denoiser, time: time)
  }

  private func scoreFromVelocity() throws(ConversionError) -> Field? {
    guard let (oneSided, velocity) = fromVelocity() else { return nil }
    return try oneSided.score(velocity: velocity, points: centred)
  }

  private func scoreFromDerivedDenoiser() throws(ConversionError) -> Field? {
    try own.score(denoiser: try denoiser(), time: time)
  }

  /// s (C₀ s for a base N(0, C₀)).
  func score() throws(ConversionError) -> Field {
    if let score = known[.score] { return score }
    var attempt = Attempts("the score", at: time)
    if let field = attempt(scoreFromDenoiser) { return field }
    if let field = attempt(scoreFromVelocity) { return field }
    if let field = attempt(scoreFromDerivedDenoiser) { return field }
    throw attempt.error
  }

  private func velocityFromDrift() throws(ConversionError) -> Field? {
    guard let drift = known[.drift], let process else { return nil }
    if process.diffusion == 0 { return drift }
    return drift - (try score()) * process.diffusion
  }

  private func velocityFromConditionalVelocity() throws(ConversionError) -> Field? {
    guard let v = known[.conditionalVelocity] else { return nil }
    if latent == .zero { return v }
    if known[.score] == nil, latent.derivative.isFinite {
      return v + (try denoiser()) * latent.derivative
    }
    return own.velocity(conditionalVelocity: v, score: try score())
  }

  /// b = β̇η₁ − γγ̇s, or β̇η₁ + γ̇η_z, of an interpolant without a random x₀, both as they are: without a division, by
  /// which errors of one of them alone are 1/β times as large where β is small.
  private func velocityFromKnownEnds() throws(ConversionError) -> Field? {
    guard !hasBasePoint, let linear, let target = known[.targetDenoiser] else { return nil }
    guard let score = known[.score] else {
      return known[.denoiser] == nil ? nil : try velocityFromEnds()
    }
    let v = try linear.conditionalVelocity(
      baseDenoiser: nil,
      targetDenoiser: target,
      time: time
    )
    return addingSource(linear.velocity(conditionalVelocity: v, score: score))
  }

  private func oneSidedVelocity() throws(ConversionError) -> Field? {
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
  }

  private func velocityFromEnds() throws(ConversionError) -> Field? {
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
  }

  /// b.
  func velocity() throws(ConversionError) -> Field {
    if let velocity = known[.velocity] { return velocity }
    var attempt = Attempts("the velocity", at: time)
    if let field = attempt(velocityFromDrift) { return field }
    if let field = attempt(velocityFromConditionalVelocity) { return field }
    if let field = attempt(velocityFromKnownEnds) { return field }
    if let field = attempt(oneSidedVelocity) { return field }
    if let field = attempt(velocityFromEnds) { return field }
    throw attempt.error
  }

  private func driftFromVelocity() throws(ConversionError) -> Field? {
    guard let process else { return nil }
    if process.diffusion == 0 { return try velocity() }
    return try velocity() + (try score()) * process.diffusion
  }

  /// u = b + εs of the latent's process.
  func drift() throws(ConversionError) -> Field {
    if let drift = known[.drift] { return drift }
    var attempt = Attempts("the drift of the latent's process", at: time)
    if let field = attempt(driftFromVelocity) { return field }
    throw attempt.error
  }
}
