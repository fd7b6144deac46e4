internal import Tensors

/// Mean and covariance of the rows of a matrix, with the divisor n.
enum PointMoments {
  /// x₀ + (1/n) Σᵢ (xᵢ − x₀), so that equal rows have exactly their value for mean.
  static func mean(_ points: Tensor<Double>) -> Tensor<Double> {
    let (count, dimension) = (points.shape[0], points.shape[1])
    var sums = [Double](repeating: 0, count: dimension)
    points.withSpan { x in
      for row in 0..<count {
        for column in 0..<dimension {
          sums[column] += x[row * dimension + column] - x[column]
        }
      }
      for column in 0..<dimension { sums[column] = x[column] + sums[column] / Double(count) }
    }
    return Tensor(sums)
  }

  /// (1/n) Σᵢ (xᵢ − mean)(xᵢ − mean)ᵀ.
  static func covariance(_ points: Tensor<Double>, mean: Tensor<Double>) -> Tensor<Double> {
    let centred = points - mean
    let sum = Tensor.product(centred, centred, transposingFirst: true)
    return sum / Double(points.shape[0])
  }
}
