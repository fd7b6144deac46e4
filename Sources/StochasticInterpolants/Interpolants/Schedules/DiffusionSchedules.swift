internal import RealModule

/// α = √(1−t²), β = t (5.5): score-based diffusion (SBDM, VP) in unit time.
///
/// α̇ = −t/√(1−t²) is −∞ at t = 1, where αα̇ = −t is finite.
public struct SBDMSchedule: Schedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// √(1−t²).
  public func alpha(_ time: Double) -> Coefficient {
    // (1−t)(1+t) keeps its digits near t = 1.
    let value = ((1 - time) * (1 + time)).squareRoot()
    return Coefficient(value: value, derivative: -time / value, product: -time)
  }

  /// t.
  public func beta(_ time: Double) -> Coefficient { Coefficient(value: time, derivative: 1) }
}

/// β = exp(−¼(1−t)²(20 − 0.1) − ½(1−t) 0.1), α = √(1−β²): the VP path of SiT (2401.08740).
///
/// Its start is approximate (β(0) = 0.00657, see ``boundaryDefect``); α̇ is −∞ at t = 1, where
/// αα̇ = −ββ̇ is finite.
public struct SiTVariancePreservingSchedule: Schedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  private func logBeta(_ time: Double) -> Double {
    let rest = 1 - time
    return -0.25 * rest * rest * 19.9 - 0.05 * rest
  }

  /// √(1−β²).
  public func alpha(_ time: Double) -> Coefficient {
    // 1 − β² by expm1 keeps its digits near t = 1.
    let value = (-Double.expMinusOne(2 * logBeta(time))).squareRoot()
    let product = -beta(time).product
    return Coefficient(value: value, derivative: product / value, product: product)
  }

  /// exp(−¼(1−t)²·19.9 − ½(1−t)·0.1).
  public func beta(_ time: Double) -> Coefficient {
    let value = Double.exp(logBeta(time))
    return Coefficient(value: value, derivative: value * (9.95 * (1 - time) + 0.05))
  }

  /// β(0) = 0.00657, which an exact schedule has 0: ρ(0) is not quite the base.
  public var boundaryDefect: Double { beta(0).value }
}

extension TargetInterpolant where Self == OneSidedInterpolant<SBDMSchedule> {
  /// x_t = √(1−t²) z + t x₁ (5.5).
  public static var sbdm: Self { Self(schedule: SBDMSchedule()) }
}

extension TargetInterpolant where Self == OneSidedInterpolant<SiTVariancePreservingSchedule> {
  /// SiT's VP path, whose start is approximate.
  public static var sitVariancePreserving: Self { Self(schedule: SiTVariancePreservingSchedule()) }
}
