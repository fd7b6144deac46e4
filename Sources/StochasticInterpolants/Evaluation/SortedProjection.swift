internal import Tensors

/// The sorted projections of a set of points on a direction, in storage used again and again.
struct SortedProjection: Sendable {
  private static let digitBits = 11
  private static let digitCount = 6
  private static let buckets = 1 << digitBits

  private var keys: [UInt64]
  private var spare: [UInt64]
  private var counts = [Int32](repeating: 0, count: digitCount * buckets)
  private(set) var values: [Double]

  /// Storage for a set of points.
  init(count: Int) {
    require(count <= Int32.max, "a projection sorts at most 2^31 - 1 points, got \(count)")
    keys = [UInt64](repeating: 0, count: count)
    spare = keys
    values = [Double](repeating: 0, count: count)
  }

  /// Projects finite points on row `row` of `directions` and sorts the results.
  mutating func project(_ points: Tensor<Double>, on directions: Tensor<Double>, row: Int) {
    Self.makeKeys(points, directions, row: row, into: &keys)
    sortKeys()
    Self.makeValues(keys, into: &values)
  }

  // The loops below are static functions of one array each: spans of two stored properties of one
  // struct may not be open at once.

  private static func makeKeys(
    _ points: Tensor<Double>,
    _ directions: Tensor<Double>,
    row: Int,
    into keys: inout [UInt64]
  ) {
    let dimension = points.shape[1]
    var target = keys.mutableSpan
    points.withSpan { x in
      directions.withSpan { direction in
        let start = row * dimension
        for point in 0..<target.count {
          var sum = 0.0
          for column in 0..<dimension {
            sum += x[point * dimension + column] * direction[start + column]
          }
          target[point] = key(of: sum)
        }
      }
    }
  }

  private static func makeValues(_ keys: [UInt64], into values: inout [Double]) {
    let source = keys.span
    var target = values.mutableSpan
    for index in 0..<target.count { target[index] = value(of: source[index]) }
  }

  /// A whole number that orders as the number does.
  private static func key(of value: Double) -> UInt64 {
    let bits = value.bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  private static func value(of key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  /// Sorts by 11 bits at a time, from the least significant; a digit all keys share is skipped.
  private mutating func sortKeys() {
    if keys.count < 256 { return keys.sort() }
    Self.countDigits(keys, into: &counts)
    for digit in 0..<Self.digitCount
    where Self.makeStarts(of: digit, total: keys.count, in: &counts) {
      Self.distribute(keys, by: digit, starts: &counts, into: &spare)
      swap(&keys, &spare)
    }
  }

  private static func distribute(
    _ keys: [UInt64],
    by digit: Int,
    starts: inout [Int32],
    into target: inout [UInt64]
  ) {
    let shift = UInt64(digit * digitBits)
    let mask = UInt64(buckets - 1)
    let source = keys.span
    var next = starts.mutableSpan
    var target = target.mutableSpan
    for index in 0..<source.count {
      let key = source[index]
      let bucket = digit * buckets + Int((key >> shift) & mask)
      let place = next[bucket]
      next[bucket] = place &+ 1
      target[Int(place)] = key
    }
  }

  private static func countDigits(_ keys: [UInt64], into counts: inout [Int32]) {
    let source = keys.span
    let mask = UInt64(buckets - 1)
    var counts = counts.mutableSpan
    for bucket in 0..<counts.count { counts[bucket] = 0 }
    for index in 0..<source.count {
      var rest = source[index]
      var base = 0
      while base < counts.count {
        counts[base + Int(rest & mask)] &+= 1
        rest >>= UInt64(digitBits)
        base += buckets
      }
    }
  }

  /// Turns a digit's counts into the places where its buckets start; false if one bucket has all.
  private static func makeStarts(of digit: Int, total: Int, in counts: inout [Int32]) -> Bool {
    var counts = counts.mutableSpan
    var sum: Int32 = 0
    for bucket in digit * buckets..<(digit + 1) * buckets {
      let count = counts[bucket]
      if count == total { return false }
      counts[bucket] = sum
      sum += count
    }
    return true
  }

  /// ∫₀¹ (F⁻¹(u) − G⁻¹(u))² du of the two sets of sorted values.
  ///
  /// F⁻¹ steps at multiples of 1/n and G⁻¹ at multiples of 1/m; between two neighbouring steps both
  /// are constant. The steps are counted in units of 1/(n m), so that none is lost to rounding.
  func squaredDistance(to other: SortedProjection) -> Double {
    let (x, y) = (values.span, other.values.span)
    var sum = 0.0
    if x.count == y.count {
      for index in 0..<x.count {
        let difference = x[index] - y[index]
        sum += difference * difference
      }
      return sum / Double(x.count)
    }
    var (left, right, position) = (0, 0, 0)
    while left < x.count, right < y.count {
      let (leftEnd, rightEnd) = ((left + 1) * y.count, (right + 1) * x.count)
      let end = min(leftEnd, rightEnd)
      let difference = x[left] - y[right]
      sum += Double(end - position) * difference * difference
      position = end
      if end == leftEnd { left += 1 }
      if end == rightEnd { right += 1 }
    }
    return sum / (Double(x.count) * Double(y.count))
  }
}
