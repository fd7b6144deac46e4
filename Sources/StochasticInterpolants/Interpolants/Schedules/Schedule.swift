internal import RealModule

/// The coefficients α and β of a spatially linear interpolant (4.1): x_t = α x₀ + β x₁ + γ z.
///
/// α(0) = β(1) = 1 and α(1) = β(0) = 0, but for β(0) of ``SiTVariancePreservingSchedule``.
public protocol Schedule: Sendable {
  /// α, α̇ and αα̇ at t in [0, 1].
  func alpha(_ time: Double) -> Coefficient
  /// β, β̇ and ββ̇ at t in [0, 1].
  func beta(_ time: Double) -> Coefficient
}

extension Schedule {
  // A block of rows asks for one coefficient after another: a call by a witness takes longer than what
  // the common schedules compute.

  /// α, α̇ and αα̇ at each time.
  @specialized(where Self == LinearSchedule)
  @specialized(where Self == TrigonometricSchedule)
  func alpha(_ times: [Double]) -> [Coefficient] { times.map { alpha($0) } }

  /// β, β̇ and ββ̇ at each time.
  @specialized(where Self == LinearSchedule)
  @specialized(where Self == TrigonometricSchedule)
  func beta(_ times: [Double]) -> [Coefficient] { times.map { beta($0) } }
}

/// α = 1 − t, β = t (Table 4; the paper's (4.9) prints the two exchanged).
public struct LinearSchedule: Schedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// 1 − t.
  public func alpha(_ time: Double) -> Coefficient {
    Coefficient(value: 1 - time, derivative: -1)
  }

  /// t.
  public func beta(_ time: Double) -> Coefficient { Coefficient(value: time, derivative: 1) }
}

/// α = cos(πt/2), β = sin(πt/2) (Table 4).
public struct TrigonometricSchedule: Schedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// cos(πt/2), exactly 0 at t = 1.
  public func alpha(_ time: Double) -> Coefficient {
    // sin(π(1 − t)/2) is cos(πt/2) without the rounding of π/2 near t = 1.
    let halfPi = Double.pi / 2
    return Coefficient(
      value: time > 0.5 ? Double.sin(halfPi * (1 - time)) : Double.cos(halfPi * time),
      derivative: -halfPi * Double.sin(halfPi * time)
    )
  }

  /// sin(πt/2).
  public func beta(_ time: Double) -> Coefficient {
    let halfPi = Double.pi / 2
    return Coefficient(
      value: Double.sin(halfPi * time),
      derivative: halfPi
        * (time > 0.5 ? Double.sin(halfPi * (1 - time)) : Double.cos(halfPi * time))
    )
  }
}
