/// From numbers on an axis to points on the page.
package struct AxisMapping: Sendable {
  /// The numbers at the two ends.
  package let range: ClosedRange<Double>
  /// How they are spread.
  package let scale: Scale
  /// The page position of the lower bound.
  package let start: Double
  /// The page position of the upper bound.
  package let end: Double

  package init(range: ClosedRange<Double>, scale: Scale, start: Double, end: Double) {
    self.range = range
    self.scale = scale
    self.start = start
    self.end = end
  }

  /// The page position of a number, `nil` when it has none.
  ///
  /// Positions far outside are pulled in to fifty axis lengths: cairo counts in 24.8 bits.
  package func position(of value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let fraction = scale.fraction(of: value, in: range)
    guard !fraction.isNaN else { return nil }
    return start + min(max(fraction, -50), 50) * (end - start)
  }
}
