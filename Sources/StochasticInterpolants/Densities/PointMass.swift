public import Tensors

/// All mass in one point, δ(x − x₀).
///
/// It has no density; every draw is x₀.
public struct PointMass: MomentedDensity, Hashable {
  /// x₀, `[dimension]`.
  private let coordinates: [Double]

  /// The mass in a point.
  ///
  /// - Parameter point: x₀, `[dimension]`, finite.
  public init(_ point: Tensor<Double>) {
    require(
      point.rank == 1 && point.count >= 1 && point.firstNonFinite == nil,
      "a point mass needs a vector of at least one finite number, got \(point)"
    )
    coordinates = point.elements
  }

  /// x₀, `[dimension]`.
  public var point: Tensor<Double> { Tensor(coordinates) }

  /// d.
  public var dimension: Int { coordinates.count }

  /// x₀ in every row.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    point.broadcast(to: [block.count, dimension])
  }

  /// x₀.
  public var mean: Tensor<Double> { point }

  /// Zeros.
  public var covariance: Tensor<Double> { Tensor(zeros: [dimension, dimension]) }
}
