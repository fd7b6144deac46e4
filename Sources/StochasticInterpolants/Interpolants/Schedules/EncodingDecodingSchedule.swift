internal import RealModule

/// α = cos²(πt) before t = ½ and 0 after, β = 0 before and cos²(πt) after (4.11).
///
/// x₀ is faded into noise, then x₁ out of it: at t = ½ x_t = γz alone. C¹ with a jump of the second
/// derivatives at t = ½, where a step should end: an even number of uniform steps does. The paper's claim α² + β² + γ² = 1 with γ = sin²(πt) is false: the sum is
/// 1 − ½ sin²(2πt).
public struct EncodingDecodingSchedule: Schedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// cos²(πt) before t = ½, 0 from there on.
  public func alpha(_ time: Double) -> Coefficient { time < 0.5 ? fading(time) : .zero }

  /// 0 up to t = ½, cos²(πt) after.
  public func beta(_ time: Double) -> Coefficient {
    guard time > 0.5 else { return .zero }
    // The reflected time makes the value at t = 1 exact.
    let mirrored = fading(1 - time)
    return Coefficient(value: mirrored.value, derivative: -mirrored.derivative)
  }

  private func fading(_ time: Double) -> Coefficient {
    let cosine = Double.cos(.pi * time)
    return Coefficient(value: cosine * cosine, derivative: -.pi * Double.sin(2 * .pi * time))
  }
}

extension CoupledInterpolant
where Self == TwoSidedInterpolant<EncodingDecodingSchedule, SineSquaredLatent> {
  /// x_t = cos²(πt) x₀ (t < ½) or cos²(πt) x₁ (t > ½), plus sin²(πt) z (4.11).
  public static var encodingDecoding: Self {
    Self(schedule: EncodingDecodingSchedule(), gamma: SineSquaredLatent())
  }
}
