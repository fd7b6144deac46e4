internal import Tensors

/// The diffusion coefficient ε(t) ≥ 0 of the SDEs (2.33), (2.34), chosen after training.
///
/// The law ρ(t) does not depend on it, only the paths do; 0 gives the probability flow ODE. ε is a
/// coefficient: the noise is √(2ε) dW.
public struct Diffusion: Sendable, Hashable {
  /// ε where it acts.
  public let value: Double
  /// Where it acts; elsewhere ε = 0 and the path follows the ODE.
  ///
  /// Nil stands for the times on which
  /// the score was trained, or [0, 1] for fields that are not learned.
  public let times: ClosedRange<Double>?

  /// ε = `value` on `times`, 0 elsewhere.
  ///
  /// Any ε(t) ≥ 0 leaves ρ(t) as it is, so an interval is a way to keep the noise away from ends
  /// where the score is singular or was not trained, without a bias.
  ///
  /// - Parameters:
  ///   - value: ε, finite and not negative.
  ///   - times: inside [0, 1]; nil stands for the times on which the score was trained.
  /// - Returns: the coefficient.
  public static func constant(
    _ value: Double,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    require(
      value >= 0 && value.isFinite,
      "ε must be finite and not negative, got \(value)"
    )
    if let times {
      require(
        times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
        "the times of ε are an interval inside [0, 1], got \(times)"
      )
    }
    return Diffusion(value: value, times: times)
  }
}
