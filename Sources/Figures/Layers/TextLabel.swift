/// A short text at a place of the plane.
public struct TextLabel: Hashable, Sendable {
  /// Which part of the text stands at its place.
  public enum Alignment: Hashable, Sendable {
    /// The left end: the text runs to the right.
    case leading

    /// The middle.
    case center

    /// The right end: the text runs to the left.
    case trailing
  }

  /// The text, one line.
  public var text: String

  /// The first coordinate of its place, on the x axis.
  public var x: Double

  /// The second coordinate of its place, on the y axis; the text's middle stands there.
  public var y: Double

  /// The colour of the text.
  public var color: Color

  /// Which part of the text stands at its place.
  public var alignment: Alignment

  /// Makes a text; it is not drawn when its place is not finite.
  public init(
    _ text: String,
    x: Double,
    y: Double,
    color: Color = .black,
    alignment: Alignment = .leading
  ) {
    self.text = text
    self.x = x
    self.y = y
    self.color = color
    self.alignment = alignment
  }
}
