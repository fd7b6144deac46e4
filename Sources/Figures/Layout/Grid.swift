/// The rows and columns of a figure: widths of the plots and of the room between them.
struct Grid {
  private let size: Figure.Size
  private let titleHeight: Double
  /// For each row the largest height a unit of width needs, `nil` unless all panels are of equal
  /// aspect.
  private let aspects: [Double?]
  /// The smallest such height of each row, when all panels of the figure are of equal aspect.
  private let widest: [Double]?
  private var left: [Double]
  private var right: [Double]
  private var top: [Double]
  private var bottom: [Double]
  private var plotWidth: Double
  private var plotHeights: [Double]

  init(_ figure: Figure, ranges: [[PanelRanges?]], columns: Int, titleHeight: Double) {
    size = figure.size
    self.titleHeight = titleHeight
    aspects = zip(figure.rows, ranges).map { panels, ranges in
      guard panels.allSatisfy({ $0?.hasEqualAspect ?? true }) else { return nil }
      return ranges.compactMap { $0?.aspect }.max()
    }
    let smallest = ranges.map { $0.compactMap { $0?.aspect }.min() }
    widest = aspects.contains(where: { $0 == nil }) ? nil : smallest.compactMap { $0 }
    left = [Double](repeating: 0, count: columns)
    right = left
    top = [Double](repeating: 0, count: figure.rows.count)
    bottom = top
    plotWidth = 0
    plotHeights = top
    divide()
  }

  /// The plot of a panel, smaller than its cell when its aspect is fixed.
  func plotSize(_ panel: Panel, _ ranges: PanelRanges, row: Int) -> (width: Double, height: Double)
  {
    let height = plotHeights[row]
    guard panel.hasEqualAspect else { return (plotWidth, height) }
    return plotWidth * ranges.aspect <= height
      ? (plotWidth, plotWidth * ranges.aspect) : (height / ranges.aspect, height)
  }

  /// Widens the gaps to the largest margin of their row or column and divides the rest anew.
  mutating func makeRoom(for layouts: [[PanelLayout?]]) {
    for index in left.indices {
      let margins = layouts.compactMap { $0.indices.contains(index) ? $0[index]?.margins : nil }
      left[index] = margins.map(\.left).max() ?? 0
      right[index] = margins.map(\.right).max() ?? 0
    }
    for index in top.indices {
      let margins = layouts[index].compactMap { $0?.margins }
      top[index] = margins.map(\.top).max() ?? 0
      bottom[index] = margins.map(\.bottom).max() ?? 0
    }
    divide()
  }

  func cell(row: Int, column: Int) -> Rect {
    var x = Style.padding + left[column]
    for index in 0..<column { x += left[index] + plotWidth + right[index] + Style.columnGap }
    var y = Style.padding + titleHeight + top[row]
    for index in 0..<row { y += top[index] + plotHeights[index] + bottom[index] + Style.rowGap }
    return Rect(x: x, y: y, width: plotWidth, height: plotHeights[row])
  }

  var totalWidth: Double { roomAcross + plotWidth * Double(left.count) }

  var totalHeight: Double { roomAlong + plotHeights.reduce(0, +) }

  /// All that is not plot.
  private var roomAcross: Double {
    2 * Style.padding + Style.columnGap * Double(max(left.count - 1, 0))
      + left.reduce(0, +) + right.reduce(0, +)
  }

  private var roomAlong: Double {
    2 * Style.padding + titleHeight + Style.rowGap * Double(max(top.count - 1, 0))
      + top.reduce(0, +) + bottom.reduce(0, +)
  }

  private mutating func divide() {
    switch size {
    case .plots(let width, let height):
      plotWidth = max(width, Style.smallestPlot)
      plotHeights = aspects.map { aspect in
        max(min(height, aspect.map { $0 * plotWidth } ?? height), Style.smallestPlot)
      }
      if let widest {
        let needed = zip(widest, plotHeights).map { min(plotWidth, $1 / $0) }.max() ?? plotWidth
        plotWidth = max(needed, Style.smallestPlot)
      }
    case .whole(let width, let height):
      let columns = Double(max(left.count, 1))
      let rows = Double(max(top.count, 1))
      plotWidth = max((width - roomAcross) / columns, Style.smallestPlot)
      let plotHeight = max((height - roomAlong) / rows, Style.smallestPlot)
      plotHeights = plotHeights.map { _ in plotHeight }
    }
  }
}
