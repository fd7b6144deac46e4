internal import Tensors

/// The diffusion coefficient ε(t) ≥ 0 of the SDEs (2.33), (2.34), chosen after training.
///
/// The law ρ(t) does not depend on it, only the paths do; 0 gives the probability flow ODE. ε is a
/// coefficient: the noise is √(2ε) dW, and a step's noise has the variance 2∫ε dt.
public struct Diffusion: Sendable {
  /// What a path follows at the times on which ε does not act.
  public enum Elsewhere: String, Sendable, Hashable, Codable {
    /// The probability flow ODE.
    case flow
    /// The drift u and the noise of the latent's process (3.11): the way to leave a point mass, where
    /// b and s are singular and u is not.
    case process
  }

  enum Law: Sendable {
    case constant(Double)
    case function(@Sendable (Double) -> Double)
    /// ε with ε/γ, which is finite where γ = 0.
    case latent(
      value: @Sendable (Double) -> Double,
      ratio: @Sendable (Double) -> Double
    )
    case process
  }

  let law: Law

  /// Where it acts.
  ///
  /// Nil stands for the times on which the fields were trained, or [0, 1] for fields that are not
  /// learned.
  public let times: ClosedRange<Double>?

  /// What a path follows at other times.
  public let elsewhere: Elsewhere

  init(_ law: Law, times: ClosedRange<Double>?, elsewhere: Elsewhere) {
    if let times {
      require(
        times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
        "the times of ε are an interval inside [0, 1], got \(times)"
      )
    }
    self.law = law
    self.times = times
    self.elsewhere = elsewhere
  }

  /// ε = `value` on `times`.
  ///
  /// Any ε(t) ≥ 0 leaves ρ(t) as it is, so an interval is a way to keep the noise away from ends
  /// where the score is singular or was not trained, without a bias.
  ///
  /// - Parameters:
  ///   - value: ε, finite and not negative.
  ///   - times: inside [0, 1]; nil stands for the times on which the fields were trained.
  ///   - elsewhere: what a path follows at other times.
  /// - Returns: the coefficient.
  public static func constant(
    _ value: Double,
    on times: ClosedRange<Double>? = nil,
    elsewhere: Elsewhere = .flow
  ) -> Diffusion {
    require(
      value >= 0 && value.isFinite,
      "ε must be finite and not negative, got \(value)"
    )
    return Diffusion(.constant(value), times: times, elsewhere: elsewhere)
  }

  /// ε(t) given by a function on `times`.
  ///
  /// 2∫ε dt of a step is taken by Gauss's rule of 16 points. ε is looked at before a run, at the ends, the
  /// stages and the 16 points of every step, and where samples choose their steps at 4,096 points of the
  /// times: where it is negative, infinite or NaN the run is refused.
  ///
  /// - Parameters:
  ///   - times: inside [0, 1]; nil stands for the times on which the fields were trained.
  ///   - elsewhere: what a path follows at other times.
  ///   - overLatent: ε/γ (ε/α one-sided), finite where γ = 0, for an ε that vanishes there: the noise term is
  ///     then taken as εs = −(ε/γ) η_z, so that a learned denoiser serves up to the ends.
  ///   - function: ε(t), finite and not negative on `times`.
  /// - Returns: the coefficient.
  public static func custom(
    on times: ClosedRange<Double>? = nil,
    elsewhere: Elsewhere = .flow,
    overLatent: (@Sendable (Double) -> Double)? = nil,
    _ function: @escaping @Sendable (Double) -> Double
  ) -> Diffusion {
    Diffusion(
      overLatent.map { .latent(value: function, ratio: $0) } ?? .function(function),
      times: times,
      elsewhere: elsewhere
    )
  }

  /// ε of the latent's process at all times: forward the drift is u alone (3.11).
  public static let process = Diffusion(.process, times: nil, elsewhere: .process)

  /// Whether it is zero at all times.
  var isZero: Bool {
    if case .constant(0) = law { return elsewhere == .flow }
    return false
  }
}
