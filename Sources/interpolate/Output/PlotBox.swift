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
      let margin = high > low ? (high - low) / 20 : max(0.5, abs(low) / 20)
      return low - margin...high + margin
    }
    x = range(sets.flatMap(\.x))
    y = range(sets.flatMap(\.y))
  }

  /// A panel of points whose components bear these names.
  func panel(
    _ title: String,
    _ points: Points,
    names: (x: String, y: String),
    kind: Plot.Kind,
    colors: ColorScale
  ) -> Panel {
    let layer: Panel.Layer =
      switch kind {
      case .heatMap: .heatMap(HeatMap(Histogram2D(points, x: x, y: y, columns: 80), colors: colors))
      case .scatter: .scatter(Scatter(points, radius: 1, opacity: 0.5))
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
