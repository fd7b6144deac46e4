internal import RealModule
public import Tensors

extension Standardization {
  /// The share of the largest eigenvalue of the correlation below which a direction counts as
  /// constant in whitening; the data's rounding errors reach this far.
  static let degenerateShare = 1e-12

  /// The change of variables that standardises a set of points.
  ///
  /// With the divisor n, so that the columns of `apply(points)` have mean 0 and variance 1 up to
  /// rounding. A constant column (and a single row) has no scale: 1 is taken for it, so it becomes a
  /// column of zeros. So too with whitening for a direction in which the scaled columns do not vary
  /// (an eigenvalue of their correlation below 10⁻¹² of the largest): it keeps its scale.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`.
  ///   - method: mean and scale unless given.
  /// - Returns: the map from the points to standardised ones.
  /// - Throws: where there are no rows or columns, or at the first value that is not finite.
  public static func fitted(
    to points: Tensor<Double>,
    method: Method = .scale
  ) throws(PointsError) -> Standardization {
    try PointsError.check(points)
    if method == .identity { return .identity(dimension: points.shape[1]) }
    let mean = PointMoments.mean(points)
    let scales = try columnScales(points, mean: mean)
    let scaled = Standardization(method: .scale, mean: mean.elements, scales: scales)
    if method == .scale { return scaled }
    let correlation: Correlation
    do {
      correlation = try Self.correlation(of: scaled.apply(points))
    } catch {
      throw .covariance(error)
    }
    return Standardization(
      method: .whitening,
      mean: mean.elements,
      scales: scales,
      correlation: correlation
    )
  }

  /// The standard deviation of each column, 1 for a constant one.
  private static func columnScales(
    _ points: Tensor<Double>,
    mean: Tensor<Double>
  ) throws(PointsError) -> [Double] {
    let (count, dimension) = (points.shape[0], points.shape[1])
    var scales: [Double] = []
    for column in 0..<dimension {
      let centre = mean[column]
      // Relative to the largest deviation, so that squares neither overflow nor vanish.
      let scale = points.withSpan { x in
        var largest = 0.0
        var isWide = !centre.isFinite
        for row in 0..<count {
          let deviation = (x[row * dimension + column] - centre).magnitude
          largest = max(largest, deviation)
          isWide = isWide || !deviation.isFinite
        }
        if isWide { return Double.infinity }
        // Also a column that is constant but for the rounding of its numbers and of their mean.
        if largest <= 8 * centre.ulp { return 1 }
        var sum = 0.0
        for row in 0..<count {
          let deviation = (x[row * dimension + column] - centre) / largest
          sum += deviation * deviation
        }
        return largest * (sum / Double(count)).squareRoot()
      }
      guard scale.isFinite else { throw .tooWide(column: column) }
      scales.append(scale > 0 ? scale : 1)
    }
    return scales
  }

  /// The root of the correlation of scaled points, C^½ = V Λ^½ Vᵀ, and its inverse.
  private static func correlation(
    of scaled: Tensor<Double>
  ) throws(LinearAlgebraError) -> Correlation {
    let dimension = scaled.shape[1]
    let zero = Tensor<Double>(zeros: [dimension])
    let (values, vectors) = try PointMoments.covariance(scaled, mean: zero).symmetricEigen()
    let least = degenerateShare * values[dimension - 1]
    let roots = values.elements.map { $0 > least ? $0.squareRoot() : 1 }
    func matrix(_ factors: [Double]) -> Tensor<Double> {
      let product = Tensor.product(vectors * Tensor(factors), vectors, transposingSecond: true)
      return (product + product.transposed) * 0.5
    }
    return Correlation(
      root: matrix(roots),
      inverseRoot: matrix(roots.map { 1 / $0 }),
      logDeterminant: roots.reduce(0) { $0 + Double.log($1) }
    )
  }
}
