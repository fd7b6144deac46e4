/// Draws the layers of a panel inside its plot.
struct LayerPainter {
  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping
  let canvas: Canvas

  func paint(_ layer: Panel.Layer, _ colors: ResolvedColorScale?) {
    canvas.isolated {
      switch layer {
      case .scatter(let scatter):
        // A disc on the frame is drawn whole.
        ScatterPainter(plot: plot, x: x, y: y, canvas: canvas).paint(scatter, colors)
      case .text(let text):
        paint(text)
      default:
        canvas.clip(to: plot)
        paintClipped(layer, colors)
      }
    }
  }

  private func paintClipped(_ layer: Panel.Layer, _ colors: ResolvedColorScale?) {
    switch layer {
    case .scatter, .text:
      return
    case .heatMap(let map):
      guard let colors else { return }
      let image = HeatMapRaster(plot: plot, x: x, y: y, scale: canvas.pixelScale)
        .image(of: map, colors)
      canvas.draw(image, in: plot)
    case .curves(let curves): CurvesPainter(plot: plot, x: x, y: y).paint(curves, on: canvas)
    case .band(let band): paint(band)
    case .bars(let bars): BarsPainter(plot: plot, x: x, y: y, canvas: canvas).paint(bars)
    case .line(let line): paint(line)
    }
  }

  private func paint(_ band: Band) {
    var color = band.color
    color.opacity *= band.opacity
    canvas.setColor(color)
    var run: [(x: Double, lower: Double, upper: Double)] = []
    func close() {
      guard let first = run.first else { return }
      canvas.move(to: first.x, first.upper)
      for corner in run.dropFirst() { canvas.line(to: corner.x, corner.upper) }
      for corner in run.reversed() { canvas.line(to: corner.x, corner.lower) }
      canvas.closePath()
      canvas.fill()
      run = []
    }
    for index in band.x.indices {
      guard let pageX = x.position(of: band.x[index]),
        let lower = y.position(of: band.lower[index]), let upper = y.position(of: band.upper[index])
      else {
        close()
        continue
      }
      run.append((pageX, lower, upper))
    }
    close()
  }

  private func paint(_ line: ReferenceLine) {
    let mapping = line.orientation == .horizontal ? y : x
    guard let position = mapping.position(of: line.value) else { return }
    let width = canvas.snappedWidth(line.width)
    let place = canvas.crisp(position, width: width)
    canvas.setColor(line.color)
    canvas.setLine(width: width, dash: line.dash)
    switch line.orientation {
    case .horizontal:
      canvas.move(to: plot.x, place)
      canvas.line(to: plot.right, place)
    case .vertical:
      canvas.move(to: place, plot.y)
      canvas.line(to: place, plot.bottom)
    }
    canvas.stroke()
  }

  private func paint(_ text: TextLabel) {
    guard let pageX = x.position(of: text.x), let pageY = y.position(of: text.y),
      plot.contains(pageX, pageY)
    else { return }
    let anchor: TextAnchor =
      switch text.alignment {
      case .leading: .start
      case .center: .middle
      case .trailing: .end
      }
    canvas.setColor(text.color)
    canvas.write(text.text, .tickLabel, x: pageX, y: pageY, along: anchor, across: .middle)
  }
}
