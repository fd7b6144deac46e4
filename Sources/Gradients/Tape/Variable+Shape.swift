internal import Tensors

extension Variable {
  private func resolved(_ axis: Int, for name: String) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(
      resolved >= 0 && resolved < rank,
      "\(name): the axis \(axis) is outside a value of shape \(shape)"
    )
    return resolved
  }

  private func droppingAxis(_ axis: Int, unless keep: Bool) -> Variable {
    if keep { return self }
    var target = shape
    target.remove(at: axis)
    return reshaped(target)
  }

  /// The sum along an axis (negative: counted from the last).
  ///
  /// - Parameters:
  ///   - axis: the axis that is summed.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the recorded sums.
  public func sum(along axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = resolved(axis, for: "sum")
    if shape[axis] == 1 { return droppingAxis(axis, unless: keepingAxis) }
    var target = shape
    target[axis] = 1
    if let value = fillValue {
      return tape.fill(value * Double(shape[axis]), shape: target)
        .droppingAxis(axis, unless: keepingAxis)
    }
    return recorded(.sum(axis: axis), shape: target).droppingAxis(axis, unless: keepingAxis)
  }

  /// The sum of all elements, shape `[]`.
  public func sum() -> Variable {
    reshaped([1, shape.elementCount]).sum(along: 1, keepingAxis: true).reshaped([])
  }

  /// The mean of all elements, shape `[]`.
  public func mean() -> Variable { sum() / Double(shape.elementCount) }

  /// The mean along an axis.
  ///
  /// - Parameters:
  ///   - axis: the axis that is averaged.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the recorded means.
  public func mean(along axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = resolved(axis, for: "mean")
    return sum(along: axis, keepingAxis: keepingAxis) / Double(shape[axis])
  }

  /// The largest element along an axis; its derivative is shared equally among ties.
  ///
  /// - Parameters:
  ///   - axis: the axis along which the largest is taken.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the recorded maxima.
  public func max(along axis: Int, keepingAxis: Bool = false) -> Variable {
    let axis = resolved(axis, for: "max")
    require(shape[axis] > 0, "max: the axis \(axis) of a value of shape \(shape) is empty")
    var target = shape
    target[axis] = 1
    return recorded(.maximum(axis: axis), shape: target).droppingAxis(axis, unless: keepingAxis)
  }

  /// Sums the axes along which this value was repeated from `target`: the transpose of
  /// ``broadcast(to:)``.
  func summed(to target: [Int]) -> Variable {
    if shape == target { return self }
    var result = self
    let missing = rank - target.count
    for axis in 0..<rank {
      let wanted = axis < missing ? 1 : target[axis - missing]
      if wanted == 1 && result.shape[axis] != 1 {
        result = result.sum(along: axis, keepingAxis: true)
      }
    }
    return result.reshaped(target)
  }

  /// This value repeated along its axes of length 1 (and missing leading axes) to a shape.
  public func broadcast(to target: [Int]) -> Variable {
    if shape == target { return self }
    require(
      Broadcasting.combine(shape, target) == target,
      "a value of shape \(shape) cannot be broadcast to \(target)"
    )
    if let value = fillValue { return tape.fill(value, shape: target) }
    return recorded(.broadcast, shape: target)
  }

  /// The same elements under another shape of the same count.
  public func reshaped(_ target: [Int]) -> Variable {
    if shape == target { return self }
    require(
      target.allSatisfy { $0 >= 0 } && target.elementCount == shape.elementCount,
      "a value of shape \(shape) cannot take the shape \(target)"
    )
    if let value = fillValue { return tape.fill(value, shape: target) }
    return recorded(.reshape, shape: target)
  }

  /// A matrix with rows and columns exchanged.
  public var transposed: Variable {
    require(rank == 2, "only a matrix can be transposed, got the shape \(shape)")
    return recorded(.transpose, shape: [shape[1], shape[0]])
  }

  /// Joins values along an axis; the other axes must agree.
  ///
  /// - Parameters:
  ///   - parts: at least one value.
  ///   - axis: the axis that grows.
  /// - Returns: the recorded joined value.
  public static func concatenating(_ parts: [Variable], along axis: Int = 0) -> Variable {
    guard let first = parts.first else { fatalError("concatenating needs at least one value") }
    if parts.count == 1 { return first }
    require(
      axis >= 0 && axis < first.rank,
      "the axis \(axis) is outside a value of shape \(first.shape)"
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
    return first.recorded(.concatenate(axis: axis), Array(parts.dropFirst()), shape: target)
  }

  /// The part of an axis in `range`.
  ///
  /// - Parameters:
  ///   - range: inside 0..<shape[axis].
  ///   - axis: the axis that is cut; the first unless given.
  /// - Returns: the recorded part.
  public func slice(_ range: Range<Int>, along axis: Int = 0) -> Variable {
    require(
      axis >= 0 && axis < rank && range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "the slice \(range) along axis \(axis) is outside a value of shape \(shape)"
    )
    if range == 0..<shape[axis] { return self }
    var target = shape
    target[axis] = range.count
    return recorded(.slice(axis: axis, lower: range.lowerBound), shape: target)
  }

  func embedded(in target: [Int], axis: Int, lower: Int) -> Variable {
    recorded(.embed(axis: axis, lower: lower), shape: target)
  }

  /// The rows of this matrix that `rows` names, repeats allowed.
  ///
  /// - Parameter rows: a vector of whole numbers in 0..<shape[0]; no derivative passes through it.
  /// - Returns: the recorded rows, `[rows.count, columns]`.
  public func gatheringRows(_ rows: Variable) -> Variable {
    require(
      rank == 2 && rows.rank == 1,
      "gathering rows needs a matrix and a vector, got the shapes \(shape) and \(rows.shape)"
    )
    return recorded(.gather, [rows], shape: [rows.shape[0], shape[1]])
  }

  func scatteredRows(_ rows: Variable, count: Int) -> Variable {
    recorded(.scatter, [rows], shape: [count, shape[1]])
  }
}

extension Variable {
  /// The product op(A) op(B) of two matrices, without copies for the transposes.
  ///
  /// - Parameters:
  ///   - first: A.
  ///   - second: B.
  ///   - transposingFirst: uses Aᵀ.
  ///   - transposingSecond: uses Bᵀ.
  /// - Returns: the recorded product, op(A)'s rows by op(B)'s columns.
  public static func product(
    _ first: Variable,
    _ second: Variable,
    transposingFirst: Bool = false,
    transposingSecond: Bool = false
  ) -> Variable {
    let size = MatrixProductSize(
      first.shape,
      second.shape,
      transposingFirst: transposingFirst,
      transposingSecond: transposingSecond
    )
    return first.recorded(
      .product(transposingFirst: transposingFirst, transposingSecond: transposingSecond),
      [second],
      shape: [size.rows, size.columns]
    )
  }

  /// x Wᵀ + c: a layer's product and bias in one operation.
  ///
  /// - Parameters:
  ///   - weight: W, `[outputs, inputs]`.
  ///   - bias: c, `[outputs]`.
  /// - Returns: `[rows, outputs]` for this value of shape `[rows, inputs]`.
  public func linear(weight: Variable, bias: Variable) -> Variable {
    let size = MatrixProductSize(
      shape,
      weight.shape,
      transposingFirst: false,
      transposingSecond: true
    )
    require(
      bias.shape == [size.columns],
      "a layer of weight \(weight.shape) needs a bias of shape [\(size.columns)], "
        + "got \(bias.shape)"
    )
    return recorded(.linear, [weight, bias], shape: [size.rows, size.columns])
  }
}
