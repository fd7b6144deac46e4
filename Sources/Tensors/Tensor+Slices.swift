extension Tensor {
  /// The part of an axis in `range`, a copy.
  ///
  /// - Parameters:
  ///   - range: inside 0..<shape[axis].
  ///   - axis: the axis that is cut; the first unless given.
  /// - Returns: the part, a copy.
  public func slice(_ range: Range<Int>, along axis: Int = 0) -> Tensor {
    require(
      axis >= 0 && axis < rank && range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "the slice \(range) along axis \(axis) is outside a tensor of shape \(shape)"
    )
    var target = shape
    target[axis] = range.count
    let result = Tensor(uninitialized: target)
    Kernels.slice(buffer, shape: shape, axis: axis, range: range, into: result.buffer)
    return result
  }

  /// The given rows (entries of the first axis), in the given order, repeats allowed.
  public func gatheringRows(_ rows: [Int]) -> Tensor {
    require(rank >= 1, "a scalar has no rows to gather")
    let width = shape[1...].reduce(1, *)
    var target = shape
    target[0] = rows.count
    let result = Tensor(uninitialized: target)
    for (position, row) in rows.enumerated() {
      require(row >= 0 && row < shape[0], "the row \(row) is outside a tensor of shape \(shape)")
      result.buffer.slice(position * width..<(position + 1) * width)
        .copy(from: buffer.slice(row * width..<(row + 1) * width))
    }
    return result
  }

  /// Overwrites rows `position..<position + count` with the first `count` rows of another tensor.
  ///
  /// - Parameters:
  ///   - source: a tensor whose rows have the shape of this one's.
  ///   - count: the number of rows.
  ///   - position: the first row that is overwritten.
  public mutating func copyRows(from source: Tensor, count: Int, at position: Int) {
    require(
      rank >= 1 && source.rank == rank && source.shape.dropFirst() == shape.dropFirst()
        && count >= 0 && count <= source.shape[0] && position >= 0
        && position <= shape[0] - count,
      "cannot copy \(count) rows of shape \(source.shape) to row \(position) of \(shape)"
    )
    let width = shape[1...].reduce(1, *)
    uniqueBuffer.slice(position * width..<(position + count) * width)
      .copy(from: source.buffer.slice(0..<count * width))
  }

  /// Joins tensors along an axis; the other axes must agree.
  ///
  /// - Parameters:
  ///   - parts: at least one tensor.
  ///   - axis: the axis that grows.
  /// - Returns: the joined tensor.
  public static func concatenating(_ parts: [Tensor], along axis: Int = 0) -> Tensor {
    guard let first = parts.first else { fatalError("concatenating needs at least one tensor") }
    require(
      axis >= 0 && axis < first.rank,
      "the axis \(axis) is outside a tensor of shape \(first.shape)"
    )
    var target = first.shape
    target[axis] = 0
    for part in parts {
      var expected = part.shape
      if axis < expected.count { expected[axis] = first.shape[axis] }
      require(
        expected == first.shape,
        "the shapes \(first.shape) and \(part.shape) cannot be joined along axis \(axis)"
      )
      target[axis] += part.shape[axis]
    }
    let result = Tensor(uninitialized: target)
    var lower = 0
    for part in parts {
      Kernels.embed(
        part.buffer,
        shape: part.shape,
        axis: axis,
        lower: lower,
        into: result.buffer,
        target: target
      )
      lower += part.shape[axis]
    }
    return result
  }

  /// The matrix with rows and columns exchanged, a copy.
  public var transposed: Tensor {
    require(rank == 2, "only a matrix can be transposed, got the shape \(shape)")
    let result = Tensor(uninitialized: [shape[1], shape[0]])
    Kernels.transpose(rows: shape[0], columns: shape[1], buffer, into: result.buffer)
    return result
  }
}

extension Kernels {
  /// Copies the part of an axis in `range`.
  package static func slice<S>(
    _ x: Buffer<S>,
    shape: [Int],
    axis: Int,
    range: Range<Int>,
    into y: Buffer<S>
  ) {
    let (outer, length, inner) = shape.around(axis: axis)
    let run = range.count * inner
    if run == 0 || outer == 0 { return }
    let first = x.slice(range.lowerBound * inner..<x.count)
    copyRows(rows: outer, columns: run, first, row: length * inner, into: y, target: run)
  }

  /// Writes `x` into the part of `y` that starts at `lower` on an axis; the rest is untouched.
  package static func embed<S>(
    _ x: Buffer<S>,
    shape: [Int],
    axis: Int,
    lower: Int,
    into y: Buffer<S>,
    target: [Int]
  ) {
    let (outer, length, inner) = shape.around(axis: axis)
    let run = length * inner
    if run == 0 || outer == 0 { return }
    let first = y.slice(lower * inner..<y.count)
    copyRows(rows: outer, columns: run, x, row: run, into: first, target: target[axis] * inner)
  }
}
