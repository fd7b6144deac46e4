internal import RealModule
internal import Tensors

/// The time change between score-based diffusion and the one-sided SBDM interpolant (section 5.1).
///
/// The Ornstein–Uhlenbeck process dZ = −Z dτ + √2 dW from ρ₁ has the law of e^{−τ}x₁ + √(1−e^{−2τ}) z
/// (5.4); with t = e^{−τ} that is x_t = √(1−t²) z + t x₁ (5.5). t = 1 is τ = 0, and t = 0 is τ = ∞:
/// the interpolant reaches the base in finite time.
public enum OrnsteinUhlenbeckTime {
  /// τ = −log t.
  ///
  /// - Parameter time: t in [0, 1].
  /// - Returns: τ, infinite at t = 0.
  public static func diffusionTime(_ time: Double) -> Double {
    require((0...1).contains(time), "the time t of an interpolant lies in [0, 1], got \(time)")
    return -Double.log(time)
  }

  /// t = e^{−τ}.
  ///
  /// - Parameter diffusionTime: τ ≥ 0, infinite allowed.
  /// - Returns: t in [0, 1].
  public static func time(_ diffusionTime: Double) -> Double {
    require(diffusionTime >= 0, "the time τ of a diffusion is not negative, got \(diffusionTime)")
    return Double.exp(-diffusionTime)
  }

  /// The drift of the reversed process in t (5.8): t⁻¹x + 2t⁻¹s, with noise √(2/t) dW: ε = 1/t.
  ///
  /// Singular at t = 0, so that its SDE has to be cut off there, with a bias; b + εs of the
  /// interpolant is the same motion at the same ε and is regular for any bounded ε (5.9), (5.10).
  ///
  /// - Parameters:
  ///   - score: s.
  ///   - points: x.
  ///   - time: t in (0, 1].
  /// - Returns: the drift.
  /// - Throws: ``ConversionError`` at t = 0.
  public static func reversedDrift<Field: ConvertibleField>(
    score: Field,
    points: Field,
    time: Double
  ) throws(ConversionError) -> Field {
    guard time > 0 else {
      throw .singular(
        conversion: "the drift x/t + 2s/t of the reversed diffusion",
        time: time,
        reason: "1/t is infinite; use b + εs with a bounded ε, which is regular there"
      )
    }
    return (points + score * 2) * (1 / time)
  }
}
