internal import Foundation

/// Where the marks of an axis stand, and ranges that end on one.
package enum Ticks {
  /// Marks in the range, about `count` of them with labels.
  package static func marks(
    in range: ClosedRange<Double>,
    on scale: Scale,
    count: Int
  ) -> [Tick] {
    switch scale {
    case .linear, .squareRoot: linear(in: range, count: count)
    case .logarithmic: logarithmic(in: range, count: count)
    }
  }

  /// The smallest range of whole steps (on a logarithmic scale 1, 2, 5 × 10ⁿ) around a range.
  package static func niceRange(
    around range: ClosedRange<Double>,
    on scale: Scale,
    count: Int = 5
  ) -> ClosedRange<Double> {
    let range = scale.widened(range)
    guard scale != .logarithmic else { return niceLogarithmic(around: range) }
    let step = Step(atLeast: span(of: range, over: count))
    let low = step.index(of: range.lowerBound, .down)
    let high = step.index(of: range.upperBound, .up)
    return step.value(low)...step.value(high)
  }

  private static func span(of range: ClosedRange<Double>, over count: Int) -> Double {
    let count = Double(max(count, 1))
    return range.upperBound / count - range.lowerBound / count
  }

  private static func linear(in range: ClosedRange<Double>, count: Int) -> [Tick] {
    let step = Step(atLeast: span(of: range, over: count))
    let first = step.index(of: range.lowerBound, .up)
    let last = step.index(of: range.upperBound, .down)
    guard first <= last else { return [] }
    let labels = NumberText.decimals(
      (first...last).map { $0 * step.mantissa },
      exponent: step.exponent
    )
    return zip(first...last, labels).map { Tick(step.value($0), label: $1) }
  }

  private static func logarithmic(in range: ClosedRange<Double>, count: Int) -> [Tick] {
    // A bound that is a power of ten up to rounding is one.
    let low = Int((log10(range.lowerBound) - 1e-9).rounded(.up))
    let high = Int((log10(range.upperBound) + 1e-9).rounded(.down))
    let decades = max(high - low, 0)
    let stride = Step.wholeStep(atLeast: Double(decades) / Double(max(count, 1)))
    // With fewer than two powers of ten in sight, 2 and 5 are labelled as well.
    let labelled = high - low >= 1 ? [1] : [1, 2, 5]
    let drawn = stride == 1 ? Array(1...9) : [1]
    var ticks: [Tick] = []
    for exponent in (low - 1)...(high + 1) {
      for digit in drawn {
        let value = Step.power(digit, exponent)
        guard value >= range.lowerBound * (1 - 1e-9), value <= range.upperBound * (1 + 1e-9)
        else { continue }
        let hasLabel = labelled.contains(digit) && exponent.isMultiple(of: stride)
        let text =
          digit == 1
          ? NumberText.powerOfTen(exponent)
          : "\(digit)×\(NumberText.powerOfTen(exponent))"
        if hasLabel || stride <= 2 { ticks.append(Tick(value, label: hasLabel ? text : "")) }
      }
    }
    // Less than a 1-2-5 step of a decade: it is nearly straight, and linear marks serve it.
    return ticks.count(where: { !$0.label.isEmpty }) >= 2
      ? ticks : linear(in: range, count: count)
  }

  private static func niceLogarithmic(around range: ClosedRange<Double>) -> ClosedRange<Double> {
    let lowExponent = Int(log10(range.lowerBound).rounded(.down))
    let highExponent = Int(log10(range.upperBound).rounded(.down))
    let low = [5, 2, 1].lazy.map { Step.power($0, lowExponent) }
      .first { $0 <= range.lowerBound * (1 + 1e-9) }
    let high = [1, 2, 5].lazy.map { Step.power($0, highExponent) }
      .first { $0 >= range.upperBound * (1 - 1e-9) }
    return (low ?? range.lowerBound)...(high ?? Step.power(1, highExponent + 1))
  }
}
