/// Points as discs.
///
/// Clouds of more than a few thousand points become a picture inside SVG and PDF files, which keeps
/// the files small. Points that are not finite are skipped.
public struct Scatter: Hashable, Sendable {
  /// Values of the points and how they become colours.
  struct Coloring: Hashable, Sendable {
    var values: [Double]
    var colors: ColorScale
  }

  /// Where the discs stand.
  public let points: Points

  /// The colour of all discs, unless each has a value of its own.
  public var color: Color

  /// The radius of a disc in typographic points (1/72 inch).
  public var radius: Double

  /// How much a disc covers what lies beneath: 0 nothing, 1 all.
  public var opacity: Double

  /// The text in the legend; empty for no entry.
  public var label: String

  let coloring: Coloring?

  /// Makes discs of one colour.
  ///
  /// - Precondition: `radius` is positive and finite.
  public init(
    _ points: Points,
    color: Color = Palette.blue,
    radius: Double = 1.5,
    opacity: Double = 0.7,
    label: String = ""
  ) {
    require(radius > 0 && radius.isFinite, "Scatter: radius \(radius) is not positive")
    self.points = points
    self.color = color
    self.radius = radius
    self.opacity = opacity
    self.label = label
    self.coloring = nil
  }

  /// Makes discs coloured by one value each; a value that is not finite takes
  /// ``ColorMap/missing``.
  ///
  /// - Precondition: there are as many values as points; `radius` is positive and finite.
  public init(
    _ points: Points,
    values: [Double],
    colors: ColorScale = ColorScale(.lagoon),
    radius: Double = 1.5,
    opacity: Double = 0.9,
    label: String = ""
  ) {
    require(
      values.count == points.count,
      "Scatter: \(points.count) points but \(values.count) values to colour them"
    )
    require(radius > 0 && radius.isFinite, "Scatter: radius \(radius) is not positive")
    self.points = points
    self.color = colors.map.color(at: 0.5)
    self.radius = radius
    self.opacity = opacity
    self.label = label
    self.coloring = Coloring(values: values, colors: colors)
  }
}
