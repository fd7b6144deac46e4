/// One axis of a panel.
public struct Axis: Hashable, Sendable {
  /// The text along the axis; empty for none.
  public var label: String

  /// The first and the last number on the axis; `nil` takes what the layers span, to whole ticks
  /// unless a heat map or bars fill the panel.
  public var range: ClosedRange<Double>?

  /// How the numbers are spread.
  public var scale: Scale

  /// The marks; `nil` chooses them at steps of 1, 2 or 5 times a power of ten.
  ///
  /// Marks outside the range are not drawn.
  public var ticks: [Tick]?

  /// Whether marks, numbers and label are drawn; the frame always is.
  public var isVisible: Bool

  /// Makes an axis.
  ///
  /// - Precondition: the bounds of `range` lie within ±10³⁰⁰, on a logarithmic scale above 10⁻³⁰⁰.
  public init(
    _ label: String = "",
    range: ClosedRange<Double>? = nil,
    scale: Scale = .linear,
    ticks: [Tick]? = nil,
    isVisible: Bool = true
  ) {
    if let range { scale.requireValid(range, of: "Axis \(label)") }
    self.label = label
    self.range = range
    self.scale = scale
    self.ticks = ticks
    self.isVisible = isVisible
  }

  /// An axis without marks, numbers and label.
  public static let hidden = Axis(isVisible: false)

  /// The range that is drawn, given what the layers span.
  func resolvedRange(_ extent: Extent) -> ClosedRange<Double> {
    if let range {
      // Both may have been changed since the axis was made.
      scale.requireValid(range, of: "Axis \(label)")
      return scale.widened(range)
    }
    guard let spanned = extent.range(on: scale) else { return scale.emptyRange }
    return extent.isTight ? scale.widened(spanned) : Ticks.niceRange(around: spanned, on: scale)
  }
}
