internal import Tensors

/// Stops where what is called a derivative is none: a bridge would lead somewhere else.
///
/// Looked at are 32 times away from the ends, where slopes may be infinite, and from kinks at simple fractions,
/// beside the largest value of the function: where it is tiny its difference is of roundings.
enum SlopeCheck {
  /// Looks at α and β of a schedule.
  static func check(_ schedule: some Schedule) {
    check("α") { schedule.alpha($0) }
    check("β") { schedule.beta($0) }
  }

  /// Looks at a coefficient of an interpolant.
  static func check(_ name: String, _ function: (Double) -> Coefficient) {
    if let fault = fault({ function($0).value }, slope: { function($0).derivative }) {
      require(
        false,
        "the derivative of \(name) must be its slope, about \(Float(fault.found)) at t = \(fault.time), got "
          + "\(fault.given)"
      )
    }
  }

  /// Looks at γ, which is not negative, and at γγ̇, half the slope of γ².
  static func check(_ gamma: some LatentSchedule) {
    for time in times {
      let value = gamma(time).value
      require(value >= 0, "γ must not be negative, got \(value) at t = \(time)")
    }
    let square = { (time: Double) in gamma(time).value * gamma(time).value / 2 }
    if let fault = fault(square, slope: { gamma($0).product }) {
      require(
        false,
        "γγ̇ must be half the slope of γ², about \(Float(fault.found)) at t = \(fault.time), got \(fault.given)"
      )
    }
  }

  private static let times = (0..<32).map { (Double($0) + 0.37) / 32 }

  /// The first time at which a slope is not that of the function: what is given, and a central difference.
  ///
  /// A short step is good to 1e-5 of a function that is steep, a long one of a function that loses its digits in
  /// a difference, as a flat sigmoid latent does: one of them has to agree.
  private static func fault(
    _ function: (Double) -> Double,
    slope: (Double) -> Double
  ) -> (time: Double, given: Double, found: Double)? {
    // At simple fractions too: a steep latent has its largest value at ½ and little elsewhere.
    let size = (times + (1..<64).map { Double($0) / 64 }).reduce(0) {
      max($0, function($1).magnitude)
    }
    for time in times {
      let given = slope(time)
      let found = [1e-5, 1e-3].map { (function(time + $0) - function(time - $0)) / (2 * $0) }
      if !found.contains(where: { abs(given - $0) <= 1e-4 * max(size, abs($0)) }) {
        return (time, given, found[0])
      }
    }
    return nil
  }
}
