/// The ranges of a panel's axes and colours, which do not depend on its size.
struct PanelRanges: Sendable {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>

  /// The colours of each layer, `nil` for a layer of one colour.
  let colors: [ResolvedColorScale?]

  /// The colours a colour bar shows, `nil` when there is none.
  let bar: ResolvedColorScale?

  init(_ panel: Panel) {
    require(
      !panel.hasEqualAspect || (panel.x.scale == .linear && panel.y.scale == .linear),
      "Panel \(panel.title): equal aspect needs linear axes, not \(panel.x.scale), \(panel.y.scale)"
    )
    var (x, y) = (Extent(), Extent())
    for layer in panel.layers { layer.extend(x: &x, y: &y) }
    self.x = panel.x.resolvedRange(x)
    self.y = panel.y.resolvedRange(y)
    self.colors = panel.layers.map(\.colorScale)
    self.bar = panel.colorBar == nil ? nil : colors.lazy.compactMap { $0 }.first
  }

  /// The height of one unit of width when both axes have the same unit.
  var aspect: Double {
    (y.upperBound - y.lowerBound) / (x.upperBound - x.lowerBound)
  }
}
