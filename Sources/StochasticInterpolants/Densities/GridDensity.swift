internal import RealModule
public import Tensors

/// A density in the plane that is constant on each cell of a rectangular grid: a picture as a law.
///
/// On the cell of row i and column j, [x₀ + jΔx, x₀ + (j + 1)Δx) × [y₀ + iΔy, y₀ + (i + 1)Δy), with
/// weight wᵢⱼ ≥ 0 and pᵢⱼ = wᵢⱼ / Σ w, ρ = pᵢⱼ / (Δx Δy); outside the rectangle ρ = 0. Row 0 is at
/// the bottom: y grows with the row. Support: the cells of positive weight. Entropy:
/// −Σ pᵢⱼ ln pᵢⱼ + ln(Δx Δy).
public struct GridDensity: ExplicitDensity, SupportedDensity, MomentedDensity {
  /// wᵢⱼ, `[rows, columns]`, row 0 at the bottom.
  public let values: Tensor<Double>
  /// The extent of the columns.
  public let xRange: ClosedRange<Double>
  /// The extent of the rows.
  public let yRange: ClosedRange<Double>

  /// The sums of wᵢⱼ / max w up to and including each cell, row by row.
  private let cumulative: Tensor<Double>
  private let largest: Double

  /// The density of a grid of weights.
  ///
  /// - Parameters:
  ///   - values: wᵢⱼ, `[rows, columns]`, not negative and not all zero; row 0 is at the bottom.
  ///   - xRange: the extent of the columns, of positive length.
  ///   - yRange: the extent of the rows, of positive length.
  /// - Throws: at the first weight that is negative or not finite, or where all are zero.
  public init(
    values: Tensor<Double>,
    xRange: ClosedRange<Double>,
    yRange: ClosedRange<Double>
  ) throws(GridDensityError) {
    for (name, range) in [("x", xRange), ("y", yRange)] {
      require(
        Self.isUsable(range),
        "the \(name)-range of a grid must have a positive finite length, "
          + "got \(range)"
      )
    }
    guard values.rank == 2, values.count > 0 else { throw .notAMatrix(shape: values.shape) }
    let columns = values.shape[1]
    let weights = values.elements
    for (position, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
      let (row, column) = (position / columns, position % columns)
      if weight < 0 { throw .negative(row: row, column: column, weight: weight) }
      throw .notFinite(row: row, column: column)
    }
    let largest = weights.reduce(0, max)
    guard largest > 0 else { throw .allZero(rows: values.shape[0], columns: columns) }
    var sums = weights
    var sum = 0.0
    for position in sums.indices {
      sum += weights[position] / largest
      sums[position] = sum
    }
    self.values = values
    self.xRange = xRange
    self.yRange = yRange
    self.cumulative = Tensor(sums)
    self.largest = largest
  }

  private static func isUsable(_ range: ClosedRange<Double>) -> Bool {
    let length = range.upperBound - range.lowerBound
    return length > 0 && length.isFinite
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  private var rows: Int { values.shape[0] }
  private var columns: Int { values.shape[1] }
  private var total: Double { cumulative[cumulative.count - 1] }
  private var cellWidth: Double { (xRange.upperBound - xRange.lowerBound) / Double(columns) }
  private var cellHeight: Double { (yRange.upperBound - yRange.lowerBound) / Double(rows) }

  /// Draws a cell by the inverse of the cumulative weights and a point uniformly in it; part 0 of
  /// the block, three uniform numbers.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let result = Tensor<Double>(uninitialized: [block.count, 2])
    let (total, columns) = (total, columns)
    block.uniform(columns: 3).withSpan { u in
      cumulative.withSpan { sums in
        result.buffer.withMutableSpan { points in
          for row in 0..<points.count / 2 {
            let cell = Self.firstPosition(in: sums, above: u[3 * row] * total)
            points[2 * row] = Self.place(
              u[3 * row + 1],
              in: cell % columns,
              of: columns,
              xRange
            )
            points[2 * row + 1] = Self.place(
              u[3 * row + 2],
              in: cell / columns,
              of: rows,
              yRange
            )
          }
        }
      }
    }
    return result
  }

  /// The first sum above a level, by bisection; never a cell of weight zero.
  private static func firstPosition(in sums: Span<Double>, above level: Double) -> Int {
    var (lower, upper) = (0, sums.count - 1)
    while lower < upper {
      let middle = (lower + upper) / 2
      if sums[middle] > level { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }

  /// A place within a cell: where rounding would move it into the next one, the cell's middle.
  private static func place(
    _ fraction: Double,
    in cell: Int,
    of count: Int,
    _ range: ClosedRange<Double>
  ) -> Double {
    let width = (range.upperBound - range.lowerBound) / Double(count)
    let place = range.lowerBound + (Double(cell) + fraction) * width
    if index(of: place, count: count, range) == cell { return place }
    return range.lowerBound + (Double(cell) + 0.5) * width
  }

  /// The cell of a coordinate, or nil outside the range and for NaN.
  private static func index(
    of place: Double,
    count: Int,
    _ range: ClosedRange<Double>
  ) -> Int? {
    let length = range.upperBound - range.lowerBound
    let position = (place - range.lowerBound) / length * Double(count)
    guard position >= 0, position < Double(count) else { return nil }
    return Int(position)
  }

  /// wᵢⱼ / max w of the cell a point lies in, 0 outside.
  private func weight(_ x: Double, _ y: Double) -> Double {
    guard let column = Self.index(of: x, count: columns, xRange),
      let row = Self.index(of: y, count: rows, yRange)
    else { return 0 }
    return values[row, column] / largest
  }

  /// Whether each point lies in a cell of positive weight; NaN does not.
  public func contains(_ points: Tensor<Double>) -> [Bool] {
    checkPoints(points)
    return Rows.test(points) { weight($0, $1) > 0 }
  }

  /// ln pᵢⱼ − ln(Δx Δy), −∞ outside the support.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let offset = -Double.log(total) - Double.log(cellWidth) - Double.log(cellHeight)
    return Rows.map(points) { Double.log(weight($0, $1)) + offset }
  }

  /// −Σ pᵢⱼ ln pᵢⱼ + ln(Δx Δy).
  public var entropy: Double? {
    var sum = 0.0
    for value in values.elements {
      let share = value / largest / total
      // p ln p is 0 at 0, where a positive weight's share may underflow too.
      if share > 0 { sum -= share * Double.log(share) }
    }
    return sum + Double.log(cellWidth) + Double.log(cellHeight)
  }

  /// E of a function of the cell's middle.
  private func expectation(_ value: (_ x: Double, _ y: Double) -> Double) -> Double {
    var sum = 0.0
    values.withSpan { weights in
      for row in 0..<rows {
        let y = yRange.lowerBound + (Double(row) + 0.5) * cellHeight
        for column in 0..<columns {
          let x = xRange.lowerBound + (Double(column) + 0.5) * cellWidth
          sum += weights[row * columns + column] / largest * value(x, y)
        }
      }
    }
    return sum / total
  }

  /// Σ pᵢⱼ cᵢⱼ with cᵢⱼ the middle of a cell.
  public var mean: Tensor<Double> {
    Tensor([expectation { x, _ in x }, expectation { _, y in y }])
  }

  /// Σ pᵢⱼ (cᵢⱼ − mean)(cᵢⱼ − mean)ᵀ + diag(Δx², Δy²)/12.
  public var covariance: Tensor<Double> {
    let centre = mean
    let (x0, y0) = (centre[0], centre[1])
    let xx = expectation { x, _ in (x - x0) * (x - x0) } + cellWidth * cellWidth / 12
    let xy = expectation { x, y in (x - x0) * (y - y0) }
    let yy = expectation { _, y in (y - y0) * (y - y0) } + cellHeight * cellHeight / 12
    return Tensor([xx, xy, xy, yy], shape: [2, 2])
  }
}

extension GridDensity: Equatable {
  /// Equal weights and ranges.
  public static func == (first: GridDensity, second: GridDensity) -> Bool {
    first.values == second.values && first.xRange == second.xRange
      && first.yRange == second.yRange
  }
}

extension GridDensity: Codable {
  private enum CodingKeys: String, CodingKey { case values, xRange, yRange }

  /// Reads weights and ranges; throws where they make no density.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let values = try container.decode(Tensor<Double>.self, forKey: .values)
    let xRange = try container.decode(ClosedRange<Double>.self, forKey: .xRange)
    let yRange = try container.decode(ClosedRange<Double>.self, forKey: .yRange)
    guard Self.isUsable(xRange), Self.isUsable(yRange) else {
      throw DecodingError.dataCorruptedError(
        forKey: .xRange,
        in: container,
        debugDescription: "the ranges \(xRange) and \(yRange) of a grid must have positive lengths"
      )
    }
    try self.init(values: values, xRange: xRange, yRange: yRange)
  }

  /// Writes weights and ranges.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(values, forKey: .values)
    try container.encode(xRange, forKey: .xRange)
    try container.encode(yRange, forKey: .yRange)
  }
}
