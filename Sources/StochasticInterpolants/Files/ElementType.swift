internal import Tensors

/// The type of the elements of an array in a file, and the order of their bytes.
struct ElementType: Equatable {
  enum Kind {
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64
    case float16, bfloat16, float32, float64
  }

  var kind: Kind
  var isBigEndian = false

  var byteCount: Int {
    switch kind {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// The bytes of an array of this shape, or nil where the product overflows.
  ///
  /// Axes of length 0 count as 1 in the test for overflow, so that no partial product of an
  /// accepted shape overflows either.
  func byteCount(of shape: [Int]) -> Int? {
    var bound = byteCount
    for length in shape {
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(1, length))
      if overflow { return nil }
      bound = product
    }
    return shape.contains(0) ? 0 : bound
  }

  /// Converts the elements in `source` into `destination`, from its index `start` on.
  ///
  /// Integers beyond 2⁵³ (for `Double`) are rounded to the nearest; booleans become 0 and 1.
  func convert<Scalar: TensorScalar>(
    _ source: RawSpan,
    into destination: inout MutableSpan<Scalar>,
    from start: Int
  ) {
    switch kind {
    case .bool: map(source, into: &destination, from: start) { (x: UInt8) in x == 0 ? 0 : 1 }
    case .int8: map(source, into: &destination, from: start) { (x: Int8) in Scalar(x) }
    case .int16: map(source, into: &destination, from: start) { (x: Int16) in Scalar(x) }
    case .int32: map(source, into: &destination, from: start) { (x: Int32) in Scalar(x) }
    case .int64: map(source, into: &destination, from: start) { (x: Int64) in Scalar(x) }
    case .uint8: map(source, into: &destination, from: start) { (x: UInt8) in Scalar(x) }
    case .uint16: map(source, into: &destination, from: start) { (x: UInt16) in Scalar(x) }
    case .uint32: map(source, into: &destination, from: start) { (x: UInt32) in Scalar(x) }
    case .uint64: map(source, into: &destination, from: start) { (x: UInt64) in Scalar(x) }
    case .float16:
      map(source, into: &destination, from: start) { (x: UInt16) in
        Scalar(Float16(bitPattern: x))
      }
    case .bfloat16:
      map(source, into: &destination, from: start) { (x: UInt16) in
        Scalar(Float(bitPattern: UInt32(x) << 16))
      }
    case .float32:
      map(source, into: &destination, from: start) { (x: UInt32) in Scalar(Float(bitPattern: x)) }
    case .float64:
      map(source, into: &destination, from: start) { (x: UInt64) in Scalar(Double(bitPattern: x)) }
    }
  }

  // Inlined with its closure into a loop for each pair of types.
  @inline(__always)
  private func map<Word: FixedWidthInteger & BitwiseCopyable, Scalar: TensorScalar>(
    _ source: RawSpan,
    into destination: inout MutableSpan<Scalar>,
    from start: Int,
    _ value: (Word) -> Scalar
  ) {
    let width = MemoryLayout<Word>.size
    for index in 0..<source.byteCount / width {
      let word = source.unsafeLoadUnaligned(fromByteOffset: index * width, as: Word.self)
      destination[start + index] = value(isBigEndian ? word.byteSwapped : word)
    }
  }
}

extension ElementType {
  /// The type whose bytes in a file are those of a scalar in memory.
  init<Scalar: TensorScalar>(of _: Scalar.Type) {
    kind = MemoryLayout<Scalar>.size == 4 ? .float32 : .float64
  }
}
