/// Adjoining bars that stand on zero; on a logarithmic axis they stand on its lower end.
///
/// A bar whose height is not finite is skipped.
public struct Bars: Hashable, Sendable {
  /// The edges of the bars, one more than there are bars.
  public let edges: [Double]

  /// The heights of the bars.
  public let heights: [Double]

  /// The colour of the bars.
  public var color: Color

  /// How much a bar covers what lies beneath: 0 nothing, 1 all.
  public var opacity: Double

  /// The text in the legend; empty for no entry.
  public var label: String

  /// Makes bars.
  ///
  /// - Precondition: `edges.count == heights.count + 1`.
  public init(
    edges: [Double],
    heights: [Double],
    color: Color = Palette.blue,
    opacity: Double = 0.6,
    label: String = ""
  ) {
    require(
      edges.count == heights.count + 1,
      "Bars: \(heights.count) heights need one edge more, not \(edges.count)"
    )
    self.edges = edges
    self.heights = heights
    self.color = color
    self.opacity = opacity
    self.label = label
  }

  /// Makes bars of a histogram's densities.
  public init(
    _ histogram: Histogram1D,
    color: Color = Palette.blue,
    opacity: Double = 0.6,
    label: String = ""
  ) {
    self.init(
      edges: histogram.edges,
      heights: histogram.densities,
      color: color,
      opacity: opacity,
      label: label
    )
  }
}
