/// Counts of points in the cells of a grid.
///
/// A cell contains its left and lower edges; the last column and the top row contain their right
/// and upper edges too.
public struct Histogram2D: Hashable, Sendable {
  /// How many points fell in each cell, row by row from the bottom.
  public let counts: [Int]

  /// How many points fell in no cell, those with coordinates that are not finite among them.
  public let outside: Int

  private let xBins: Bins
  private let yBins: Bins

  /// The cells of a row.
  public var columns: Int { xBins.count }

  /// The number of rows.
  public var rows: Int { yBins.count }

  /// The outer edges of the first and the last column.
  public var x: ClosedRange<Double> { xBins.range }

  /// The outer edges of the bottom and the top row.
  public var y: ClosedRange<Double> { yBins.range }

  /// How many points there were, inside the cells and outside.
  public var total: Int { counts.reduce(outside, +) }

  /// The share of all points in each cell divided by its area; sums to the share inside.
  ///
  /// All zero when there were no points.
  public var densities: [Double] {
    let scale = 1 / (Double(max(total, 1)) * xBins.width * yBins.width)
    return counts.map { Double($0) * scale }
  }

  /// Counts points.
  ///
  /// - Parameters:
  ///   - points: the points.
  ///   - x: the outer edges of the first and the last column.
  ///   - y: the outer edges of the bottom and the top row.
  ///   - columns: the cells of a row.
  ///   - rows: the number of rows; `nil` for as many as columns.
  /// - Precondition: `x` and `y` have a finite length above zero, `columns` and `rows` are
  ///   positive.
  public init(
    _ points: Points,
    x: ClosedRange<Double>,
    y: ClosedRange<Double>,
    columns: Int = 100,
    rows: Int? = nil
  ) {
    let xBins = Bins(x, count: columns, of: "Histogram2D")
    let yBins = Bins(y, count: rows ?? columns, of: "Histogram2D")
    var counts = [Int](repeating: 0, count: xBins.count * yBins.count)
    var outside = 0
    for index in 0..<points.count {
      if let column = xBins.index(of: points.x[index]), let row = yBins.index(of: points.y[index]) {
        counts[row * xBins.count + column] += 1
      } else {
        outside += 1
      }
    }
    self.xBins = xBins
    self.yBins = yBins
    self.counts = counts
    self.outside = outside
  }
}
