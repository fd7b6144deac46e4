extension Tensor {
  private func checkedAxis(_ axis: Int, for name: String) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(
      resolved >= 0 && resolved < rank,
      "\(name): the axis \(axis) is outside a tensor of shape \(shape)"
    )
    return resolved
  }

  private func reduced(
    axis: Int,
    keepingAxis: Bool,
    _ kernel: (Buffer<Scalar>, [Int], Int, Buffer<Scalar>) -> Void
  ) -> Tensor {
    var target = shape
    target[axis] = 1
    let result = Tensor(uninitialized: target)
    kernel(buffer, shape, axis, result.buffer)
    if keepingAxis { return result }
    target.remove(at: axis)
    return result.reshaped(target)
  }

  /// The sum of all elements, accumulated in double.
  public func sum() -> Scalar { Scalar(Kernels.sum(buffer)) }

  /// The sum along an axis (negative: counted from the last).
  ///
  /// - Parameters:
  ///   - axis: the axis that is summed.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the sums.
  public func sum(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(axis: checkedAxis(axis, for: "sum"), keepingAxis: keepingAxis) {
      Kernels.sum($0, shape: $1, axis: $2, into: $3)
    }
  }

  /// The mean of all elements; NaN for no elements.
  public func mean() -> Scalar { Scalar(Kernels.sum(buffer) / Double(count)) }

  /// The mean along an axis; NaN where the axis is empty.
  ///
  /// - Parameters:
  ///   - axis: the axis that is averaged.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the means.
  public func mean(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    let axis = checkedAxis(axis, for: "mean")
    return sum(along: axis, keepingAxis: keepingAxis) / Scalar(shape[axis])
  }

  /// The largest element, NaN if one is NaN.
  ///
  /// - Precondition: the tensor is not empty.
  public func max() -> Scalar {
    require(count > 0, "the maximum of a tensor of shape \(shape) without elements")
    return reshaped([1, count]).max(along: 1).scalar
  }

  /// The largest element along an axis, which must not be empty; NaN if one is NaN.
  ///
  /// - Parameters:
  ///   - axis: the axis along which the largest is taken.
  ///   - keepingAxis: leaves the axis with length 1 instead of removing it.
  /// - Returns: the maxima.
  public func max(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    let axis = checkedAxis(axis, for: "max")
    require(shape[axis] > 0, "max: the axis \(axis) of a tensor of shape \(shape) is empty")
    return reduced(axis: axis, keepingAxis: keepingAxis) {
      Kernels.maximum($0, shape: $1, axis: $2, into: $3)
    }
  }

  /// Σ xᵢ², accumulated in double.
  public var sumOfSquares: Double { Kernels.sumOfSquares(buffer) }

  /// The row-major position of the first element that is NaN or infinite, or nil.
  public var firstNonFinite: Int? { Kernels.firstNonFinite(buffer) }
}

extension Kernels {
  /// Sums along one axis of a shape.
  package static func sum<S>(_ x: Buffer<S>, shape: [Int], axis: Int, into y: Buffer<S>) {
    let (outer, length, inner) = shape.around(axis: axis)
    if inner == 1 {
      sumColumns(rows: outer, columns: length, x, into: y)
    } else {
      for index in 0..<outer {
        sumRows(
          rows: length,
          columns: inner,
          x.slice(index * length * inner..<(index + 1) * length * inner),
          into: y.slice(index * inner..<(index + 1) * inner)
        )
      }
    }
  }

  /// The maximum along one axis of a shape.
  package static func maximum<S>(_ x: Buffer<S>, shape: [Int], axis: Int, into y: Buffer<S>) {
    let (outer, length, inner) = shape.around(axis: axis)
    if inner == 1 {
      maxColumns(rows: outer, columns: length, x, into: y)
    } else {
      for index in 0..<outer {
        maxRows(
          rows: length,
          columns: inner,
          x.slice(index * length * inner..<(index + 1) * length * inner),
          into: y.slice(index * inner..<(index + 1) * inner)
        )
      }
    }
  }
}
