internal import Foundation

/// How numbers are spread along an axis or a colour bar.
public enum Scale: Hashable, Sendable {
  /// Evenly.
  case linear

  /// By their logarithm; only positive numbers have a place.
  case logarithmic

  /// By their square root, which lifts faint values; negative numbers mirror the positive ones.
  case squareRoot

  /// The largest magnitude an axis shows, so that spans and margins around it stay finite.
  static let largest = 1e300

  /// The smallest number on a logarithmic axis, so that its powers of ten are no subnormals.
  static let smallest = 1e-300

  /// The place of a number before it is stretched to a range.
  func transformed(_ value: Double) -> Double {
    switch self {
    case .linear: value
    case .logarithmic: value > 0 ? log10(value) : .nan
    case .squareRoot: value < 0 ? -(-value).squareRoot() : value.squareRoot()
    }
  }

  /// Where the value lies in the range: 0 at its lower, 1 at its upper bound; NaN for nowhere.
  func fraction(of value: Double, in range: ClosedRange<Double>) -> Double {
    let start = transformed(range.lowerBound)
    // Halves keep the difference of two huge numbers finite.
    let span = transformed(range.upperBound) / 2 - start / 2
    return (transformed(value) / 2 - start / 2) / span
  }

  /// The range of an axis on which nothing lies.
  var emptyRange: ClosedRange<Double> { self == .logarithmic ? 1...10 : 0...1 }

  /// The range itself, or a wider one around it when its ends can hardly be told apart.
  func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let magnitude = max(abs(low), abs(high))
    // Twelve digits: beyond, labels would be longer than the axis.
    guard high / 2 - low / 2 <= magnitude * 0.5e-12 else { return range }
    if self == .logarithmic { return max(low / 2, Self.smallest)...(high * 2) }
    guard magnitude > .leastNormalMagnitude else { return -0.5...0.5 }
    return (low - magnitude * 0.1)...(high + magnitude * 0.1)
  }

  /// Stops the program when a range given by the caller has no place on this scale.
  func requireValid(_ range: ClosedRange<Double>, of owner: String) {
    require(
      range.lowerBound >= -Self.largest && range.upperBound <= Self.largest,
      "\(owner): range \(range) goes beyond ±\(Self.largest)"
    )
    require(
      self != .logarithmic || range.lowerBound >= Self.smallest,
      "\(owner): range \(range) on a logarithmic scale must be positive"
    )
  }
}
