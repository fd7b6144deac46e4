/// Draws the strip that explains the colours of a panel.
struct ColorBarPainter {
  let colors: ResolvedColorScale
  let panel: Panel
  let layout: PanelLayout
  let plot: Rect
  let canvas: Canvas

  func paint() {
    let strip = canvas.snapped(
      Rect(x: plot.right + Style.barGap, y: plot.y, width: Style.barWidth, height: plot.height)
    )
    var image = PixelImage(
      width: Int((strip.width * canvas.pixelScale).rounded()),
      height: Int((strip.height * canvas.pixelScale).rounded())
    )
    for row in 0..<image.height {
      let fraction = 1 - (Double(row) + 0.5) / Double(image.height)
      let pixel = colors.map.color(at: fraction).premultipliedPixel
      for column in 0..<image.width { image.pixels[row * image.width + column] = pixel }
    }
    canvas.draw(image, in: strip)

    let width = canvas.snappedWidth(Style.axisWidth)
    let mapping = AxisMapping(
      range: colors.range,
      scale: colors.scale,
      start: strip.bottom,
      end: strip.y
    )
    canvas.setColor(Style.axisColor)
    canvas.setLine(width: width)
    let (left, top) = (canvas.crisp(strip.x, width: width), canvas.crisp(strip.y, width: width))
    let right = canvas.crisp(strip.right, width: width)
    let bottom = canvas.crisp(strip.bottom, width: width)
    canvas.addRectangle(Rect(x: left, y: top, width: right - left, height: bottom - top))
    for tick in layout.barTicks {
      guard let position = mapping.position(of: tick.value) else { continue }
      let place = canvas.crisp(position, width: width)
      canvas.move(to: right, place)
      canvas.line(
        to: right + (tick.label.isEmpty ? Style.minorTickLength : Style.tickLength),
        place
      )
    }
    canvas.stroke()

    canvas.setColor(Style.textColor)
    for tick in layout.barTicks {
      guard let position = mapping.position(of: tick.value) else { continue }
      canvas.write(
        tick.label,
        .tickLabel,
        x: strip.right + Style.tickLength + Style.tickGap,
        y: position,
        along: .start,
        across: .middle
      )
    }
    canvas.write(
      panel.colorBar?.label ?? "",
      .axisLabel,
      x: plot.right + layout.barLabelOffset,
      y: plot.midY,
      along: .middle,
      across: .start,
      angle: -.pi / 2
    )
  }
}
