/// Turns a grid of values into the pixels of a plot, on any scale of the axes.
struct HeatMapRaster {
  let plot: Rect
  let x: AxisMapping
  let y: AxisMapping
  /// Pixels a point.
  let scale: Double

  /// A picture that covers the plot; transparent where there is no cell.
  func image(of map: HeatMap, _ colors: ResolvedColorScale) -> PixelImage {
    var image = PixelImage(
      width: Int((plot.width * scale).rounded()),
      height: Int((plot.height * scale).rounded())
    )
    let columns = cells(
      Bins(map.x, count: map.columns, of: "HeatMap").edges,
      x,
      from: plot.x,
      length: plot.width,
      pixels: image.width
    )
    let rows = cells(
      Bins(map.y, count: map.rows, of: "HeatMap").edges,
      y,
      from: plot.y,
      length: plot.height,
      pixels: image.height
    )
    for (line, row) in rows.enumerated() {
      guard let row else { continue }
      for (pixel, column) in columns.enumerated() {
        guard let column else { continue }
        image.pixels[line * image.width + pixel] =
          colors.pixel(of: map.values[row * map.columns + column])
      }
    }
    return image
  }

  /// For each pixel the cell its middle lies in.
  private func cells(
    _ edges: [Double],
    _ mapping: AxisMapping,
    from start: Double,
    length: Double,
    pixels: Int
  ) -> [Int?] {
    // An edge without a place lies before the beginning of a logarithmic axis.
    let direction = mapping.end < mapping.start ? -1.0 : 1.0
    let positions = edges.map { mapping.position(of: $0).map { $0 * direction } ?? -.infinity }
    return (0..<pixels).map { pixel in
      let place = (start + (Double(pixel) + 0.5) / Double(pixels) * length) * direction
      var (low, high) = (0, positions.count - 1)
      guard positions[low] <= place, place < positions[high] else { return nil }
      while high - low > 1 {
        let middle = (low + high) / 2
        if positions[middle] <= place { low = middle } else { high = middle }
      }
      return low
    }
  }
}
