internal import Tensors

/// A function of the distance of two points, for sums over all pairs.
protocol PairKernel: Sendable {
  /// k(x, x).
  var atZero: Double { get }

  /// k of squared distances.
  ///
  /// - Parameters:
  ///   - squaredDistances: |x − y|².
  ///   - values: receives as many values.
  ///   - scratch: as many numbers, overwritten.
  func evaluate(
    _ squaredDistances: Buffer<Double>,
    into values: Buffer<Double>,
    scratch: Buffer<Double>
  )
}

/// Sums of a kernel over the pairs of points of two sets, or of one without the pairs of a point
/// with itself.
///
/// Every row's sum is taken by one task in a fixed order, so that it does not depend on the number of
/// workers, and the pairs are never held at once: memory is of the order of the number of points.
struct PairSums {
  private static let rowsPerTask = 32
  private static let columnsAtOnce = 1_024

  /// Σⱼ k(xᵢ, yⱼ) of each i.
  let rows: [Double]
  /// Σᵢⱼ k(xᵢ, yⱼ)².
  let squares: Double

  /// The sums over the pairs of two sets.
  init(
    _ points: Tensor<Double>,
    _ others: ColumnPoints,
    _ kernel: some PairKernel,
    _ workers: Workers
  ) {
    self.init(points, others, lessDiagonal: 0, kernel, workers)
  }

  /// The sums over the pairs of different points of one set.
  init(within points: Tensor<Double>, _ kernel: some PairKernel, _ workers: Workers) {
    self.init(points, ColumnPoints(points), lessDiagonal: kernel.atZero, kernel, workers)
  }

  private init(
    _ points: Tensor<Double>,
    _ others: ColumnPoints,
    lessDiagonal diagonal: Double,
    _ kernel: some PairKernel,
    _ workers: Workers
  ) {
    let count = points.shape[0]
    let sums = Tensor<Double>(zeros: [count])
    let squares = Tensor<Double>(zeros: [count])
    workers.forEach((count + Self.rowsPerTask - 1) / Self.rowsPerTask) { task, _ in
      let start = task * Self.rowsPerTask
      let rows = start..<min(count, start + Self.rowsPerTask)
      let (sums, squares) = (sums.buffer.slice(rows), squares.buffer.slice(rows))
      Self.addRows(rows, points, others, kernel, sums, squares)
    }
    self.rows = sums.elements.map { $0 - diagonal }
    self.squares = squares.elements.reduce(0) { $0 + ($1 - diagonal * diagonal) }
  }

  private static func addRows(
    _ rows: Range<Int>,
    _ points: Tensor<Double>,
    _ others: ColumnPoints,
    _ kernel: some PairKernel,
    _ sums: Buffer<Double>,
    _ squares: Buffer<Double>
  ) {
    let most = min(columnsAtOnce, others.count)
    let distances = Buffer<Double>(zeros: most)
    let values = Buffer<Double>(zeros: most)
    let scratch = Buffer<Double>(zeros: most)
    for start in stride(from: 0, to: others.count, by: most) {
      let range = start..<min(others.count, start + most)
      let distances = distances.slice(0..<range.count)
      let values = values.slice(0..<range.count)
      let scratch = scratch.slice(0..<range.count)
      for row in rows {
        others.squaredDistances(fromRow: row, of: points, to: range, into: distances)
        kernel.evaluate(distances, into: values, scratch: scratch)
        let (sum, square) = (Kernels.sum(values), Kernels.sumOfSquares(values))
        sums.withMutableSpan { $0[row - rows.lowerBound] += sum }
        squares.withMutableSpan { $0[row - rows.lowerBound] += square }
      }
    }
  }
}
