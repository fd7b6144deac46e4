public import Tensors

/// Points from which paths start, sample i from row i: a density in the place of draws.
///
/// `bridge.sample(count: x.shape[0], from: try GivenPoints(x))` carries the rows of x to where the flow or the SDE
/// brings them, and `direction: .backward` carries them from t = 1 to their codes at t = 0. An
/// ``EmpiricalDensity`` draws from points with replacement instead.
public struct GivenPoints: Density {
  /// The points, `[count, dimension]`, in the coordinates of the density they stand for.
  public let points: Tensor<Double>

  /// Points to start from.
  ///
  /// - Parameter points: x, `[count, dimension]`.
  /// - Throws: ``PointsError`` where there are no rows or columns, or a value is not finite.
  public init(_ points: Tensor<Double>) throws(PointsError) {
    try PointsError.check(points)
    self.points = points
  }

  /// The number of components of a point.
  public var dimension: Int { points.shape[1] }

  /// The rows of the samples; those of samples beyond the last row begin again with the first.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let count = points.shape[0]
    let rows = (0..<block.count).map { row -> Int in
      let sample = block.samples.map { Int($0[row]) } ?? Int(block.firstSample) + row
      return sample % count
    }
    return points.gatheringRows(rows)
  }
}
