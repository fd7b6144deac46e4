/// Where everything stands: plots of equal size in aligned rows and columns.
struct FigureLayout {
  /// A panel and the rectangle of its plot.
  struct Placed {
    let panel: Panel
    let layout: PanelLayout
    let plot: Rect
  }

  /// Labels need room, room decides the marks, marks the labels: settled after few rounds.
  private static let rounds = 4

  let width: Double
  let height: Double
  let panels: [Placed]

  init(_ figure: Figure, measuring canvas: Canvas) {
    let columns = figure.rows.map(\.count).max() ?? 0
    let ranges = figure.rows.map { $0.map { $0.map(PanelRanges.init) } }
    let titleWidth =
      figure.title.isEmpty ? 0 : canvas.measure(figure.title, .figureTitle).width
    let titleHeight =
      figure.title.isEmpty ? 0 : Font.figureTitle.lineHeight + Style.rowGap

    var grid = Grid(figure, ranges: ranges, columns: columns, titleHeight: titleHeight)
    var layouts: [[PanelLayout?]] = []
    for _ in 0..<Self.rounds {
      layouts = figure.rows.indices.map { row in
        figure.rows[row].indices.map { column in
          guard let panel = figure.rows[row][column], let ranges = ranges[row][column]
          else { return nil }
          let (width, height) = grid.plotSize(panel, ranges, row: row)
          return PanelLayout(panel, ranges: ranges, width: width, height: height, canvas: canvas)
        }
      }
      grid.makeRoom(for: layouts)
    }

    var placed: [Placed] = []
    for (row, layouts) in layouts.enumerated() {
      for (column, layout) in layouts.enumerated() {
        guard let layout, let panel = figure.rows[row][column] else { continue }
        let cell = grid.cell(row: row, column: column)
        let (width, height) = grid.plotSize(panel, layout.ranges, row: row)
        let plot = Rect(
          x: cell.midX - width / 2,
          y: cell.midY - height / 2,
          width: width,
          height: height
        )
        placed.append(Placed(panel: panel, layout: layout, plot: plot))
      }
    }
    let surplus = max(0, titleWidth + 2 * Style.padding - grid.totalWidth)
    self.width = grid.totalWidth + surplus
    self.height = grid.totalHeight
    self.panels = placed.map { entry in
      var plot = entry.plot
      plot.x += surplus / 2
      return Placed(panel: entry.panel, layout: entry.layout, plot: plot)
    }
  }
}
