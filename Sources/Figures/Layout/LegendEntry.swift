/// A line of the legend: a layer's label and how the layer is drawn.
struct LegendEntry: Hashable, Sendable {
  enum Symbol: Hashable, Sendable {
    case disc(radius: Double)
    case line(width: Double, dash: Dash)
    case patch
  }

  let label: String
  let color: Color
  let symbol: Symbol

  /// `nil` for a layer without a label.
  init?(_ layer: Panel.Layer) {
    switch layer {
    case .heatMap, .text:
      return nil
    case .scatter(let scatter):
      label = scatter.label
      color = scatter.color.withOpacity(max(scatter.opacity, 0.7))
      symbol = .disc(radius: min(max(scatter.radius, 2), 4))
    case .curves(let curves):
      label = curves.label
      // The legend's line stays readable where hundreds of faint ones overlap in the plot.
      color = curves.color.withOpacity(max(curves.opacity, 0.7))
      symbol = .line(width: max(curves.width, 1), dash: curves.dash)
    case .band(let band):
      label = band.label
      color = band.color.withOpacity(max(band.opacity, 0.2))
      symbol = .patch
    case .bars(let bars):
      label = bars.label
      color = bars.color.withOpacity(max(bars.opacity, 0.2))
      symbol = .patch
    case .line(let line):
      label = line.label
      color = line.color
      symbol = .line(width: line.width, dash: line.dash)
    }
    if label.isEmpty { return nil }
  }

  /// The lines of a panel's legend; none when it is hidden.
  static func entries(of panel: Panel) -> [LegendEntry] {
    panel.legend == .hidden ? [] : panel.layers.compactMap(LegendEntry.init)
  }

  /// The size of the box around the lines, padding included.
  static func boxSize(_ entries: [LegendEntry], _ canvas: Canvas) -> (width: Double, height: Double)
  {
    let text = entries.map { canvas.measure($0.label, .legend).width }.max() ?? 0
    return (
      2 * Style.legendPadding + Style.legendSwatch + Style.legendGap + text,
      2 * Style.legendPadding + Style.legendRow * Double(entries.count)
    )
  }
}
