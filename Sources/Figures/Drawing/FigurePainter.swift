/// Draws a figure that has been laid out.
struct FigurePainter {
  let figure: Figure
  let layout: FigureLayout
  let canvas: Canvas

  func paint() {
    canvas.setColor(.white)
    // A pixel more: the last column of a PNG may be cut by the page.
    canvas.addRectangle(Rect(x: 0, y: 0, width: layout.width + 1, height: layout.height + 1))
    canvas.fill()
    canvas.setColor(Style.textColor)
    canvas.write(
      figure.title,
      .figureTitle,
      x: layout.width / 2,
      y: Style.padding,
      along: .middle,
      across: .start
    )
    for placed in layout.panels { paint(placed) }
  }

  private func paint(_ placed: FigureLayout.Placed) {
    let plot = canvas.snapped(placed.plot)
    let (panel, ranges) = (placed.panel, placed.layout.ranges)
    let x = AxisMapping(range: ranges.x, scale: panel.x.scale, start: plot.x, end: plot.right)
    let y = AxisMapping(range: ranges.y, scale: panel.y.scale, start: plot.bottom, end: plot.y)
    let axes = AxesPainter(
      panel: panel,
      layout: placed.layout,
      plot: plot,
      x: x,
      y: y,
      canvas: canvas
    )
    let layers = LayerPainter(plot: plot, x: x, y: y, canvas: canvas)

    if panel.showsGrid { axes.paintGrid() }
    for (layer, colors) in zip(panel.layers, ranges.colors) { layers.paint(layer, colors) }
    axes.paintFrame()
    axes.paintTexts()
    if let bar = ranges.bar {
      ColorBarPainter(colors: bar, panel: panel, layout: placed.layout, plot: plot, canvas: canvas)
        .paint()
    }
    LegendPainter(panel: panel, layout: placed.layout, plot: plot, canvas: canvas).paint()
  }
}
