import Figures

/// The axes that several sets of points share.
struct PlotBox {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>

  init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.x = x
    self.y = y
  }

  /// A twentieth wider than the points, of which a share may be outside at each end; 1 wide where they
  /// all are at one place.
  init(containing sets: [Points], outside share: Double = 0) {
    func range(_ values: [Double]) -> ClosedRange<Double> {
      let sorted = values.sorted()
      let cut = Int(share * Double(sorted.count))
      let (low, high) = (sorted[cut], sorted[sorted.count - 1 - cut])
      let size = max(abs(low), abs(high))
      // An axis shows twelve digits.
      let margin = high > low ? max((high - low) / 20, 2e-12 * size) : max(0.5, size / 20)
      return low - margin...high + margin
    }
    x = range(sets.flatMap(\.x))
    y = range(sets.flatMap(\.y))
  }

  /// The numbers of points in the cells of a heat map, which unlike densities are finite at every scale.
  func counts(of points: Points) -> [Double] {
    Histogram2D(points, x: x, y: y, columns: Self.cells).counts.map { Double($0) }
  }

  private static let cells = 80

  /// A panel of points whose components bear these names; `brightest` is the number of points in a cell that
  /// has the last colour, the largest of this panel unless given.
  func panel(
    _ title: String,
    _ points: Points,
    names: (x: String, y: String),
    kind: Plot.Kind,
    brightest: Double? = nil
  ) -> Panel {
    let layer: Panel.Layer
    switch kind {
    case .heatMap:
      let counts = counts(of: points)
      // A panel without points is as dark as a cell without them.
      let last = brightest ?? max(1, counts.max() ?? 1)
      let colors = ColorScale(.ember, range: 0...last)
      layer = .heatMap(HeatMap(counts, columns: Self.cells, x: x, y: y, colors: colors))
    case .scatter: layer = .scatter(Scatter(points, radius: 1, opacity: 0.5))
    }
    let (width, height) = (x.upperBound - x.lowerBound, y.upperBound - y.lowerBound)
    return Panel(
      title,
      x: Axis(names.x, range: x),
      y: Axis(names.y, range: y),
      // Round circles where neither axis would become a line.
      hasEqualAspect: width < 3 * height && height < 3 * width,
      layers: [layer]
    )
  }
}
