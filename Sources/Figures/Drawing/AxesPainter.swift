/// Draws what surrounds the layers of a panel: grid, frame, ticks and texts.
struct AxesPainter {
  let panel: Panel
  let layout: PanelLayout
  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping
  let canvas: Canvas

  /// Lines from the ticks with labels, to be covered by the layers.
  func paintGrid() {
    let width = canvas.snappedWidth(Style.gridWidth)
    canvas.setColor(Style.gridColor)
    canvas.setLine(width: width)
    for tick in layout.xTicks where !tick.label.isEmpty {
      guard let position = x.position(of: tick.value) else { continue }
      let place = canvas.crisp(position, width: width)
      canvas.move(to: place, plot.y)
      canvas.line(to: place, plot.bottom)
    }
    for tick in layout.yTicks where !tick.label.isEmpty {
      guard let position = y.position(of: tick.value) else { continue }
      let place = canvas.crisp(position, width: width)
      canvas.move(to: plot.x, place)
      canvas.line(to: plot.right, place)
    }
    canvas.stroke()
  }

  /// The frame and the ticks outside it, over the layers.
  func paintFrame() {
    let width = canvas.snappedWidth(Style.axisWidth)
    canvas.setColor(Style.axisColor)
    canvas.setLine(width: width)
    let (left, top) = (canvas.crisp(plot.x, width: width), canvas.crisp(plot.y, width: width))
    let right = canvas.crisp(plot.right, width: width)
    let bottom = canvas.crisp(plot.bottom, width: width)
    canvas.addRectangle(Rect(x: left, y: top, width: right - left, height: bottom - top))
    for tick in layout.xTicks {
      guard let position = x.position(of: tick.value) else { continue }
      let place = canvas.crisp(position, width: width)
      canvas.move(to: place, bottom)
      canvas.line(to: place, bottom + length(of: tick))
    }
    for tick in layout.yTicks {
      guard let position = y.position(of: tick.value) else { continue }
      let place = canvas.crisp(position, width: width)
      canvas.move(to: left, place)
      canvas.line(to: left - length(of: tick), place)
    }
    canvas.stroke()
  }

  /// The title, the numbers at the ticks and the labels of the axes.
  func paintTexts() {
    canvas.setColor(Style.textColor)
    canvas.write(
      panel.title,
      .panelTitle,
      x: plot.midX,
      y: plot.y - Style.titleGap,
      along: .middle,
      across: .end
    )
    let out = Style.tickLength + Style.tickGap
    for tick in layout.xTicks {
      guard let position = x.position(of: tick.value) else { continue }
      canvas.write(
        tick.label,
        .tickLabel,
        x: position,
        y: plot.bottom + out,
        along: .middle,
        across: .start
      )
    }
    for tick in layout.yTicks {
      guard let position = y.position(of: tick.value) else { continue }
      canvas.write(
        tick.label,
        .tickLabel,
        x: plot.x - out,
        y: position,
        along: .end,
        across: .middle
      )
    }
    if panel.x.isVisible {
      canvas.write(
        panel.x.label,
        .axisLabel,
        x: plot.midX,
        y: plot.bottom + layout.xLabelOffset,
        along: .middle,
        across: .start
      )
    }
    if panel.y.isVisible {
      canvas.write(
        panel.y.label,
        .axisLabel,
        x: plot.x - layout.yLabelOffset,
        y: plot.midY,
        along: .middle,
        across: .end,
        angle: -.pi / 2
      )
    }
  }

  private func length(of tick: Tick) -> Double {
    tick.label.isEmpty ? Style.minorTickLength : Style.tickLength
  }
}
