internal import Gradients
public import Tensors

/// The law of a row drawn from a `.npy` file that stays on the disk: for more points than memory holds.
///
/// Draws look at single rows. The file must not be changed while it is in use.
public struct MappedPoints: Density {
  /// The file.
  public let path: String
  /// The number of points of this law.
  public let count: Int
  /// The number of columns.
  public let dimension: Int

  private let file: MappedFile
  private let header: NPYHeader
  /// The number of rows in the file, and where this law's rows begin in their random order.
  private let rowCount: Int
  private let first: Int
  private let order: IndexPermutation?

  /// Opens a file; ``check()`` looks at its numbers.
  ///
  /// - Parameter path: a `.npy` file of any supported type and order, `[count, dimension]` or
  ///   `[count]`.
  /// - Throws: ``FileError``, which names what is wrong.
  public init(_ path: String) throws(FileError) {
    // A pipe is refused before it is read.
    let file = try MappedFile(path)
    let header = try NPYHeader(ByteSource(path: path))
    guard (1...2).contains(header.shape.count), !header.shape.contains(0),
      header.shape[0] <= 1 << 32
    else {
      throw .wrongShape(
        path: path,
        shape: header.shape,
        expected: "[count, dimension], or [count] for one column, of 1 to 2³² rows"
      )
    }
    self.path = path
    self.file = file
    self.header = header
    rowCount = header.shape[0]
    dimension = header.shape.count == 2 ? header.shape[1] : 1
    count = rowCount
    first = 0
    order = nil
    let needed = header.bodyOffset + rowCount * dimension * header.elementType.byteCount
    if file.byteCount < needed {
      throw .truncated(path: path, byteCount: file.byteCount, needed: needed)
    }
  }

  /// Whether this is the law of a part of the file's points.
  var isPart: Bool { order != nil }

  private init(_ whole: MappedPoints, order: IndexPermutation, rows: Range<Int>) {
    path = whole.path
    file = whole.file
    header = whole.header
    rowCount = whole.rowCount
    dimension = whole.dimension
    self.order = order
    first = rows.lowerBound
    count = rows.count
  }

  /// Draws rows with replacement; part 0 of the block, a uniform number.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    points(block.integers(below: count))
  }

  /// Points of this law by their place in 0..<``count``, `[places.count, dimension]`.
  public func points(_ places: [Int]) -> Tensor<Double> {
    let type = header.elementType
    let width = type.byteCount
    let isByColumn = header.isFortranOrder && header.shape.count == 2
    var result = Tensor<Double>(uninitialized: [places.count, dimension])
    let dimension = dimension
    result.withMutableSpan { target in
      for (position, place) in places.enumerated() {
        require(place >= 0 && place < count, "the place \(place) is outside \(count) points")
        let row = order.map { $0(first + place) } ?? place
        let columns = isByColumn ? dimension : 1
        for column in 0..<columns {
          let element = isByColumn ? column * rowCount + row : row * dimension
          let start = header.bodyOffset + element * width
          let length = (isByColumn ? 1 : dimension) * width
          file.withBytes(start..<start + length) { bytes in
            type.convert(bytes, into: &target, from: position * dimension + column)
          }
        }
      }
    }
    return result
  }

  /// Looks at all numbers of the file once, in one pass.
  ///
  /// - Returns: the CRC-32 of the array's bytes.
  /// - Throws: ``FileError/nonFinite(path:value:row:column:)`` at the first NaN or infinity.
  public func check() throws(FileError) -> String {
    let type = header.elementType
    let total = rowCount * dimension
    let step = (1 << 20) / type.byteCount
    var checksum = Checksum()
    var values = Tensor<Double>(zeros: [step])
    for start in stride(from: 0, to: total, by: step) {
      let length = min(step, total - start)
      let offset = header.bodyOffset + start * type.byteCount
      let bad = file.withBytes(offset..<offset + length * type.byteCount) { bytes -> Int? in
        checksum.update(bytes)
        return values.withMutableSpan { values -> Int? in
          type.convert(bytes, into: &values, from: 0)
          // A sum of zeros unless a number is NaN or infinite: no test inside the loop.
          var sum = 0.0
          for index in 0..<length { sum += values[index] * 0 }
          if sum == 0 { return nil }
          return (0..<length).first { !values[$0].isFinite }
        }
      }
      // The pass goes on without what it has seen.
      if start % (1 << 26) == 0 { file.forget(upTo: offset) }
      if let bad {
        let element = start + bad
        let isByColumn = header.isFortranOrder && header.shape.count == 2
        throw .nonFinite(
          path: path,
          value: values[bad].isNaN ? "NaN" : "\(values[bad])",
          row: isByColumn ? element % rowCount : element / dimension,
          column: isByColumn ? element / rowCount : element % dimension
        )
      }
    }
    return checksum.text
  }

  /// Divides the points at random into some to train on and some to judge by, as
  /// ``EmpiricalDensity/split(holdingOut:seed:)`` does, but without a list of them.
  ///
  /// - Parameters:
  ///   - fraction: the share that is held out, in (0, 1), rounded to a whole number of points that
  ///     leaves at least one in each part.
  ///   - seed: the key of the order.
  /// - Returns: the two parts.
  /// - Throws: where there are fewer than two points.
  public func split(
    holdingOut fraction: Double,
    seed: UInt64
  ) throws(PointsError) -> (training: MappedPoints, heldOut: MappedPoints) {
    require(
      fraction > 0 && fraction < 1,
      "the held-out fraction must lie in (0, 1), got \(fraction)"
    )
    require(order == nil, "points that are a part of a file are not divided again")
    guard count >= 2 else { throw .tooFewRows(count: count, needed: 2) }
    let heldOutCount = max(1, min(count - 1, Int((fraction * Double(count)).rounded())))
    let order = IndexPermutation(count: count, seed: seed, stream: Streams.split)
    return (
      MappedPoints(self, order: order, rows: heldOutCount..<count),
      MappedPoints(self, order: order, rows: 0..<heldOutCount)
    )
  }
}
