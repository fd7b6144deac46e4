/// Counts of numbers in bins of equal width.
///
/// A bin contains its left edge; the last one contains its right edge too.
public struct Histogram1D: Hashable, Sendable {
  /// How many numbers fell in each bin.
  public let counts: [Int]

  /// How many numbers fell in no bin, those that are not finite among them.
  public let outside: Int

  private let bins: Bins

  /// The edges of the bins, one more than there are bins.
  public var edges: [Double] { bins.edges }

  /// How many numbers there were, inside the bins and outside.
  public var total: Int { counts.reduce(outside, +) }

  /// The share of all numbers in each bin divided by its width; sums to the share inside.
  ///
  /// All zero when there were no numbers.
  public var densities: [Double] {
    let scale = 1 / (Double(max(total, 1)) * bins.width)
    return counts.map { Double($0) * scale }
  }

  /// Counts numbers.
  ///
  /// - Parameters:
  ///   - values: the numbers.
  ///   - range: the outer edges of the bins; `nil` takes the smallest and largest finite number.
  ///   - binCount: how many bins there are.
  /// - Precondition: `range` has a finite length above zero, `binCount` is positive.
  public init(_ values: [Double], range: ClosedRange<Double>? = nil, binCount: Int = 50) {
    var extent = Extent()
    if range == nil { extent.include(values) }
    let spanned = extent.range(on: .linear).map { Scale.linear.widened($0) }
    let bins = Bins(
      range ?? spanned ?? Scale.linear.emptyRange,
      count: binCount,
      of: "Histogram1D"
    )
    var counts = [Int](repeating: 0, count: binCount)
    var outside = 0
    for value in values {
      if let index = bins.index(of: value) { counts[index] += 1 } else { outside += 1 }
    }
    self.bins = bins
    self.counts = counts
    self.outside = outside
  }
}
