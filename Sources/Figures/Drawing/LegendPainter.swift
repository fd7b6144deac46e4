/// Draws the legend of a panel.
struct LegendPainter {
  let panel: Panel
  let layout: PanelLayout
  let plot: Rect
  let canvas: Canvas

  func paint() {
    guard !layout.legend.isEmpty else { return }
    let box = self.box
    if panel.legend != .outside {
      canvas.setColor(Color.white.withOpacity(0.85))
      canvas.addRectangle(box)
      canvas.fill()
    }
    for (index, entry) in layout.legend.enumerated() {
      let middle = box.y + Style.legendPadding + Style.legendRow * (Double(index) + 0.5)
      paint(entry, x: box.x + Style.legendPadding, y: middle)
    }
  }

  private var box: Rect {
    let size = layout.legendSize
    let inset = Style.legendInset
    let left = plot.x + inset
    let right = plot.right - inset - size.width
    let top = plot.y + inset
    let bottom = plot.bottom - inset - size.height
    let (x, y) =
      switch panel.legend {
      case .hidden, .topLeft: (left, top)
      case .topRight: (right, top)
      case .bottomLeft: (left, bottom)
      case .bottomRight: (right, bottom)
      case .outside: (plot.right + layout.margins.right - size.width, plot.y)
      }
    return Rect(x: x, y: y, width: size.width, height: size.height)
  }

  private func paint(_ entry: LegendEntry, x: Double, y: Double) {
    canvas.setColor(entry.color)
    switch entry.symbol {
    case .disc(let radius):
      canvas.addDisc(x: x + Style.legendSwatch / 2, y: y, radius: radius)
      canvas.fill()
    case .line(let width, let dash):
      canvas.setLine(width: width, dash: dash)
      canvas.move(to: x, y)
      canvas.line(to: x + Style.legendSwatch, y)
      canvas.stroke()
    case .patch:
      canvas.addRectangle(Rect(x: x, y: y - 3.5, width: Style.legendSwatch, height: 7))
      canvas.fill()
    }
    canvas.setColor(Style.textColor)
    canvas.write(
      entry.label,
      .legend,
      x: x + Style.legendSwatch + Style.legendGap,
      y: y,
      along: .start,
      across: .middle
    )
  }
}
