extension Panel {
  /// Something drawn in a panel; later layers cover earlier ones.
  public enum Layer: Hashable, Sendable {
    /// A grid of values as colours.
    case heatMap(HeatMap)

    /// Points as discs.
    case scatter(Scatter)

    /// Curves, also many of one kind.
    case curves(Curves)

    /// The area between two curves.
    case band(Band)

    /// The bars of a histogram.
    case bars(Bars)

    /// A straight line across the panel.
    case line(ReferenceLine)

    /// A text at a place of the plane.
    case text(TextLabel)

    /// Grows the spans of the two axes by what this layer covers.
    func extend(x: inout Extent, y: inout Extent) {
      switch self {
      case .heatMap(let map):
        x.include(map.x)
        y.include(map.y)
        x.isTight = true
        y.isTight = true
      case .scatter(let scatter):
        x.include(scatter.points.x)
        y.include(scatter.points.y)
      case .curves(let curves):
        for path in curves.paths {
          x.include(path.x)
          y.include(path.y)
        }
      case .band(let band):
        x.include(band.x)
        y.include(band.lower)
        y.include(band.upper)
      case .bars(let bars):
        x.include(bars.edges)
        x.isTight = true
        y.include(bars.heights)
        y.include(0)
      case .line(let line):
        switch line.orientation {
        case .horizontal: y.include(line.value)
        case .vertical: x.include(line.value)
        }
      case .text(let text):
        x.include(text.x)
        y.include(text.y)
      }
    }

    /// The colour scale a colour bar beside the panel explains, if the layer has one.
    var colorScale: ResolvedColorScale? {
      switch self {
      case .heatMap(let map): ResolvedColorScale(map.colors, values: map.values)
      case .scatter(let scatter):
        scatter.coloring.map { ResolvedColorScale($0.colors, values: $0.values) }
      default: nil
      }
    }
  }
}
