import CKernels
import Glibc
import Testing

@Suite struct RandomTests {
  /// From Random123's kat_vectors.
  @Test func philoxKnownAnswers() {
    let known: [([UInt32], [UInt32], [UInt32])] = [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [.max, .max, .max, .max], [.max, .max],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for (counter, key, answer) in known {
      var out = [UInt32](repeating: 0, count: 4)
      ck_philox4x32(counter, key, &out)
      #expect(out == answer)
    }
  }

  @Test func counterLayout() {
    var out = [UInt32](repeating: 0, count: 4)
    ck_counter(0xabcd, 0x1234_5678_9abc, 7, 9, &out)
    #expect(out == [9, 7, 0x5678_9abc, 0xabcd_1234])
  }

  private static var address: ck_address {
    ck_address(
      seed: 0x0123_4567_89ab_cdef,
      stream: 0xfedc,
      step: 0x89ab_cdef,
      sample: 0x7fff_ffff_fffe,
      samples: nil,
      rows_of_step: 0
    )
  }

  /// The two words of one block, through the public functions.
  private static func words(_ sample: UInt64, _ block: UInt32) -> (UInt64, UInt64) {
    var counter = [UInt32](repeating: 0, count: 4)
    var out = counter
    ck_counter(address.stream, sample, address.step, block, &counter)
    let key = [UInt32(truncatingIfNeeded: address.seed), UInt32(address.seed >> 32)]
    ck_philox4x32(counter, key, &out)
    return (UInt64(out[0]) << 32 | UInt64(out[1]), UInt64(out[2]) << 32 | UInt64(out[3]))
  }

  private static let shapes = [(1, 1), (1000, 1), (700, 2), (3, 3), (301, 5), (2, 1023), (5, 512)]

  @Test(arguments: Level.all)
  func uniformIsTheTopBitsOfItsWords(level: Level) throws {
    let uniform = try #require(level.table.uniform)
    for (rows, columns) in Self.shapes {
      var address = Self.address
      var y = [Double](repeating: -1, count: rows * columns + 1)
      uniform(&address, rows, columns, &y)
      #expect(y.removeLast() == -1)
      let expected = y.indices.map { i in
        let (r, c) = (i / columns, i % columns)
        let (even, odd) = Self.words(address.sample + UInt64(r), UInt32(c / 2))
        return Double((c % 2 == 0 ? even : odd) >> 11) * 0x1p-53
      }
      #expect(y == expected)
    }
  }

  #if arch(x86_64)
    /// log and the square root halve their errors into 1.5 units; the sine and cosine of an exact
    /// fraction of a turn err by 1.5, and the product by half.
    @Test(arguments: Level.all)
    func normalIsBoxMuller(level: Level) throws {
      let normal = try #require(level.table.normal)
      var worst = 0.0
      for (rows, columns) in Self.shapes + [(20_000, 2)] {
        var address = Self.address
        var y = [Double](repeating: 99, count: rows * columns + 1)
        normal(&address, rows, columns, &y)
        #expect(y.removeLast() == 99)
        for (i, value) in y.enumerated() {
          let (r, c) = (i / columns, i % columns)
          let (first, second) = Self.words(address.sample + UInt64(r), UInt32(c / 2))
          let radius = (-2 * log((Float80(first >> 11) + 1) * 0x1p-53)).squareRoot()
          // Reduced to an eighth of a turn before the multiplication, which is then accurate.
          let quarters = Float80(second >> 11) * 0x1p-51
          let n = quarters.rounded()
          let angle = (quarters - n) * .pi / 2
          let quadrant = (Int(n) + (c % 2 == 0 ? 1 : 0)) % 4
          let size = quadrant % 2 == 0 ? sin(angle) : cos(angle)
          worst = max(worst, error(value, radius * (quadrant < 2 ? size : -size)))
        }
      }
      #expect(worst <= 3)
    }
  #endif

  /// Moments of n standard normals, within five standard deviations: those of the means of x, x^2,
  /// x^3, x^4 are sqrt(1, 2, 15, 96 / n), of the product of a pair sqrt(1/n).
  @Test(arguments: Level.all)
  func normalMoments(level: Level) throws {
    let normal = try #require(level.table.normal)
    let pairs = 500_000
    var address = ck_address(seed: 42, stream: 1, step: 0, sample: 0, samples: nil, rows_of_step: 0)
    var y = [Double](repeating: 0, count: 2 * pairs)
    normal(&address, pairs, 2, &y)
    let n = Double(y.count)
    var moments = [0.0, 0, 0, 0]
    for x in y {
      let square = x * x
      moments[0] += x / n
      moments[1] += square / n
      moments[2] += square * x / n
      moments[3] += square * square / n
    }
    let expected: [(Double, Double)] = [(0, 1), (1, 2), (0, 15), (3, 96)]
    for (moment, (mean, variance)) in zip(moments, expected) {
      #expect((moment - mean).magnitude <= 5 * (variance / n).squareRoot())
    }
    var product = 0.0
    for i in 0..<pairs { product += y[2 * i] * y[2 * i + 1] }
    #expect(product.magnitude <= 5 * Double(pairs).squareRoot())
    // P(|x| > 4) = 6.33e-5: Poisson.
    let beyond = Double(y.count { $0.magnitude > 4 })
    #expect((beyond - 6.334e-5 * n).magnitude <= 5 * (6.334e-5 * n).squareRoot())
  }

  @Test(arguments: Level.all)
  func aRowAloneIsTheRowOfABlock(level: Level) throws {
    for generator in [level.table.normal, level.table.uniform] {
      let draw = try #require(generator)
      for (rows, columns) in Self.shapes {
        var address = Self.address
        var all = [Double](repeating: 0, count: rows * columns)
        draw(&address, rows, columns, &all)
        for r in [0, rows / 3, rows - 1] {
          address.sample = Self.address.sample + UInt64(r)
          var row = [Double](repeating: 0, count: columns)
          draw(&address, 1, columns, &row)
          #expect(row == Array(all[r * columns..<(r + 1) * columns]))
        }
      }
    }
  }

  @Test(arguments: Level.all)
  func samplesNameTheRows(level: Level) throws {
    let normal = try #require(level.table.normal)
    for columns in [1, 2, 3, 700] {
      let samples: [UInt64] = [5, 1, 0xffff_ffff_ffff, 5, 1 << 40]
      var address = Self.address
      var y = [Double](repeating: 0, count: samples.count * columns)
      samples.withUnsafeBufferPointer {
        address.samples = $0.baseAddress
        normal(&address, samples.count, columns, &y)
      }
      address.samples = nil
      for (r, sample) in samples.enumerated() {
        address.sample = sample
        var row = [Double](repeating: 0, count: columns)
        normal(&address, 1, columns, &row)
        #expect(row == Array(y[r * columns..<(r + 1) * columns]))
      }
    }
  }

  /// The rows of several steps on end are those of each step, with names for the rows or without.
  @Test(arguments: Level.all, [false, true])
  func stepsOnEnd(level: Level, areNamed: Bool) throws {
    let normal = try #require(level.table.normal)
    for (rows, columns, steps) in [(1, 1, 700), (3, 1, 200), (2, 5, 61), (300, 2, 3), (1, 700, 2)] {
      let samples = (0..<rows).map { UInt64(7 * $0 + 3) }
      var address = Self.address
      address.step = 0xffff_fff0
      samples.withUnsafeBufferPointer {
        if areNamed { address.samples = $0.baseAddress }
        address.rows_of_step = rows
        var all = [Double](repeating: 0, count: steps * rows * columns)
        normal(&address, steps * rows, columns, &all)
        address.rows_of_step = 0
        for step in [0, 1, steps / 2, steps - 1] {
          // The step is a word of 32 bits.
          address.step = 0xffff_fff0 &+ UInt32(step)
          var own = [Double](repeating: 0, count: rows * columns)
          normal(&address, rows, columns, &own)
          #expect(own == Array(all[step * rows * columns..<(step + 1) * rows * columns]))
        }
      }
    }
  }
}
