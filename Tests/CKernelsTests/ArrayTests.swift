import CKernels
import Testing

/// Operations on several arrays, and copies.
@Suite struct ArrayTests {
  /// To the last bit the sums of the tree, which are written out here for each number of arrays.
  @Test(arguments: Level.all)
  func joining(level: Level) {
    typealias Tree = ([Float]) -> Float
    let trees: [Tree] = [
      { $0[0] }, { $0[0] + $0[1] }, { ($0[0] + $0[1]) + $0[2] },
      { ($0[0] + $0[1]) + ($0[2] + $0[3]) }, { (($0[0] + $0[1]) + ($0[2] + $0[3])) + $0[4] },
      { (($0[0] + $0[1]) + ($0[2] + $0[3])) + ($0[4] + $0[5]) },
      { (($0[0] + $0[1]) + ($0[2] + $0[3])) + (($0[4] + $0[5]) + $0[6]) },
      { (($0[0] + $0[1]) + ($0[2] + $0[3])) + (($0[4] + $0[5]) + ($0[6] + $0[7])) },
    ]
    var random = SplitMix(state: 31)
    for n in [0, 1, 255, 256, 700] {
      for (last, tree) in trees.enumerated() {
        let arrays = (0...last).map { _ in random.values(n, in: -1...1, as: Float.self) }
        var flat = arrays.flatMap { $0 }
        flat.withUnsafeMutableBufferPointer { flat in
          let starts = (0...last).map { array in flat.baseAddress.map { $0 + array * n } }
          level.table.join_f32?(last + 1, n, starts)
        }
        #expect(Array(flat.prefix(n)) == (0..<n).map { i in tree(arrays.map { $0[i] }) })
        #expect(Array(flat.dropFirst(n)) == arrays.dropFirst().flatMap { $0 })
      }
    }
  }

  private static func exact<T: KernelScalar>(_ op: UInt32, _ x: T, _ y: T) -> T {
    switch ck_binary(op) {
    case CK_ADD: x + y
    case CK_SUBTRACT: x - y
    case CK_MULTIPLY: x * y
    case CK_DIVIDE: x / y
    case CK_MAXIMUM: x.isNaN || y.isNaN ? .nan : x == y ? (x.sign == .plus ? x : y) : max(x, y)
    case CK_MINIMUM: x.isNaN || y.isNaN ? .nan : x == y ? (x.sign == .minus ? x : y) : min(x, y)
    case CK_GREATER: x > y ? 1 : 0
    case CK_GREATER_EQUAL: x >= y ? 1 : 0
    case CK_EQUAL: x == y ? 1 : 0
    default: .nan
    }
  }

  @Test(arguments: Level.all, 0..<UInt32(9))
  func binaryOverEveryBroadcast(level: Level, op: UInt32) throws {
    try binary(level, op, Float.self)
    try binary(level, op, Double.self)
  }

  private func binary<T: KernelScalar>(_ level: Level, _ op: UInt32, _: T.Type) throws {
    let binary = try #require(T.kernels(level.table).binary)
    let special: [T] = [0, -0.0, 1, .nan, .infinity, -.infinity, 2]
    for (rows, columns) in [
      (1, 1), (1, 700), (300, 1), (301, 2), (100, 3), (9, 64), (5, 65), (3, 257), (2, 600), (0, 2),
    ] {
      for xRow in [0, columns, 1] {
        for yRow in [0, columns, 1] {
          // A row stride of one belongs to one value a row, or to a column.
          for xColumn in [0, 1] where xRow != 1 || xColumn == 0 {
            for yColumn in [0, 1] where yRow != 1 || yColumn == 0 {
              let x = (0..<(rows + 1) * (columns + 1)).map { special[($0 * 5) % 7] }
              let y = (0..<(rows + 1) * (columns + 1)).map { special[($0 * $0 + 3) % 7] }
              var z = [T](repeating: 9, count: rows * columns)
              binary(ck_binary(op), rows, columns, x, xRow, xColumn, y, yRow, yColumn, &z)
              var wrong = 0
              for r in 0..<rows {
                for c in 0..<columns {
                  let expected = Self.exact(
                    op,
                    x[r * xRow + c * xColumn],
                    y[r * yRow + c * yColumn]
                  )
                  if !T.same(z[r * columns + c], expected) { wrong += 1 }
                }
              }
              #expect(
                wrong == 0,
                "\(rows) x \(columns), strides \(xRow), \(xColumn) and \(yRow), \(yColumn)"
              )
            }
          }
        }
      }
    }
  }

  @Test(arguments: Level.all)
  func binaryInPlace(level: Level) throws {
    let binary = try #require(level.table.binary_f32)
    for (rows, columns) in [(100, 2), (3, 300)] {
      let x = (0..<rows * columns).map { Float($0) }
      let y = (0..<rows).map { Float($0) }
      var z = x
      binary(CK_SUBTRACT, rows, columns, z, columns, 1, y, 1, 0, &z)
      #expect(z == x.indices.map { x[$0] - y[$0 / columns] })
      z = x
      binary(CK_SUBTRACT, rows, columns, y, 1, 0, z, columns, 1, &z)
      #expect(z == x.indices.map { y[$0 / columns] - x[$0] })
    }
  }

  @Test(arguments: Level.all)
  func affineAxpyLerpSelect(level: Level) throws {
    try updates(level, Float.self)
    try updates(level, Double.self)
  }

  /// A multiplication and an addition, rounded once or twice: one unit of the larger.
  private func updates<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let kernels = T.kernels(level.table)
    let affine = try #require(kernels.affine)
    let axpy = try #require(kernels.axpy)
    let lerp = try #require(kernels.lerp)
    let select = try #require(kernels.select)
    var random = SplitMix(state: 9)
    let x = random.values(1001, in: -3...3, as: T.self)
    let y = random.values(1001, in: -3...3, as: T.self)
    let mask = x.indices.map { T($0 % 3) }
    func close(_ value: T, _ exact: Wide) -> Bool {
      (Wide(value) - exact).magnitude <= 12 * Wide(T.ulpOfOne)
    }
    // Powers of two, so that the factors are the same in T.
    var z = y
    affine(1001, 0.75, -2.5, x, &z)
    #expect(x.indices.allSatisfy { close(z[$0], Wide(x[$0]) * 0.75 - 2.5) })
    z = y
    axpy(1001, 0.75, x, &z)
    #expect(x.indices.allSatisfy { close(z[$0], Wide(x[$0]) * 0.75 + Wide(y[$0])) })
    z = y
    lerp(1001, 0.25, x, &z)
    #expect(x.indices.allSatisfy { close(z[$0], (Wide(x[$0]) + 3 * Wide(y[$0])) / 4) })
    select(1001, mask, x, y, &z)
    #expect(z == x.indices.map { mask[$0] != 0 ? x[$0] : y[$0] })
  }

  /// A sum of terms has the bits of axpy term by term, in place or not, and the first element that is not
  /// finite is found on either side of the boundary between chunks.
  @Test(arguments: Level.all)
  func combining(level: Level) throws {
    let combine = try #require(level.table.combine)
    let axpy = try #require(level.table.axpy_f64)
    var random = SplitMix(state: 33)
    for n in [0, 1, 3, 255, 256, 257, 700] {
      let base = random.values(n, in: -3...3, as: Double.self)
      let flat = random.values(3 * n, in: -3...3, as: Double.self)
      let weights = [0.3, -1.7, 1]
      flat.withUnsafeBufferPointer { flat in
        guard let start = flat.baseAddress else { return }
        let terms = (0..<3).map { ck_term(x: start + $0 * n, weight: weights[$0]) }
        for used in 0...3 {
          var expected = base
          for term in terms.prefix(used) { axpy(n, term.weight, term.x, &expected) }
          var own = [Double](repeating: .nan, count: n)
          #expect(combine(n, base, used, terms, &own) == n)
          #expect(own == expected)
          own = base
          own.withUnsafeMutableBufferPointer { own in
            #expect(combine(n, own.baseAddress, used, terms, own.baseAddress) == n)
          }
          #expect(own == expected)
        }
        for (place, value) in [(0, Double.nan), (255, .infinity), (256, -.infinity), (n - 1, .nan)]
        where place >= 0 && place < n {
          var bad = base
          bad[place] = value
          var own = base
          #expect(combine(n, bad, 3, terms, &own) == place)
        }
      }
    }
  }

  /// y + w x in one rounding or two; a row of weight 0 keeps its bits beside NaN and infinity.
  @Test(arguments: Level.all)
  func addingRows(level: Level) throws {
    let addRows = try #require(level.table.add_rows)
    var random = SplitMix(state: 34)
    for (rows, columns) in [(0, 3), (3, 0), (1, 1), (5, 3), (4, 257)] {
      var weights = random.values(rows, in: -2...2, as: Double.self)
      var x = random.values(rows * columns, in: -3...3, as: Double.self)
      let y = random.values(rows * columns, in: -3...3, as: Double.self)
      let zero = rows / 2
      if rows > 1 {
        weights[zero] = 0
        for column in 0..<columns {
          x[zero * columns + column] = column % 2 == 0 ? .nan : .infinity
        }
      }
      var sum = y
      addRows(rows, columns, weights, x, &sum)
      for index in 0..<rows * columns {
        let (row, own) = (index / columns, sum[index])
        if rows > 1 && row == zero {
          #expect(own == y[index])
        } else {
          // A product of at most 6 and a sum of at most 9, each rounded.
          let exact = Wide(weights[row]) * Wide(x[index]) + Wide(y[index])
          #expect((Wide(own) - exact).magnitude <= 16 * Wide(Double.ulpOfOne))
        }
      }
    }
  }

  @Test(arguments: Level.all)
  func copiesThatChangeTheLayout(level: Level) throws {
    try layout(level, Float.self)
    try layout(level, Double.self)
  }

  private func layout<T: KernelScalar>(_ level: Level, _: T.Type) throws {
    let transpose = try #require(T.kernels(level.table).transpose)
    for (rows, columns) in [(1, 1), (5, 1), (1, 5), (100, 2), (33, 65), (64, 32), (0, 3), (3, 0)] {
      let x = (0..<rows * columns).map { T($0) }
      var y = [T](repeating: -1, count: rows * columns)
      transpose(rows, columns, x, &y)
      #expect((0..<rows * columns).allSatisfy { y[$0 % columns * rows + $0 / columns] == x[$0] })
    }
  }

  @Test(arguments: Level.all)
  func conversions(level: Level) throws {
    let toFloat = try #require(level.table.to_f32)
    let toDouble = try #require(level.table.to_f64)
    var random = SplitMix(state: 10)
    let x = (0..<1001).map { _ in Double.pattern(random.next()) } + [1e-46, 1e39, .nan, -0.0, 0.1]
    var y = [Float](repeating: 0, count: x.count)
    toFloat(x.count, x, &y)
    #expect(zip(x, y).allSatisfy { Float.same(Float($0), $1) })
    var z = [Double](repeating: 0, count: x.count)
    toDouble(y.count, y, &z)
    #expect(zip(y, z).allSatisfy { Double.same(Double($0), $1) })
  }
}
