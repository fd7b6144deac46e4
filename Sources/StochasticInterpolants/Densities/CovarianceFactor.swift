internal import RealModule
internal import Tensors

/// The Cholesky factor L of a covariance C = L Lᵀ, kept by columns.
///
/// Every loop handles one point and runs along a column of L, which is contiguous: the result of a
/// point does not depend on how many others are handled with it.
struct CovarianceFactor: Sendable {
  /// Row j is column j of L.
  let columns: Tensor<Double>
  /// ½ log |C|.
  let logDeterminant: Double
  private let size: Int

  /// Factorises a covariance; throws where it is not symmetric or not positive definite.
  init(_ covariance: Tensor<Double>) throws(LinearAlgebraError) {
    try covariance.checkSymmetric()
    self.init(lower: try covariance.cholesky())
  }

  /// The factor of σ² I.
  init(standardDeviation: Double, size: Int) {
    self.init(lower: Tensor(identity: size) * standardDeviation)
  }

  private init(lower: Tensor<Double>) {
    size = lower.shape[0]
    columns = lower.transposed
    logDeterminant = (0..<lower.shape[0]).reduce(0) { $0 + Double.log(lower[$1, $1]) }
  }

  /// Adds L z to the point that starts at `position`.
  func addProduct(
    _ z: Span<Double>,
    to point: inout MutableSpan<Double>,
    at position: Int
  ) {
    let size = size
    columns.withSpan { columns in
      for column in 0..<size {
        let factor = z[position + column]
        for row in column..<size {
          point[position + row] += factor * columns[column * size + row]
        }
      }
    }
  }

  /// |L⁻¹ (x − mean)|² for each of a block of points.
  ///
  /// - Parameters:
  ///   - points: the block's points, row by row.
  ///   - mean: the mean.
  ///   - scratch: as many numbers as a point has; overwritten.
  ///   - body: called with each row of the block and its squared norm.
  func squaredNorms(
    _ points: Span<Double>,
    mean: Span<Double>,
    scratch: inout MutableSpan<Double>,
    _ body: (_ row: Int, _ squaredNorm: Double) -> Void
  ) {
    let size = size
    columns.withSpan { columns in
      for row in 0..<points.count / size {
        for column in 0..<size {
          scratch[column] = points[row * size + column] - mean[column]
        }
        var sum = 0.0
        for column in 0..<size {
          let value = scratch[column] / columns[column * size + column]
          sum += value * value
          for below in column + 1..<max(size, column + 1) {
            scratch[below] -= value * columns[column * size + below]
          }
        }
        body(row, sum)
      }
    }
  }
}

extension Tensor where Scalar == Double {
  /// Throws unless this square matrix is symmetric to 10⁻⁹ of its largest element.
  ///
  /// NaN is let through to the factorisation, which reports it.
  func checkSymmetric() throws(LinearAlgebraError) {
    let size = shape[0]
    let elements = self.elements
    let largest = elements.reduce(0) { Swift.max($0, $1.magnitude) }
    for row in 0..<size {
      for column in 0..<row {
        let (lower, upper) = (elements[row * size + column], elements[column * size + row])
        if (lower - upper).magnitude > 1e-9 * largest {
          throw .notSymmetric(row: row, column: column, element: lower, mirrored: upper)
        }
      }
    }
  }
}
