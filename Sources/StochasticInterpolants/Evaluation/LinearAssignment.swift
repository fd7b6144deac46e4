internal import Tensors

/// The assignment of rows to columns of a square matrix with the least sum of costs.
///
/// minimise Σᵢ c(i, σ(i)) over permutations σ. Beside σ it finds potentials u, v with
/// u(i) + v(j) ≤ c(i, j) and equality at j = σ(i), which prove σ optimal (both up to rounding).
///
/// Column reduction, reduction transfer and two rounds of augmenting row reduction assign most rows;
/// each of the rest takes one shortest augmenting path by Dijkstra's method on reduced costs
/// (Jonker, Volgenant 1987). At worst n³ operations. Large problems start from the potentials of the
/// problem of every other row and column instead of column reduction.
struct LinearAssignment {
  private static let leastHalved = 256

  /// σ.
  private(set) var columnOfRow: [Int]
  /// v.
  private(set) var columnPotentials: [Double]
  /// u(i) = c(i, σ(i)) − v(σ(i)).
  private(set) var rowPotentials: [Double]

  /// Solves for finite costs, `[size, size]`.
  init(_ costs: Tensor<Double>) {
    let size = costs.shape[0]
    var columns = [Int](repeating: -1, count: size)
    var rows = columns
    var potentials = [Double](repeating: 0, count: size)
    if size < Self.leastHalved {
      let isSole = Self.reduceColumns(costs, &columns, &rows, &potentials)
      Self.transferReductions(costs, columns, isSole, &potentials)
    } else {
      potentials = Self.potentialsOfHalf(costs)
    }
    var free = (0..<size).filter { columns[$0] < 0 }
    for _ in 0..<2 { free = Self.reduceRows(costs, free, &columns, &rows, &potentials) }
    var search = ShortestPaths(size: size)
    for row in free {
      let end = search.run(costs, from: row, rows, &potentials)
      search.augment(from: row, to: end, &columns, &rows)
    }
    columnOfRow = columns
    columnPotentials = potentials
    rowPotentials = costs.withSpan { c in
      (0..<size).map { c[$0 * size + columns[$0]] - potentials[columns[$0]] }
    }
  }

  /// minᵢ (c(i, j) − u(i)) with the potentials u of the problem of every other row and column.
  ///
  /// Any column potentials are a valid start; these are near the optimal ones where costs are
  /// distances of points in no particular order.
  private static func potentialsOfHalf(_ costs: Tensor<Double>) -> [Double] {
    let size = costs.shape[0]
    let half = (size + 1) / 2
    let part = Tensor<Double>(uninitialized: [half, half])
    costs.withSpan { c in
      part.buffer.withMutableSpan { part in
        for row in 0..<half {
          for column in 0..<half { part[row * half + column] = c[2 * row * size + 2 * column] }
        }
      }
    }
    let solution = LinearAssignment(part)
    var potentials = [Double](repeating: .infinity, count: size)
    var target = potentials.mutableSpan
    costs.withSpan { c in
      for row in 0..<half {
        let own = solution.rowPotentials[row]
        for column in 0..<size {
          target[column] = min(target[column], c[2 * row * size + column] - own)
        }
      }
    }
    return potentials
  }

  /// v(j) = minᵢ c(i, j); a column takes its row if that is free.
  ///
  /// - Returns: of each row whether it is least in one column only.
  private static func reduceColumns(
    _ costs: Tensor<Double>,
    _ columns: inout [Int],
    _ rows: inout [Int],
    _ potentials: inout [Double]
  ) -> [Bool] {
    let size = columns.count
    var least = [Int](repeating: 0, count: size)
    costs.withSpan { c in
      for column in 0..<size { potentials[column] = c[column] }
      for row in 1..<max(1, size) {
        for column in 0..<size where c[row * size + column] < potentials[column] {
          potentials[column] = c[row * size + column]
          least[column] = row
        }
      }
    }
    var isSole = [Bool](repeating: true, count: size)
    for column in (0..<size).reversed() {
      let row = least[column]
      if columns[row] < 0 {
        columns[row] = column
        rows[column] = row
      } else {
        isSole[row] = false
      }
    }
    return isSole
  }

  /// Lowers the price of an assigned column until a second one is as good for its row.
  private static func transferReductions(
    _ costs: Tensor<Double>,
    _ columns: [Int],
    _ isSole: [Bool],
    _ potentials: inout [Double]
  ) {
    let size = columns.count
    if size < 2 { return }
    costs.withSpan { c in
      for row in 0..<size where columns[row] >= 0 && isSole[row] {
        let own = columns[row]
        var least = Double.infinity
        for column in 0..<size where column != own {
          least = min(least, c[row * size + column] - potentials[column])
        }
        potentials[own] = c[row * size + own] - least
      }
    }
  }

  /// Gives each free row its best column at a price that makes the second best as good; who is
  /// displaced is free again.
  ///
  /// Two rows can bid for two columns in steps as small as rounding allows. After ten rounds for
  /// each row the displaced ones wait for the exact search.
  ///
  /// - Returns: the rows still free.
  private static func reduceRows(
    _ costs: Tensor<Double>,
    _ free: [Int],
    _ columns: inout [Int],
    _ rows: inout [Int],
    _ potentials: inout [Double]
  ) -> [Int] {
    let size = columns.count
    var queue = free
    var left: [Int] = []
    var position = 0
    var displacements = 0
    while position < queue.count {
      let row = queue[position]
      position += 1
      let best = twoBest(costs, row, potentials)
      let price = potentials[best.column] - (best.secondCost - best.cost)
      let isLower = price < potentials[best.column]
      var column = best.column
      if isLower {
        potentials[column] = price
      } else if rows[column] >= 0 {
        column = best.secondColumn
      }
      let displaced = rows[column]
      columns[row] = column
      rows[column] = row
      if displaced < 0 { continue }
      columns[displaced] = -1
      if isLower && displacements < 10 * size {
        position -= 1
        queue[position] = displaced
        displacements += 1
      } else {
        left.append(displaced)
      }
    }
    return left
  }

  private struct TwoBest {
    var column = 0
    var cost = Double.infinity
    var secondColumn = 0
    var secondCost = Double.infinity
  }

  /// The least and the second least c(i, j) − v(j) of a row.
  private static func twoBest(
    _ costs: Tensor<Double>,
    _ row: Int,
    _ potentials: [Double]
  ) -> TwoBest {
    let size = potentials.count
    let prices = potentials.span
    return costs.buffer.slice(row * size..<(row + 1) * size).withSpan { c in
      var best = TwoBest()
      for column in 0..<size {
        let cost = c[column] - prices[column]
        if cost >= best.secondCost { continue }
        if cost >= best.cost {
          best.secondCost = cost
          best.secondColumn = column
        } else {
          best.secondCost = best.cost
          best.secondColumn = best.column
          best.cost = cost
          best.column = column
        }
      }
      return best
    }
  }
}
