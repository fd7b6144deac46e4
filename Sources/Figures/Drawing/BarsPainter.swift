/// Draws bars as one shape: between separate ones, seams of the background would shine through.
struct BarsPainter {
  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping
  let canvas: Canvas

  func paint(_ bars: Bars) {
    var run: [(x: Double, y: Double)] = []
    for index in bars.heights.indices {
      guard bars.heights[index].isFinite,
        let left = x.position(of: bars.edges[index]),
        let right = x.position(of: bars.edges[index + 1])
      else {
        paint(run, bars)
        run = []
        continue
      }
      let top = y.position(of: bars.heights[index]) ?? plot.bottom
      run += [(canvas.snapped(left), top), (canvas.snapped(right), top)]
    }
    paint(run, bars)
  }

  /// Fills the shape under the tops of neighbours and draws its outline.
  private func paint(_ tops: [(x: Double, y: Double)], _ bars: Bars) {
    guard let first = tops.first, let last = tops.last else { return }
    let foot = y.position(of: 0) ?? plot.bottom
    func trace() {
      canvas.move(to: first.x, foot)
      for corner in tops { canvas.line(to: corner.x, corner.y) }
      canvas.line(to: last.x, foot)
    }
    canvas.setColor(bars.color.withOpacity(bars.color.opacity * bars.opacity))
    trace()
    canvas.closePath()
    canvas.fill()
    canvas.setColor(bars.color)
    canvas.setLine(width: Style.axisWidth)
    trace()
    canvas.stroke()
  }
}
