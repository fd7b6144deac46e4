internal import RealModule
internal import Tensors

/// γ = σ(f(t−½)+1) − σ(f(t−½)−1) − σ(1−f/2) + σ(−1−f/2) with σ the logistic function (Table 8).
///
/// A bump that is flat near the ends for large f: γ(½) = 0.4466 and γ̇(0) = 0.15196 for f = 10. C¹ at
/// both ends, so b carries no score there.
public struct SigmoidLatent: LatentSchedule, Hashable, Codable {
  /// f, positive.
  public let scale: Double

  /// The bump of scale f.
  public init(scale: Double = 10) {
    require(
      scale > 0 && scale.isFinite,
      "the scale f of the sigmoid bump must be positive, got \(scale)"
    )
    self.scale = scale
  }

  /// Reads a scale; throws where it is not positive.
  public init(from decoder: any Decoder) throws {
    self.init(scale: try decoder.positiveScale())
  }

  /// γ, γ̇ and γγ̇; exactly 0 at t = 0 and 1.
  public func callAsFunction(_ time: Double) -> Coefficient {
    // The bump is even about ½: near t = 1 the reflected time makes the end exact.
    let isLate = time > 0.5
    let own = isLate ? 1 - time : time
    let argument = scale * (own - 0.5)
    let value = bump(argument) - bump(-0.5 * scale)
    let (p, q) = (logistic(argument + 1), logistic(argument - 1))
    let slope = scale * (p * (1 - p) - q * (1 - q))
    return Coefficient(value: value, derivative: isLate ? -slope : slope)
  }

  private func bump(_ argument: Double) -> Double {
    logistic(argument + 1) - logistic(argument - 1)
  }

  /// 1/(1 + e⁻ᵘ); for u ≪ 0 the exponential is infinite and the quotient 0, as it should be.
  private func logistic(_ argument: Double) -> Double { 1 / (1 + Double.exp(-argument)) }
}
