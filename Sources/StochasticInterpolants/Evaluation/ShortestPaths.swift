internal import Tensors

/// The search for a shortest augmenting path of ``LinearAssignment``, in storage used again.
///
/// `order` holds the columns: first those whose shortest path is final and whose row was looked at,
/// then those at the least distance that wait for it, then the rest.
struct ShortestPaths {
  private var distances: [Double]
  private var previousRows: [Int]
  private var order: [Int]

  /// Storage for matrices of a size.
  init(size: Int) {
    distances = [Double](repeating: 0, count: size)
    previousRows = [Int](repeating: 0, count: size)
    order = [Int](repeating: 0, count: size)
  }

  /// Finds a shortest path from a free row to a free column and updates the column potentials.
  ///
  /// - Returns: the free column.
  mutating func run(
    _ costs: Tensor<Double>,
    from start: Int,
    _ rows: [Int],
    _ potentials: inout [Double]
  ) -> Int {
    let size = rows.count
    let first = costs.buffer.slice(start * size..<(start + 1) * size)
    Self.begin(first, start, potentials, &distances, &previousRows, &order)
    var (scanned, known) = (0, 0)
    var minimum = 0.0
    var final = 0
    while true {
      if scanned == known {
        final = scanned
        (minimum, known) = Self.collectNearest(distances, from: scanned, &order)
        for index in scanned..<known where rows[order[index]] < 0 {
          raise(&potentials, final, minimum)
          return order[index]
        }
      }
      let column = order[scanned]
      scanned += 1
      let row = rows[column]
      let found = Self.relax(
        costs.buffer.slice(row * size..<(row + 1) * size),
        row,
        column,
        minimum: minimum,
        known: &known,
        rows,
        potentials,
        &distances,
        &previousRows,
        &order
      )
      if found >= 0 {
        raise(&potentials, final, minimum)
        return found
      }
    }
  }

  /// Assigns every row of the path to the column after it.
  func augment(from start: Int, to end: Int, _ columns: inout [Int], _ rows: inout [Int]) {
    var column = end
    while true {
      let row = previousRows[column]
      rows[column] = row
      (columns[row], column) = (column, columns[row])
      if row == start { return }
    }
  }

  private func raise(_ potentials: inout [Double], _ final: Int, _ minimum: Double) {
    for index in 0..<final { potentials[order[index]] += distances[order[index]] - minimum }
  }

  private static func begin(
    _ costs: Buffer<Double>,
    _ row: Int,
    _ potentials: [Double],
    _ distances: inout [Double],
    _ previousRows: inout [Int],
    _ order: inout [Int]
  ) {
    let prices = potentials.span
    var distances = distances.mutableSpan
    var previousRows = previousRows.mutableSpan
    var order = order.mutableSpan
    costs.withSpan { c in
      for column in 0..<c.count {
        distances[column] = c[column] - prices[column]
        previousRows[column] = row
        order[column] = column
      }
    }
  }

  /// Moves the columns at the least distance to the front of `order`, from a position on.
  ///
  /// - Returns: that distance, and where the columns end.
  private static func collectNearest(
    _ distances: [Double],
    from position: Int,
    _ order: inout [Int]
  ) -> (Double, Int) {
    let distances = distances.span
    var order = order.mutableSpan
    var end = position + 1
    var minimum = distances[order[position]]
    for index in end..<order.count {
      let column = order[index]
      let distance = distances[column]
      if distance > minimum { continue }
      if distance < minimum {
        minimum = distance
        end = position
      }
      order[index] = order[end]
      order[end] = column
      end += 1
    }
    return (minimum, end)
  }

  /// Shortens the distances of the columns after `known` by paths through a row.
  ///
  /// - Returns: a free column at the least distance, or −1.
  private static func relax(
    _ costs: Buffer<Double>,
    _ row: Int,
    _ own: Int,
    minimum: Double,
    known: inout Int,
    _ rows: [Int],
    _ potentials: [Double],
    _ distances: inout [Double],
    _ previousRows: inout [Int],
    _ order: inout [Int]
  ) -> Int {
    let (prices, rows) = (potentials.span, rows.span)
    var distances = distances.mutableSpan
    var previousRows = previousRows.mutableSpan
    var order = order.mutableSpan
    var end = known
    let found = costs.withSpan { c in
      let offset = c[own] - prices[own] - minimum
      for index in known..<order.count {
        let column = order[index]
        let distance = c[column] - prices[column] - offset
        if distance >= distances[column] { continue }
        distances[column] = distance
        previousRows[column] = row
        if distance == minimum {
          if rows[column] < 0 { return column }
          order[index] = order[end]
          order[end] = column
          end += 1
        }
      }
      return -1
    }
    known = end
    return found
  }
}
