internal import Foundation

/// A distance of 1, 2 or 5 times a power of ten.
///
/// Its multiples are counted in whole numbers, so that labels are exact: 0.3 is never
/// 0.30000000000000004.
struct Step: Sendable {
  let mantissa: Int
  let exponent: Int

  /// The smallest step that is not below `length`.
  init(atLeast length: Double) {
    let length = min(max(length, 1e-300), 1e300)
    let exponent = Int(log10(length).rounded(.down))
    // A length that is a step up to rounding is that step.
    let mantissa = [1, 2, 5].first { Self.power($0, exponent) >= length * (1 - 1e-9) }
    self.mantissa = mantissa ?? 1
    self.exponent = mantissa == nil ? exponent + 1 : exponent
  }

  /// The smallest of 1, 2, 5, 10, … that is not below `length`.
  static func wholeStep(atLeast length: Double) -> Int {
    let step = Step(atLeast: max(length, 1))
    return Int(step.value(1))
  }

  /// `digits` × 10^`exponent`, correctly rounded for everyday exponents.
  static func power(_ digits: Int, _ exponent: Int) -> Double {
    exponent < 0
      ? Double(digits) / pow(10, Double(-exponent)) : Double(digits) * pow(10, Double(exponent))
  }

  /// The position of a multiple of the step.
  func value(_ index: Int) -> Double { Self.power(index * mantissa, exponent) }

  /// The multiple nearest to the value from above or below.
  func index(of value: Double, _ rule: FloatingPointRoundingRule) -> Int {
    let steps = value / Self.power(mantissa, exponent)
    let nearest = steps.rounded()
    let isMultiple = abs(steps - nearest) <= 1e-9 * max(1, abs(steps))
    return Int(isMultiple ? nearest : steps.rounded(rule))
  }
}
