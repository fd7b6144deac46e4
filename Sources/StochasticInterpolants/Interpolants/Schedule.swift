internal import RealModule

/// A function of time with its derivative, evaluated together so that they cannot drift apart.
public struct Coefficient: Sendable, Hashable {
  /// The value at t.
  public var value: Double
  /// The derivative at t.
  public var derivative: Double

  /// Joins a value and a derivative.
  public init(value: Double, derivative: Double) {
    self.value = value
    self.derivative = derivative
  }
}

/// The coefficients α and β of a spatially linear interpolant (4.1): x_t = α x₀ + β x₁ + γ z.
///
/// α(0) = β(1) = 1 and α(1) = β(0) = 0.
public protocol Schedule: Sendable, Hashable, Codable {
  /// α(t) and α̇(t), for t in [0, 1].
  func alpha(_ time: Double) -> Coefficient
  /// β(t) and β̇(t), for t in [0, 1].
  func beta(_ time: Double) -> Coefficient
}

/// α = 1 − t, β = t (Table 4; the paper's (4.9) prints the two exchanged).
public struct LinearSchedule: Schedule {
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
public struct TrigonometricSchedule: Schedule {
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
