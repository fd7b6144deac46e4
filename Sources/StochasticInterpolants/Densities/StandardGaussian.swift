internal import RealModule
public import Tensors

/// The standard normal law N(0, I) on ℝᵈ.
///
/// ρ(x) = (2π)^(−d/2) exp(−|x|²/2). Support: ℝᵈ. Entropy: d/2 · (1 + ln 2π).
public struct StandardGaussian: ExplicitDensity, MomentedDensity, Hashable {
  /// d.
  public let dimension: Int

  /// The standard normal law on ℝᵈ.
  ///
  /// - Parameter dimension: d, at least 1.
  public init(dimension: Int) {
    require(dimension >= 1, "a Gaussian needs at least one dimension, got \(dimension)")
    self.dimension = dimension
  }

  /// Draws from N(0, I); part 0 of the block, normal numbers.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    block.normal(columns: dimension)
  }

  /// −|x|²/2 − d/2 · ln 2π.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let dimension = dimension
    let offset = -0.5 * Double(dimension) * logTwoPi
    let result = Tensor<Double>(uninitialized: [points.shape[0]])
    points.withSpan { source in
      result.buffer.withMutableSpan { target in
        for row in 0..<target.count {
          var sum = 0.0
          for position in row * dimension..<(row + 1) * dimension {
            sum += source[position] * source[position]
          }
          target[row] = offset - 0.5 * sum
        }
      }
    }
    return result
  }

  /// d/2 · (1 + ln 2π).
  public var entropy: Double? { 0.5 * Double(dimension) * (1 + logTwoPi) }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [dimension]) }

  /// I.
  public var covariance: Tensor<Double> { Tensor(identity: dimension) }
}
