import CKernels
import Testing

/// Products of packed matrices against sums in Wide, at every level.
@Suite struct ProductTests {
  /// rows, columns, inner: tails of strips and panels, chains longer than one cut, groups of rows.
  private static let sizes = [
    (1, 1, 1), (6, 16, 1), (7, 17, 3), (8, 33, 5), (9, 2, 257), (13, 48, 300), (2, 40, 0),
    (125, 3, 8), (14, 15, 31), (259, 18, 2), (520, 5, 3), (0, 4, 2), (4, 0, 2), (100, 1, 300),
    (85, 2, 70), (70, 4, 130), (30, 80, 270),
  ]

  @Test(arguments: Level.all)
  func products(level: Level) {
    products(level, Float.self)
    products(level, Double.self)
  }

  /// A chain of n multiply-adds, cut every 256, and one addition of the bias or of C: fewer than
  /// n + 3 roundings of Σ|terms| (a level without fused multiply-adds has 2n).
  private func products<T: ProductScalar>(_ level: Level, _: T.Type) {
    var random = SplitMix(state: 21)
    for (rows, columns, inner) in Self.sizes {
      let a = random.values(rows * inner, in: -1...1, as: T.self)
      let b = random.values(inner * columns, in: -1...1, as: T.self)
      let bias = random.values(columns, in: -1...1, as: T.self)
      let before = random.values(rows * columns, in: -1...1, as: T.self)
      for use in [Use.plain, .bias, .adds] {
        for (first, second) in Self.layouts.flatMap({ [($0, false), ($0, true)] }) {
          var p = Product<T>(rows: rows, columns: columns, inner: inner)
          p.a = first == CK_ROWS_OF_A ? a : transposed(a, rows, inner)
          p.b = second ? transposed(b, inner, columns) : b
          (p.layout, p.bIsTransposed) = (first, second)
          p.bias = use == .bias ? bias : nil
          p.adds = use == .adds
          let found = p.run(level, c: before)
          var isClose = true
          for row in 0..<rows {
            for column in 0..<columns {
              var (exact, size) = (Wide(0), Wide(0))
              for k in 0..<inner {
                let term = Wide(a[row * inner + k]) * Wide(b[k * columns + column])
                exact += term
                size += term.magnitude
              }
              let start =
                use == .bias
                ? Wide(bias[column]) : use == .adds ? Wide(before[row * columns + column]) : 0
              let error = Double((Wide(found[row * columns + column]) - exact - start).magnitude)
              let bound =
                Double(2 * inner + 3) * Double(T.ulpOfOne) / 2 * Double(size + start.magnitude)
              isClose = isClose && error <= bound
            }
          }
          #expect(isClose, "\(rows) x \(columns) x \(inner) \(use) \(first) \(second)")
        }
      }
    }
  }

  private enum Use { case plain, bias, adds }

  private static let layouts = [CK_ROWS_OF_A, CK_COLUMNS_OF_A, CK_STRIPS_OF_A]

  /// Factors are read in place or packed by their size and the level, and with few columns of C strips are
  /// multiplied by tiles and the others along the rows; the bits are those of rows and panels.
  @Test(arguments: Level.all)
  func everyLayoutHasTheSameBits(level: Level) {
    everyLayoutHasTheSameBits(level, Float.self)
    everyLayoutHasTheSameBits(level, Double.self)
  }

  private func everyLayoutHasTheSameBits<T: ProductScalar>(_ level: Level, _: T.Type) {
    var random = SplitMix(state: 26)
    for (rows, columns, inner) in Self.sizes {
      let a = random.values(rows * inner, in: -1...1, as: T.self)
      let b = random.values(inner * columns, in: -1...1, as: T.self)
      let bias = random.values(columns, in: -1...1, as: T.self)
      let before = random.values(rows * columns, in: -1...1, as: T.self)
      let fillsPanels = columns * MemoryLayout<T>.stride % Int(CK_PANEL_BYTES) == 0
      let rightLayouts = fillsPanels ? [CK_PANELS_OF_B, CK_ROWS_OF_B] : [CK_PANELS_OF_B]
      for (adds, finish) in [
        (false, CK_KEEP), (true, CK_KEEP), (false, CK_RECTIFY), (false, CK_GATE),
      ] {
        let results = Self.layouts.flatMap { layout in
          rightLayouts.map { right in
            var p = Product<T>(rows: rows, columns: columns, inner: inner)
            p.a = layout == CK_ROWS_OF_A ? a : transposed(a, rows, inner)
            (p.layout, p.b, p.bLayout) = (layout, b, right)
            (p.adds, p.bias, p.finish, p.gate) = (adds, adds ? nil : bias, finish, before)
            return p.run(level, c: before)
          }
        }
        #expect(results.allSatisfy { $0 == results[0] }, "\(rows) x \(columns) x \(inner)")
      }
    }
  }

  private func transposed<T>(_ x: [T], _ rows: Int, _ columns: Int) -> [T] {
    (0..<columns).flatMap { c in (0..<rows).map { x[$0 * columns + c] } }
  }

  @Test(arguments: Level.all)
  func finishes(level: Level) throws {
    try finishes(level, Float.self)
    try finishes(level, Double.self)
  }

  /// To the last bit what the activation kernels make of the plain product.
  private func finishes<T: ProductScalar>(_ level: Level, _: T.Type) throws {
    let slope = try #require(T.kernels(level.table).product)
    var random = SplitMix(state: 22)
    for (rows, columns, inner) in Self.sizes where rows * columns > 0 {
      var p = Product<T>(rows: rows, columns: columns, inner: inner)
      p.a = random.values(rows * inner, in: -1...1, as: T.self)
      p.b = random.values(inner * columns, in: -1...1, as: T.self)
      let count = rows * columns
      var gate = random.values(count, in: -1...1, as: T.self)
      gate[0] = 0
      if count > 2 { gate[2] = .nan }
      let nothing = [T](repeating: 7, count: count)
      let plain = p.run(level, c: nothing)
      p.finish = CK_RECTIFY
      let relu = T.apply(.activation(CK_RELU.rawValue, order: 0), level.table, plain)
      #expect(zip(p.run(level, c: nothing), relu).allSatisfy { T.same($0, $1) })
      p.finish = CK_GATE
      p.gate = gate
      var gated = nothing
      slope(CK_RELU, 1, count, gate, plain, &gated)
      #expect(zip(p.run(level, c: nothing), gated).allSatisfy { T.same($0, $1) })
    }
  }

  /// The zeros of a triangle change no bit, in chains of one cut and of two, and what stands in their
  /// place is not read beyond the tile that the diagonal crosses.
  @Test(arguments: Level.all)
  func triangles(level: Level) {
    triangles(level, Float.self)
    triangles(level, Double.self)
  }

  private func triangles<T: ProductScalar>(_ level: Level, _: T.Type) {
    var random = SplitMix(state: 27)
    for size in [1, 5, 16, 33, 128, 300] {
      let rows = 14
      let b = random.values(size * size, in: -1...1, as: T.self)
      let bias = random.values(size, in: -1...1, as: T.self)
      for triangle in [CK_UPPER, CK_LOWER] {
        func isZero(_ k: Int, _ column: Int) -> Bool {
          triangle == CK_UPPER ? k > column : k < column
        }
        var p = Product<T>(rows: rows, columns: size, inner: size)
        p.a = random.values(rows * size, in: -1...1, as: T.self)
        p.bias = bias
        p.b = b.indices.map { isZero($0 / size, $0 % size) ? 0 : b[$0] }
        let nothing = [T](repeating: 7, count: rows * size)
        let full = p.run(level, c: nothing)
        let fillsPanels = size * MemoryLayout<T>.stride % Int(CK_PANEL_BYTES) == 0
        for (layout, right) in Self.layouts.flatMap({ layout in
          (fillsPanels ? [CK_PANELS_OF_B, CK_ROWS_OF_B] : [CK_PANELS_OF_B]).map { (layout, $0) }
        }) {
          var own = p
          own.bLayout = right
          own.triangle = triangle
          if layout != CK_ROWS_OF_A { own.a = transposed(p.a, rows, size) }
          own.layout = layout
          #expect(own.run(level, c: nothing) == full, "\(size) \(triangle) \(layout)")
          // A tile has at most 32 columns: further from the diagonal nothing is read.
          own.b = b.indices.map {
            isZero($0 / size, $0 % size) && abs($0 / size - $0 % size) >= 32 ? .nan : p.b[$0]
          }
          #expect(own.run(level, c: nothing) == full, "\(size) \(triangle) \(layout)")
        }
      }
    }
  }

  /// What the determinism contract rests on.
  @Test(arguments: Level.all)
  func aRowDoesNotDependOnTheOtherRows(level: Level) {
    var random = SplitMix(state: 23)
    for (columns, inner) in [(1, 5), (16, 300), (37, 64)] {
      let rows = 29
      let a = random.values(rows * inner, in: -1...1, as: Float.self)
      let b = random.values(inner * columns, in: -1...1, as: Float.self)
      func product(_ range: Range<Int>) -> [Float] {
        var p = Product<Float>(rows: range.count, columns: columns, inner: inner)
        p.a = Array(a[range.lowerBound * inner..<range.upperBound * inner])
        p.b = b
        return p.run(level, c: [Float](repeating: 0, count: range.count * columns))
      }
      let all = product(0..<rows)
      for count in 1...14 {
        for first in [0, 3, rows - count] {
          let range = first * columns..<(first + count) * columns
          #expect(product(first..<first + count) == Array(all[range]), "\(count) rows at \(first)")
        }
      }
    }
  }

  /// Weights packed under one level are read by any other.
  @Test func everyLevelReadsThePanelsOfEveryOther() {
    var random = SplitMix(state: 24)
    var p = Product<Float>(rows: 9, columns: 70, inner: 20)
    p.a = random.values(9 * 20, in: -1...1, as: Float.self)
    p.b = random.values(20 * 70, in: -1...1, as: Float.self)
    let nothing = [Float](repeating: 0, count: 9 * 70)
    for level in Level.all {
      let own = p.run(level, c: nothing)
      for other in Level.all { #expect(p.run(level, packingAt: other, c: nothing) == own) }
    }
  }

  /// A NaN reaches its own row or column alone.
  @Test(arguments: Level.all)
  func nanStaysInItsRowOrColumn(level: Level) {
    var p = Product<Float>(rows: 20, columns: 20, inner: 4)
    p.a = [Float](repeating: 1, count: 80)
    p.b = [Float](repeating: 1, count: 80)
    p.a[3 * 4] = .nan
    p.b[5] = .nan
    let c = p.run(level, c: [Float](repeating: 0, count: 400))
    #expect(c.indices.allSatisfy { c[$0].isNaN == ($0 / 20 == 3 || $0 % 20 == 5) })
  }
}

/// The arguments of one product, with its factors not packed.
private struct Product<T: ProductScalar> {
  let rows: Int
  let columns: Int
  let inner: Int
  var a: [T] = []
  var layout = CK_ROWS_OF_A
  var b: [T] = []
  var bLayout = CK_PANELS_OF_B
  var bIsTransposed = false
  var triangle = CK_FULL
  var bias: [T]?
  var adds = false
  var finish = CK_KEEP
  var gate: [T]?

  func run(_ level: Level, packingAt other: Level? = nil, c: [T]) -> [T] {
    let width = Int(CK_PANEL_BYTES) / MemoryLayout<T>.stride
    // Numbers that show where a packing does not write.
    var panels = [T](repeating: .nan, count: (columns + width - 1) / width * width * inner)
    if bLayout == CK_ROWS_OF_B {
      panels = b
    } else {
      T.packPanels((other ?? level).table, inner, columns, b, bIsTransposed, &panels)
    }
    var left = a
    if layout == CK_STRIPS_OF_A {
      left = [T](repeating: .nan, count: a.count)
      T.packStrips(level.table, rows, inner, a, &left)
    }
    var result = c
    T.product(level.table, self, left, panels, &result)
    return result
  }
}

/// The packed products of one scalar type, whose arguments are a struct of its own.
private protocol ProductScalar: KernelScalar {
  static func packPanels(
    _ table: ck_table,
    _ inner: Int,
    _ columns: Int,
    _ b: [Self],
    _ isTransposed: Bool,
    _ panels: UnsafeMutablePointer<Self>
  )
  static func packStrips(
    _ table: ck_table,
    _ rows: Int,
    _ inner: Int,
    _ a: [Self],
    _ strips: UnsafeMutablePointer<Self>
  )
  static func product(
    _ table: ck_table,
    _ p: Product<Self>,
    _ left: [Self],
    _ panels: [Self],
    _ c: UnsafeMutablePointer<Self>
  )
}

extension Float: ProductScalar {
  fileprivate static func packPanels(
    _ table: ck_table,
    _ inner: Int,
    _ columns: Int,
    _ b: [Float],
    _ isTransposed: Bool,
    _ panels: UnsafeMutablePointer<Float>
  ) {
    table.pack_panels_f32?(inner, columns, b, isTransposed ? 1 : 0, panels)
  }

  fileprivate static func packStrips(
    _ table: ck_table,
    _ rows: Int,
    _ inner: Int,
    _ a: [Float],
    _ strips: UnsafeMutablePointer<Float>
  ) {
    table.pack_strips_f32?(rows, inner, a, strips)
  }

  fileprivate static func product(
    _ table: ck_table,
    _ p: Product<Float>,
    _ left: [Float],
    _ panels: [Float],
    _ c: UnsafeMutablePointer<Float>
  ) {
    left.withUnsafeBufferPointer { left in
      panels.withUnsafeBufferPointer { panels in
        (p.bias ?? []).withUnsafeBufferPointer { bias in
          (p.gate ?? []).withUnsafeBufferPointer { gate in
            var product = ck_product_f32(
              rows: p.rows,
              columns: p.columns,
              inner: p.inner,
              a: left.baseAddress,
              a_layout: p.layout,
              b: panels.baseAddress,
              b_layout: p.bLayout,
              triangle: p.triangle,
              bias: p.bias == nil ? nil : bias.baseAddress,
              adds: p.adds ? 1 : 0,
              finish: p.finish,
              gate: p.gate == nil ? nil : gate.baseAddress,
              c: c
            )
            table.product_f32?(&product)
          }
        }
      }
    }
  }
}

extension Double: ProductScalar {
  fileprivate static func packPanels(
    _ table: ck_table,
    _ inner: Int,
    _ columns: Int,
    _ b: [Double],
    _ isTransposed: Bool,
    _ panels: UnsafeMutablePointer<Double>
  ) {
    table.pack_panels_f64?(inner, columns, b, isTransposed ? 1 : 0, panels)
  }

  fileprivate static func packStrips(
    _ table: ck_table,
    _ rows: Int,
    _ inner: Int,
    _ a: [Double],
    _ strips: UnsafeMutablePointer<Double>
  ) {
    table.pack_strips_f64?(rows, inner, a, strips)
  }

  fileprivate static func product(
    _ table: ck_table,
    _ p: Product<Double>,
    _ left: [Double],
    _ panels: [Double],
    _ c: UnsafeMutablePointer<Double>
  ) {
    left.withUnsafeBufferPointer { left in
      panels.withUnsafeBufferPointer { panels in
        (p.bias ?? []).withUnsafeBufferPointer { bias in
          (p.gate ?? []).withUnsafeBufferPointer { gate in
            var product = ck_product_f64(
              rows: p.rows,
              columns: p.columns,
              inner: p.inner,
              a: left.baseAddress,
              a_layout: p.layout,
              b: panels.baseAddress,
              b_layout: p.bLayout,
              triangle: p.triangle,
              bias: p.bias == nil ? nil : bias.baseAddress,
              adds: p.adds ? 1 : 0,
              finish: p.finish,
              gate: p.gate == nil ? nil : gate.baseAddress,
              c: c
            )
            table.product_f64?(&product)
          }
        }
      }
    }
  }
}
