extension Tensor {
  /// The product op(A) op(B) of two matrices.
  ///
  /// - Parameters:
  ///   - first: A.
  ///   - second: B.
  ///   - transposingFirst: uses Aᵀ.
  ///   - transposingSecond: uses Bᵀ.
  /// - Returns: a matrix of op(A)'s rows and op(B)'s columns.
  public static func product(
    _ first: Tensor,
    _ second: Tensor,
    transposingFirst: Bool = false,
    transposingSecond: Bool = false
  ) -> Tensor {
    let size = MatrixProductSize(
      first.shape,
      second.shape,
      transposingFirst: transposingFirst,
      transposingSecond: transposingSecond
    )
    let result = Tensor(uninitialized: [size.rows, size.columns])
    var (left, right) = (first.buffer, second.buffer)
    let leftLayout = transposingFirst ? Kernels.layoutOfTransposed(size, as: Scalar.self) : .rows
    let rightLayout = transposingSecond ? .panels : Kernels.layoutOfRight(size, as: Scalar.self)
    if leftLayout == .strips {
      left = Buffer(uninitialized: size.rows * size.inner)
      Kernels.packTransposedLeft(size, first.buffer, into: left)
    }
    if rightLayout == .panels {
      right = Buffer(uninitialized: Kernels.packedCount(size, as: Scalar.self))
      Kernels.packRight(size, second.buffer, isTransposed: transposingSecond, into: right)
    }
    Kernels.product(
      size,
      left,
      layout: leftLayout,
      right,
      layout: rightLayout,
      into: result.buffer
    )
    return result
  }
}

/// The sizes of a matrix product; stops with both shapes named where they do not fit.
package struct MatrixProductSize: Sendable, Hashable {
  package var rows: Int
  package var columns: Int
  package var inner: Int

  /// The size in words of two terms.
  var paired: MatrixProductSize {
    var size = self
    size.inner = (inner + 1) / 2
    return size
  }

  package init(
    _ first: [Int],
    _ second: [Int],
    transposingFirst: Bool,
    transposingSecond: Bool
  ) {
    require(
      first.count == 2 && second.count == 2,
      "a matrix product needs two matrices, got the shapes \(first) and \(second)"
    )
    rows = first[transposingFirst ? 1 : 0]
    inner = first[transposingFirst ? 0 : 1]
    columns = second[transposingSecond ? 0 : 1]
    let other = second[transposingSecond ? 1 : 0]
    require(
      inner == other,
      "the matrix product of \(first)\(transposingFirst ? "ᵀ" : "") and "
        + "\(second)\(transposingSecond ? "ᵀ" : "") does not fit: \(inner) ≠ \(other)"
    )
  }
}
