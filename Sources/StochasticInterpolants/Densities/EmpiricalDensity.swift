internal import Gradients
public import Tensors

/// The law of a row drawn from a finite set of points: ρ = (1/n) Σᵢ δ(x − xᵢ).
///
/// Support: the points. There is no density with respect to volume. The exact minimiser of an
/// objective on a finite set memorises it: hold points out and watch their loss.
public struct EmpiricalDensity: MomentedDensity, Equatable, Codable {
  /// xᵢ, `[count, dimension]`.
  public let points: Tensor<Double>

  /// The law of a row of a set of points.
  ///
  /// - Parameter points: `[count, dimension]`.
  /// - Throws: where there are no rows or columns, or at the first value that is not finite.
  public init(points: Tensor<Double>) throws(PointsError) {
    try PointsError.check(points)
    self.points = points
  }

  init(checked points: Tensor<Double>) { self.points = points }

  private enum CodingKeys: String, CodingKey { case points }

  /// Reads the points; throws where they are no set of points.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(points: try container.decode(Tensor<Double>.self, forKey: .points))
  }

  /// The number of points.
  public var count: Int { points.shape[0] }

  /// The number of columns.
  public var dimension: Int { points.shape[1] }

  /// Draws rows with replacement; part 0 of the block, a uniform number.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    points.gatheringRows(block.integers(below: count))
  }

  /// Divides the points at random into some to train on and some to judge by.
  ///
  /// Both parts keep the order of the points, and together they are the points.
  ///
  /// - Parameters:
  ///   - fraction: the share that is held out, in (0, 1), rounded to a whole number of points that
  ///     leaves at least one in each part.
  ///   - seed: the key of the permutation.
  /// - Returns: the two parts.
  /// - Throws: where there are fewer than two points.
  public func split(
    holdingOut fraction: Double,
    seed: UInt64
  ) throws(PointsError) -> (training: EmpiricalDensity, heldOut: EmpiricalDensity) {
    require(
      fraction > 0 && fraction < 1,
      "the held-out fraction must lie in (0, 1), got \(fraction)"
    )
    guard count >= 2 else { throw .tooFewRows(count: count, needed: 2) }
    let heldOutCount = max(1, min(count - 1, Int((fraction * Double(count)).rounded())))
    let order = Philox.permutation(count: count, seed: seed, stream: Streams.split)
    let heldOut = order[..<heldOutCount].sorted()
    let training = order[heldOutCount...].sorted()
    return (
      EmpiricalDensity(checked: points.gatheringRows(training)),
      EmpiricalDensity(checked: points.gatheringRows(heldOut))
    )
  }

  /// (1/n) Σᵢ xᵢ.
  public var mean: Tensor<Double> { PointMoments.mean(points) }

  /// (1/n) Σᵢ (xᵢ − mean)(xᵢ − mean)ᵀ.
  public var covariance: Tensor<Double> { PointMoments.covariance(points, mean: mean) }
}
