import CKernels
import Testing

/// Factors rounded to bfloat16, and their products to the last bit.
@Suite struct BFloat16Tests {
  /// rows, columns, terms: odd numbers of terms, tails of strips and panels, chains longer than one cut,
  /// a strip that is shared at the end of a group of strips.
  private static let sizes = [
    (1, 1, 1), (6, 16, 2), (7, 17, 3), (8, 33, 5), (13, 48, 300), (2, 40, 0), (125, 3, 8),
    (14, 15, 31), (243, 4, 6), (259, 18, 2), (9, 2, 1_030), (0, 4, 2), (4, 0, 2),
  ]

  /// Numbers of every sign and exponent, with what follows the upper half just below, at and above the middle.
  @Test(arguments: Level.all)
  func rounding(level: Level) throws {
    let pack = try #require(level.table.pack_rows_bf16)
    let lower: [UInt32] = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]
    var x: [Float] = []
    for upper in UInt32(0)..<1 << 16 {
      for rest in lower { x.append(Float(bitPattern: upper << 16 | rest)) }
    }
    var words = [UInt32](repeating: 7, count: x.count / 2)
    x.withUnsafeBufferPointer { pack(1, x.count, $0.baseAddress, &words) }
    var isRight = true
    for (index, value) in x.enumerated() {
      let found = Float(bitPattern: (words[index / 2] >> (index % 2 == 0 ? 0 : 16)) << 16)
      isRight = isRight && (value.isNaN ? found.isNaN : found == Self.nearest(value))
      isRight = isRight && (value.isNaN || found.sign == value.sign)
    }
    #expect(isRight)
  }

  /// By distances: of the two neighbours the nearer, of two as near the one whose last bit is 0.
  ///
  /// Above the largest by half a spacing all is infinite.
  private static func nearest(_ x: Float) -> Float {
    let below = Float(bitPattern: x.bitPattern & 0xffff_0000)
    if below == x { return x }
    let above = Float(bitPattern: below.bitPattern + 0x1_0000)
    // Infinity stands where the next power of two would.
    let edge =
      above.isInfinite ? Double(sign: x.sign, exponent: 128, significand: 1) : Double(above)
    let (down, up) = ((Double(x) - Double(below)).magnitude, (edge - Double(x)).magnitude)
    if down != up { return down < up ? below : above }
    return below.bitPattern >> 16 & 1 == 0 ? below : above
  }

  private enum Use: CaseIterable { case plain, bias, adds, rectify, gate }

  /// What a loop over the words in their order has: the later term first, sums cut every 256 words.
  ///
  /// A product of two bfloat16 is exact, so that all levels have these bits.
  @Test(arguments: Level.all)
  func products(level: Level) {
    var random = SplitMix(state: 31)
    for (rows, columns, terms) in Self.sizes {
      let a = random.values(rows * terms, in: -1...1, as: Float.self)
      let b = random.values(terms * columns, in: -1...1, as: Float.self)
      let bias = random.values(columns, in: -1...1, as: Float.self)
      let before = random.values(rows * columns, in: -1...1, as: Float.self)
      var gate = random.values(rows * columns, in: -1...1, as: Float.self)
      if !gate.isEmpty { gate[0] = 0 }
      for use in Use.allCases {
        let expected = (0..<rows * columns).map { index in
          let (row, column) = (index / columns, index % columns)
          var value = Self.dot(
            (0..<terms).map { Self.nearest(a[row * terms + $0]) },
            (0..<terms).map { Self.nearest(b[$0 * columns + column]) },
            startingAt: use == .bias ? bias[column] : 0,
            addedTo: use == .adds ? before[index] : nil
          )
          if use == .rectify, value <= 0 { value = 0 }
          if use == .gate { value *= gate[index] > 0 ? 1 : 0 }
          return value
        }
        for isStrips in [false, true] {
          for isTransposed in [false, true] {
            let found = run(
              level,
              (rows, columns, terms),
              isStrips ? transposed(a, rows, terms) : a,
              isStrips: isStrips,
              isTransposed ? transposed(b, terms, columns) : b,
              isTransposed: isTransposed,
              use,
              (bias, gate, before)
            )
            #expect(
              found == expected,
              "\(rows) x \(columns) x \(terms) \(use) strips \(isStrips) transposed \(isTransposed)"
            )
          }
        }
      }
    }
  }

  private static func dot(
    _ a: [Float],
    _ b: [Float],
    startingAt start: Float,
    addedTo before: Float?
  ) -> Float {
    var (total, sum) = (before, start)
    for first in stride(from: 0, to: max(a.count, 1), by: 512) {
      if first > 0 { sum = 0 }
      for word in stride(from: first, to: min(first + 512, a.count), by: 2) {
        if word + 1 < a.count { sum += a[word + 1] * b[word + 1] }
        sum += a[word] * b[word]
      }
      total = total.map { sum + $0 } ?? sum
    }
    return total ?? 0
  }

  private func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<columns).flatMap { c in (0..<rows).map { x[$0 * columns + c] } }
  }

  private func run(
    _ level: Level,
    _ size: (rows: Int, columns: Int, terms: Int),
    _ a: [Float],
    isStrips: Bool,
    _ b: [Float],
    isTransposed: Bool,
    _ use: Use,
    _ others: (bias: [Float], gate: [Float], before: [Float])
  ) -> [Float] {
    let table = level.table
    let inner = (size.terms + 1) / 2
    // Numbers that show where a packing does not write: NaN in both halves.
    var words = [UInt32](repeating: 0x7fc1_7fc1, count: size.rows * inner)
    var panels = [UInt32](repeating: 0x7fc1_7fc1, count: (size.columns + 15) / 16 * 16 * inner)
    if isStrips {
      table.pack_strips_bf16?(size.rows, size.terms, a, &words)
    } else {
      table.pack_rows_bf16?(size.rows, size.terms, a, &words)
    }
    table.pack_panels_bf16?(size.terms, size.columns, b, isTransposed ? 1 : 0, &panels)
    var c = others.before
    words.withUnsafeBufferPointer { words in
      panels.withUnsafeBufferPointer { panels in
        others.bias.withUnsafeBufferPointer { bias in
          others.gate.withUnsafeBufferPointer { gate in
            c.withUnsafeMutableBufferPointer { c in
              var product = ck_product_bf16(
                rows: size.rows,
                columns: size.columns,
                inner: inner,
                a: words.baseAddress,
                a_layout: isStrips ? CK_STRIPS_OF_A : CK_ROWS_OF_A,
                b: panels.baseAddress,
                b_layout: CK_PANELS_OF_B,
                triangle: CK_FULL,
                bias: use == .bias ? bias.baseAddress : nil,
                adds: use == .adds ? 1 : 0,
                finish: use == .rectify ? CK_RECTIFY : use == .gate ? CK_GATE : CK_KEEP,
                gate: use == .gate ? gate.baseAddress : nil,
                c: c.baseAddress
              )
              table.product_bf16?(&product)
            }
          }
        }
      }
    }
    return c
  }
}
