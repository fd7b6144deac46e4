/// Bins of equal width; each contains its left edge, the last one also its right edge.
struct Bins: Hashable, Sendable {
  let range: ClosedRange<Double>
  let count: Int

  init(_ range: ClosedRange<Double>, count: Int, of owner: String) {
    let length = range.upperBound - range.lowerBound
    require(length > 0 && length.isFinite, "\(owner): range \(range) has no finite length")
    require(count > 0, "\(owner): \(count) bins")
    self.range = range
    self.count = count
  }

  var width: Double { (range.upperBound - range.lowerBound) / Double(count) }

  /// The edges, one more than there are bins; the outer ones are the ends of the range exactly.
  var edges: [Double] { (0...count).map(edge) }

  /// The bin of a value, `nil` outside.
  func index(of value: Double) -> Int? {
    guard range.contains(value) else { return nil }
    let length = range.upperBound - range.lowerBound
    var index = min(Int((value - range.lowerBound) / length * Double(count)), count - 1)
    // The quotient may round across an edge: the edges decide.
    if index > 0, value < edge(index) { index -= 1 }
    if index < count - 1, value >= edge(index + 1) { index += 1 }
    return index
  }

  private func edge(_ index: Int) -> Double {
    guard index < count else { return range.upperBound }
    return range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(count)
  }
}
