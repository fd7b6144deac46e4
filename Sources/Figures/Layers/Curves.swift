/// Curves of one kind: a single one or all trajectories of a sample.
///
/// A point that is not finite interrupts its curve.
public struct Curves: Hashable, Sendable {
  /// The corners of each curve, in order.
  public let paths: [Points]

  /// The colour of all curves.
  public var color: Color

  /// The width in typographic points (1/72 inch).
  public var width: Double

  /// How much a curve covers what lies beneath: 0 nothing, 1 all.
  public var opacity: Double

  /// Whether and how the line is broken.
  public var dash: Dash

  /// The text in the legend; empty for no entry.
  public var label: String

  /// Makes curves through points.
  ///
  /// - Precondition: `width` is positive and finite.
  public init(
    _ paths: [Points],
    color: Color = Palette.blue,
    width: Double = 1.2,
    opacity: Double = 1,
    dash: Dash = .solid,
    label: String = ""
  ) {
    require(width > 0 && width.isFinite, "Curves: width \(width) is not positive")
    self.paths = paths
    self.color = color
    self.width = width
    self.opacity = opacity
    self.dash = dash
    self.label = label
  }

  /// Makes one curve.
  ///
  /// - Precondition: `x.count == y.count`; `width` is positive and finite.
  public init(
    x: [Double],
    y: [Double],
    color: Color = Palette.blue,
    width: Double = 1.2,
    opacity: Double = 1,
    dash: Dash = .solid,
    label: String = ""
  ) {
    self.init(
      [Points(x: x, y: y)],
      color: color,
      width: width,
      opacity: opacity,
      dash: dash,
      label: label
    )
  }
}

/// Whether and how a line is broken.
public enum Dash: Hashable, Sendable {
  /// Not at all.
  case solid

  /// Long strokes.
  case dashed

  /// Dots.
  case dotted

  /// Strokes and dots in turn.
  case dashDotted

  /// Lengths drawn and left out in turn, in multiples of the line's width.
  var pattern: [Double] {
    switch self {
    case .solid: []
    case .dashed: [4, 2.5]
    case .dotted: [1, 2]
    case .dashDotted: [4, 2, 1, 2]
    }
  }
}
