/// Why a table of weights makes no density.
public enum GridDensityError: Error, CustomStringConvertible, Hashable {
  /// The weights are no matrix with at least one row and one column.
  case notAMatrix(shape: [Int])
  /// A weight is negative; row and column are counted from 0, row 0 at the bottom.
  case negative(row: Int, column: Int, weight: Double)
  /// A weight is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// Every weight is zero.
  case allZero(rows: Int, columns: Int)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .notAMatrix(let shape):
      "the weights of a grid are a matrix of at least one row and column, got the shape \(shape)"
    case .negative(let row, let column, let weight):
      "the weight in row \(row), column \(column) of a grid is negative: \(weight)"
    case .notFinite(let row, let column):
      "the weight in row \(row), column \(column) of a grid is NaN or infinite"
    case .allZero(let rows, let columns):
      "all \(rows) × \(columns) weights of a grid are zero"
    }
  }
}
