/// A grid of values as coloured cells.
///
/// Row 0 lies at the bottom: y grows upward as on every axis. Cells that are not finite take
/// ``ColorMap/missing``.
public struct HeatMap: Hashable, Sendable {
  /// The values, row by row from the bottom, each row from left to right.
  public let values: [Double]

  /// The cells of a row.
  public let columns: Int

  /// The outer edges of the first and the last column.
  public let x: ClosedRange<Double>

  /// The outer edges of the first (bottom) and the last (top) row.
  public let y: ClosedRange<Double>

  /// How values become colours.
  public var colors: ColorScale

  /// The number of rows.
  public var rows: Int { values.count / columns }

  /// Makes a heat map of row-major values, row 0 at the bottom.
  ///
  /// - Precondition: `values` fills whole rows of `columns` cells; both extents are finite and
  ///   longer than zero.
  public init(
    _ values: [Double],
    columns: Int,
    x: ClosedRange<Double>,
    y: ClosedRange<Double>,
    colors: ColorScale = ColorScale(.lagoon)
  ) {
    require(
      columns > 0 && !values.isEmpty && values.count.isMultiple(of: columns),
      "HeatMap: \(values.count) values do not fill rows of \(columns) columns"
    )
    for extent in [x, y] {
      let length = extent.upperBound - extent.lowerBound
      require(length > 0 && length.isFinite, "HeatMap: extent \(extent) has no finite length")
    }
    self.values = values
    self.columns = columns
    self.x = x
    self.y = y
    self.colors = colors
  }

  /// Makes a heat map of a histogram's densities; colours without a range of their own begin at 0, unless they are
  /// logarithmic.
  public init(_ histogram: Histogram2D, colors: ColorScale = ColorScale(.ink)) {
    let densities = histogram.densities
    var colors = colors
    if colors.range == nil, colors.scale != .logarithmic {
      // Where no point lies there is no largest density, and every cell has the first colour.
      let largest = densities.lazy.filter { $0 <= Scale.largest }.max() ?? 0
      colors.range = 0...(largest > 0 ? largest : 1)
    }
    self.init(
      densities,
      columns: histogram.columns,
      x: histogram.x,
      y: histogram.y,
      colors: colors
    )
  }

  /// Makes a heat map of an image, in its own greys and with one unit a pixel unless told else.
  public init(
    _ image: GrayscaleImage,
    x: ClosedRange<Double>? = nil,
    y: ClosedRange<Double>? = nil,
    colors: ColorScale = ColorScale(.gray, range: 0...1)
  ) {
    self.init(
      image.valuesFromBottom,
      columns: image.width,
      x: x ?? 0...Double(image.width),
      y: y ?? 0...Double(image.height),
      colors: colors
    )
  }
}
