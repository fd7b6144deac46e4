public import Tensors

/// Why a set of points cannot be used as data.
public enum PointsError: Error, CustomStringConvertible, Hashable {
  /// The points are no matrix of rows and columns.
  case notAMatrix(shape: [Int])
  /// There is no row.
  case noRows
  /// The rows are empty.
  case noColumns
  /// A value is NaN or infinite; row and column are counted from 0.
  case notFinite(row: Int, column: Int)
  /// There are fewer rows than the operation needs.
  case tooFewRows(count: Int, needed: Int)
  /// Two sets that must agree in shape do not.
  case shapesDiffer(first: [Int], second: [Int])
  /// The values of a column are so far apart that their difference is infinite.
  case tooWide(column: Int)
  /// The covariance has no eigenvalue decomposition.
  case covariance(LinearAlgebraError)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .notAMatrix(let shape):
      "points are a matrix [count, dimension], got the shape \(shape)"
    case .noRows:
      "the set of points has no rows"
    case .noColumns:
      "the points have no columns"
    case .notFinite(let row, let column):
      "the value in row \(row), column \(column) (counted from 0) is NaN or infinite"
    case .tooFewRows(let count, let needed):
      "at least \(needed) rows are needed, got \(count)"
    case .shapesDiffer(let first, let second):
      "two sets of points must have equal shapes, got \(first) and \(second)"
    case .tooWide(let column):
      "the values of column \(column) (counted from 0) are too far apart for double precision"
    case .covariance(let error):
      "the covariance of the points cannot be decomposed: \(error)"
    }
  }

  /// Throws unless the points are a matrix of at least one row and column of finite values.
  static func check(_ points: Tensor<Double>) throws(PointsError) {
    guard points.rank == 2 else { throw .notAMatrix(shape: points.shape) }
    guard points.shape[0] > 0 else { throw .noRows }
    guard points.shape[1] > 0 else { throw .noColumns }
    if let position = points.firstNonFinite {
      throw .notFinite(row: position / points.shape[1], column: position % points.shape[1])
    }
  }
}
