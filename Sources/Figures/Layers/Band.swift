/// The filled area between two curves over the same x, as for a confidence interval.
///
/// Where one of the two curves is not finite, the band is interrupted.
public struct Band: Hashable, Sendable {
  /// The common first coordinates.
  public let x: [Double]

  /// The second coordinates of one curve.
  public let lower: [Double]

  /// The second coordinates of the other curve.
  public let upper: [Double]

  /// The colour of the area.
  public var color: Color

  /// How much the area covers what lies beneath: 0 nothing, 1 all.
  public var opacity: Double

  /// The text in the legend; empty for no entry.
  public var label: String

  /// Makes a band.
  ///
  /// - Precondition: the three lists have the same length.
  public init(
    x: [Double],
    lower: [Double],
    upper: [Double],
    color: Color = Palette.blue,
    opacity: Double = 0.25,
    label: String = ""
  ) {
    require(
      x.count == lower.count && x.count == upper.count,
      "Band: \(x.count) values of x, \(lower.count) of lower, \(upper.count) of upper"
    )
    self.x = x
    self.lower = lower
    self.upper = upper
    self.color = color
    self.opacity = opacity
    self.label = label
  }
}
