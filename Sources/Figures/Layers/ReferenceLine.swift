/// A straight line across the panel at one value.
public struct ReferenceLine: Hashable, Sendable {
  /// The direction of the line.
  public enum Orientation: Hashable, Sendable {
    /// Along the x axis, at a value of y.
    case horizontal

    /// Along the y axis, at a value of x.
    case vertical
  }

  /// The direction of the line.
  public var orientation: Orientation

  /// Where it crosses the other axis; not drawn when not finite.
  public var value: Double

  /// The colour of the line.
  public var color: Color

  /// The width in typographic points (1/72 inch).
  public var width: Double

  /// Whether and how the line is broken.
  public var dash: Dash

  /// The text in the legend; empty for no entry.
  public var label: String

  /// Makes a line.
  ///
  /// - Precondition: `width` is positive and finite.
  public init(
    _ orientation: Orientation,
    at value: Double,
    color: Color = Color(gray: 0.35),
    width: Double = 0.9,
    dash: Dash = .dashed,
    label: String = ""
  ) {
    require(width > 0 && width.isFinite, "ReferenceLine: width \(width) is not positive")
    self.orientation = orientation
    self.value = value
    self.color = color
    self.width = width
    self.dash = dash
    self.label = label
  }
}
