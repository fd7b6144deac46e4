/// What a set of numbers spans; numbers that are not finite or beyond ±10³⁰⁰ do not count.
struct Extent: Sendable {
  private var low = Double.infinity
  private var high = -Double.infinity
  private var lowestPositive = Double.infinity

  /// Whether the axis should end where the numbers end, as for a picture that fills its panel.
  var isTight = false

  mutating func include(_ value: Double) {
    guard abs(value) <= Scale.largest else { return }
    low = min(low, value)
    high = max(high, value)
    if value >= Scale.smallest { lowestPositive = min(lowestPositive, value) }
  }

  mutating func include(_ values: [Double]) {
    for value in values { include(value) }
  }

  mutating func include(_ range: ClosedRange<Double>) {
    include(range.lowerBound)
    include(range.upperBound)
  }

  /// The span on a scale; `nil` when nothing lies on it.
  func range(on scale: Scale) -> ClosedRange<Double>? {
    let start = scale == .logarithmic ? lowestPositive : low
    return start <= high ? start...high : nil
  }
}
