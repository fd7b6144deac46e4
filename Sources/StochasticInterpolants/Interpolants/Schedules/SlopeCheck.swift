internal import Tensors

/// Stops where what is called a derivative is none: a bridge would lead somewhere else.
///
/// Looked at are 32 times away from the ends, where slopes may be infinite, and from kinks at simple fractions.
enum SlopeCheck {
  /// Looks at α and β of a schedule.
  static func check(_ schedule: some Schedule) {
    check("α") { schedule.alpha($0) }
    check("β") { schedule.beta($0) }
  }

  /// Looks at a coefficient of an interpolant.
  static func check(_ name: String, _ function: (Double) -> Coefficient) {
    for time in times {
      let own = function(time)
      let slope = slope(at: time) { function($0).value }
      require(
        agree(own.derivative, slope, beside: own.value),
        "the derivative of \(name) must be its slope, about \(Float(slope)) at t = \(time), got \(own.derivative)"
      )
    }
  }

  /// Looks at γ, which is not negative, and at γγ̇, half the slope of γ².
  static func check(_ gamma: some LatentSchedule) {
    for time in times {
      let own = gamma(time)
      require(own.value >= 0, "γ must not be negative, got \(own.value) at t = \(time)")
      let slope = slope(at: time) { gamma($0).value * gamma($0).value } / 2
      require(
        agree(own.product, slope, beside: own.value * own.value),
        "γγ̇ must be half the slope of γ², about \(Float(slope)) at t = \(time), got \(own.product)"
      )
    }
  }

  private static let times = (0..<32).map { (Double($0) + 0.37) / 32 }

  private static func slope(at time: Double, of function: (Double) -> Double) -> Double {
    let step = 1e-5
    return (function(time + step) - function(time - step)) / (2 * step)
  }

  /// A central difference of this step is good to 1e-5 unless a function is not smooth.
  private static func agree(_ derivative: Double, _ slope: Double, beside value: Double) -> Bool {
    abs(derivative - slope) <= 1e-4 * max(abs(value), abs(slope))
  }
}
