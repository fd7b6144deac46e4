package import Tensors

/// A small generator for test data that shares nothing with the generator under test.
///
/// SplitMix64 (Steele, Lea, Flood 2014).
package struct TestGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The sequence of a seed.
  package init(_ seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Uniform numbers for a test.
package func testNumbers(
  _ count: Int,
  seed: UInt64,
  in range: ClosedRange<Double> = -1.5...1.5
) -> [Double] {
  var generator = TestGenerator(seed)
  return (0..<count).map { _ in Double.random(in: range, using: &generator) }
}

/// A tensor of uniform numbers for a test.
package func testTensor<Scalar: TensorScalar>(
  _ shape: [Int],
  seed: UInt64,
  in range: ClosedRange<Double> = -1.5...1.5,
  as type: Scalar.Type = Scalar.self
) -> Tensor<Scalar> {
  Tensor(
    testNumbers(shape.reduce(1, *), seed: seed, in: range).map { Scalar($0) },
    shape: shape
  )
}

/// A tensor of quarters in −2…2, so that equal elements and exact sums occur.
package func quarterTensor<Scalar: TensorScalar>(
  _ shape: [Int],
  seed: UInt64,
  as type: Scalar.Type = Scalar.self
) -> Tensor<Scalar> {
  var generator = TestGenerator(seed)
  return Tensor(
    (0..<shape.reduce(1, *)).map { _ in
      Scalar(Int.random(in: -8...8, using: &generator)) / 4
    },
    shape: shape
  )
}

/// Tensors whose elements all differ, by at least a part in (their number) of the range, and keep
/// away from whole numbers: points at which functions with kinks (|x|, max, floor) are smooth.
package func separatedTensors(
  _ shapes: [[Int]],
  seed: UInt64,
  in range: ClosedRange<Double>
) -> [Tensor<Double>] {
  let count = max(1, shapes.reduce(0) { $0 + $1.reduce(1, *) })
  let spacing = (range.upperBound - range.lowerBound) / Double(count)
  func grid(_ shift: Double) -> [Double] {
    (0..<count).map { range.lowerBound + spacing * (Double($0) + shift) }
  }
  func clearance(_ shift: Double) -> Double {
    grid(shift).map { abs($0 - $0.rounded()) }.min() ?? 0
  }
  let shift = (1...63).map { Double($0) / 64 }.max { clearance($0) < clearance($1) } ?? 0.5
  var generator = TestGenerator(seed)
  var numbers = grid(shift).shuffled(using: &generator)[...]
  return shapes.map { shape in
    let own = shape.reduce(1, *)
    defer { numbers = numbers.dropFirst(own) }
    return Tensor(Array(numbers.prefix(own)), shape: shape)
  }
}
