/// Why a factorisation has no answer.
public enum LinearAlgebraError: Error, CustomStringConvertible, Hashable {
  /// The leading minor of this order is not positive.
  case notPositiveDefinite(order: Int, size: Int)
  /// The element of this row on the diagonal is exactly zero.
  case singular(row: Int, size: Int)
  /// The eigenvalue iteration left this many off-diagonal elements unconverged.
  case notConverged(remaining: Int, size: Int)
  /// An element is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// Two elements that should be equal are not: that of this row and column, and its mirror image.
  case notSymmetric(row: Int, column: Int, element: Double, mirrored: Double)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .notPositiveDefinite(let order, let size):
      "a \(size)×\(size) matrix is not positive definite: its leading minor of order \(order) "
        + "is not positive"
    case .singular(let row, let size):
      "a \(size)×\(size) triangular matrix is singular: element (\(row), \(row)) is zero"
    case .notConverged(let remaining, let size):
      "the eigenvalues of a \(size)×\(size) matrix did not converge: \(remaining) off-diagonal "
        + "elements remain"
    case .notFinite(let row, let column):
      "element (\(row), \(column)) of a matrix is NaN or infinite"
    case .notSymmetric(let row, let column, let element, let mirrored):
      "a matrix is not symmetric: element (\(row), \(column)) is \(element) and element (\(column), \(row)) "
        + "is \(mirrored)"
    }
  }
}

extension Tensor {
  private func squareSize(_ name: String) -> Int {
    require(
      rank == 2 && shape[0] == shape[1],
      "\(name) needs a square matrix, got the shape \(shape)"
    )
    return shape[0]
  }

  private func checkFinite() throws(LinearAlgebraError) {
    if let position = firstNonFinite {
      throw .notFinite(row: position / shape[1], column: position % shape[1])
    }
  }

  /// The lower triangular L with L Lᵀ equal to this symmetric positive definite matrix.
  ///
  /// It is taken from the lower triangle, and the upper triangle of the result is zero; every element has to be
  /// finite.
  public func cholesky() throws(LinearAlgebraError) -> Tensor {
    let size = squareSize("cholesky")
    try checkFinite()
    // LAPACK reads columns first: our lower triangle is its upper one, factorised as UᵀU, so
    // that U in its order is L in ours, without a transposition.
    let result = Tensor(uninitialized: shape)
    result.buffer.copy(from: buffer)
    let info = Kernels.potrf(size: Int32(size), result.buffer)
    if info > 0 { throw .notPositiveDefinite(order: Int(info), size: size) }
    for row in 0..<size {
      result.buffer.slice(row * size + row + 1..<(row + 1) * size).fill(0)
    }
    return result
  }

  /// Solves L X = B or Lᵀ X = B for the lower triangular matrix L that this is.
  ///
  /// - Parameters:
  ///   - right: B, `[size, columns]`.
  ///   - transposed: solves with Lᵀ.
  /// - Returns: X, of the right-hand side's shape.
  /// - Throws: ``LinearAlgebraError``, which says why there is no answer.
  public func solvingLowerTriangular(_ right: Tensor, transposed: Bool = false)
    throws(LinearAlgebraError) -> Tensor
  {
    let size = squareSize("solvingLowerTriangular")
    require(
      right.rank == 2 && right.shape[0] == size,
      "a triangular system of shape \(shape) needs a right-hand side of \(size) rows, "
        + "got the shape \(right.shape)"
    )
    for row in 0..<size where self[row, row] == 0 { throw .singular(row: row, size: size) }
    let result = Tensor(uninitialized: right.shape)
    result.buffer.copy(from: right.buffer)
    Kernels.trsm(
      size: Int32(size),
      columns: Int32(right.shape[1]),
      buffer,
      transposed,
      result.buffer
    )
    return result
  }

  /// Solves A X = B for the symmetric positive definite matrix A that this is, by Cholesky.
  ///
  /// - Parameter right: B, `[size, columns]`.
  /// - Returns: X, of the right-hand side's shape.
  /// - Throws: ``LinearAlgebraError``, which says why there is no answer.
  public func solvingSymmetric(_ right: Tensor) throws(LinearAlgebraError) -> Tensor {
    let factor = try cholesky()
    let half = try factor.solvingLowerTriangular(right)
    return try factor.solvingLowerTriangular(half, transposed: true)
  }

  /// The eigenvalues, ascending, and orthonormal eigenvectors of this symmetric matrix.
  ///
  /// They are taken from the lower triangle; every element has to be finite. A = V diag(λ) Vᵀ with the
  /// eigenvectors in the columns of V.
  public func symmetricEigen() throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let size = squareSize("symmetricEigen")
    try checkFinite()
    let vectors = Tensor(uninitialized: shape)
    vectors.buffer.copy(from: buffer)
    let values = Tensor(uninitialized: [size])
    if size == 0 { return (values, vectors) }
    let info = Kernels.syevd(size: Int32(size), vectors.buffer, values.buffer)
    if info > 0 { throw .notConverged(remaining: Int(info), size: size) }
    require(
      info == 0,
      "LAPACK cannot decompose a symmetric matrix of size \(size) (info \(info)): is there memory for three "
        + "more of it?"
    )
    // LAPACK left eigenvector k in its column k, which is our row k.
    return (values, vectors.transposed)
  }
}
