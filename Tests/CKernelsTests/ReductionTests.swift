import CKernels
import Testing

@Suite struct ReductionTests {
  private static let lengths = [0, 1, 2, 15, 16, 17, 31, 100, 1000, 4097]

  @Test(arguments: Level.all)
  func sums(level: Level) throws {
    try sums(level, Float.self)
    try sums(level, Double.self)
  }

  /// No term meets more than n/16 + 5 additions, by the lanes and their tree, and one product.
  ///
  /// The reference adds in Wide.
  private func sums<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let kernels = T.kernels(level.table)
    let sum = try #require(kernels.sum)
    let squares = try #require(kernels.sumOfSquares)
    let dot = try #require(kernels.dot)
    var random = SplitMix(state: 6)
    for n in Self.lengths {
      let x = random.values(n, in: -1e3...1e3, as: T.self)
      let y = random.values(n, in: -1e3...1e3, as: T.self)
      let bound = (Double(n) / 16 + 6) * Double.ulpOfOne / 2
      for (value, terms) in [
        (sum(n, x), x.map { Wide($0) }),
        (squares(n, x), x.map { Wide($0) * Wide($0) }),
        (dot(n, x, y), zip(x, y).map { Wide($0) * Wide($1) }),
      ] {
        let exact = terms.reduce(0, +)
        let size = terms.reduce(0) { $0 + $1.magnitude }
        #expect(Double((Wide(value) - exact).magnitude) <= bound * Double(size))
      }
    }
    for place in [0, 20, 36] {
      var x = [T](repeating: 1, count: 37)
      x[place] = .nan
      #expect(sum(37, x).isNaN && squares(37, x).isNaN && dot(37, x, x).isNaN)
    }
  }

  @Test(arguments: Level.all)
  func overRowsAndColumns(level: Level) throws {
    try overRowsAndColumns(level, Float.self)
    try overRowsAndColumns(level, Double.self)
  }

  /// Sums run in double and are rounded to T once: half a unit of T, and rows (or columns) units of
  /// double on the sum of the magnitudes.
  private func overRowsAndColumns<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let kernels = T.kernels(level.table)
    let sumRows = try #require(kernels.sumRows)
    let sumColumns = try #require(kernels.sumColumns)
    let maxRows = try #require(kernels.maxRows)
    let maxColumns = try #require(kernels.maxColumns)
    var random = SplitMix(state: 7)
    for (rows, columns) in [
      (1, 1), (7, 1), (1000, 2), (33, 3), (9, 4), (5, 5), (17, 15), (20, 16), (8, 32), (19, 33),
      (3, 300), (100, 513), (0, 3), (3, 0), (37, 64), (41, 100),
    ] {
      let x = random.values(rows * columns, in: -5...5, as: T.self)
      func close(_ value: T, _ terms: [T]) -> Bool {
        let exact = terms.reduce(Wide(0)) { $0 + Wide($1) }
        let size = terms.reduce(0) { $0 + Double($1.magnitude) }
        let bound =
          Double(exact.magnitude) * Double(T.ulpOfOne) / 2
          + Double(terms.count) * Double.ulpOfOne / 2 * size
        return Double((Wide(value) - exact).magnitude) <= bound
      }
      let columnTerms = (0..<columns).map { c in (0..<rows).map { x[$0 * columns + c] } }
      let rowTerms = (0..<rows).map { r in Array(x[r * columns..<(r + 1) * columns]) }

      var y = [T](repeating: 9, count: columns)
      sumRows(rows, columns, x, &y)
      #expect(zip(y, columnTerms).allSatisfy(close), "\(rows) x \(columns)")
      maxRows(rows, columns, x, &y)
      #expect(y == columnTerms.map { $0.max() ?? -.infinity }, "\(rows) x \(columns)")

      var z = [T](repeating: 9, count: rows)
      sumColumns(rows, columns, x, &z)
      #expect(zip(z, rowTerms).allSatisfy(close), "\(rows) x \(columns)")
      maxColumns(rows, columns, x, &z)
      #expect(z == rowTerms.map { $0.max() ?? -.infinity }, "\(rows) x \(columns)")
    }
  }

  @Test(arguments: Level.all)
  func nanReachesItsRowAndItsColumnOnly(level: Level) throws {
    let kernels = Float.kernels(level.table)
    let reductions = [kernels.sumRows, kernels.maxRows, kernels.sumColumns, kernels.maxColumns]
    for (rows, columns) in [(20, 2), (20, 5), (20, 40), (3, 300)] {
      for (place, reduction) in reductions.enumerated() {
        let reduce = try #require(reduction)
        var x = [Float](repeating: 1, count: rows * columns)
        x[columns + 1] = .nan
        var y = [Float](repeating: 1, count: place < 2 ? columns : rows)
        reduce(rows, columns, x, &y)
        #expect(y.indices.allSatisfy { y[$0].isNaN == ($0 == 1) })
      }
    }
  }

  @Test(arguments: Level.all)
  func aRowSumDoesNotDependOnTheOtherRows(level: Level) throws {
    let sumColumns = try #require(level.table.sum_columns_f32)
    var random = SplitMix(state: 8)
    for columns in [2, 3, 7, 19, 100] {
      let x = random.values(23 * columns, in: -5...5, as: Float.self)
      var all = [Float](repeating: 0, count: 23)
      sumColumns(23, columns, x, &all)
      for r in 0..<23 {
        var one: Float = 0
        sumColumns(1, columns, Array(x[r * columns..<(r + 1) * columns]), &one)
        #expect(one == all[r])
      }
    }
  }

  @Test(arguments: Level.all)
  func firstNonFinite(level: Level) throws {
    let find = try #require(level.table.first_non_finite_f32)
    let findDouble = try #require(level.table.first_non_finite_f64)
    for n in [0, 1, 255, 256, 257, 1000] {
      let x = [Float](repeating: .greatestFiniteMagnitude, count: n)
      #expect(find(n, x) == n)
      for place in [0, n / 2, n - 1] where n > 0 {
        for value in [Float.nan, .infinity, -.infinity] {
          var x = x
          x[place] = value
          x[n - 1] = value
          #expect(find(n, x) == place)
          #expect(findDouble(n, x.map { Double($0) }) == place)
        }
      }
    }
  }
}
