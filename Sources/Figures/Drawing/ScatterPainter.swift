/// Draws the discs whose middle lies in the plot, each of them whole.
struct ScatterPainter {
  /// Above, discs in a vector file become a picture.
  private static let mostShapes = 2_000

  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping
  let canvas: Canvas

  func paint(_ scatter: Scatter, _ colors: ResolvedColorScale?) {
    if canvas.isVector, scatter.points.count <= Self.mostShapes {
      forEachDisc(scatter, colors) { x, y, color in
        canvas.setColor(color)
        canvas.addDisc(x: x, y: y, radius: scatter.radius)
        canvas.fill()
      }
    } else {
      let area = canvas.snapped(plot.grown(by: min(scatter.radius, plot.width) + 1))
      var raster = DiscRaster(area: area, scale: canvas.pixelScale)
      forEachDisc(scatter, colors) { x, y, color in
        raster.add(x: x, y: y, radius: scatter.radius, color: color)
      }
      canvas.draw(raster.image, in: area)
    }
  }

  private func forEachDisc(
    _ scatter: Scatter,
    _ colors: ResolvedColorScale?,
    _ body: (Double, Double, Color) -> Void
  ) {
    for index in 0..<scatter.points.count {
      guard let pageX = x.position(of: scatter.points.x[index]),
        let pageY = y.position(of: scatter.points.y[index]), plot.contains(pageX, pageY)
      else { continue }
      var color = scatter.color
      if let colors, let coloring = scatter.coloring {
        color = colors.color(of: coloring.values[index])
      }
      color.opacity *= scatter.opacity
      body(pageX, pageY, color)
    }
  }
}
