public import Tensors

/// A probability law on ℝᵈ that can be drawn from: what an interpolant bridges.
///
/// Draws are addressed: equal blocks give equal points, and the point of a sample does not depend on
/// the other rows of its block.
public protocol Density: Sendable {
  /// d, the number of components of a point.
  var dimension: Int { get }

  /// Draws one point for each row of a block.
  ///
  /// - Parameter block: the address of the draws; an implementation may use all 16 of its parts.
  /// - Returns: `[block.count, dimension]`.
  func sample(_ block: RandomBlock) -> Tensor<Double>
}

/// A density whose value is known at every point.
public protocol ExplicitDensity: Density {
  /// log ρ of each point, in nats; −∞ outside the support.
  ///
  /// - Parameter points: `[count, dimension]`.
  /// - Returns: `[count]`.
  func logDensity(_ points: Tensor<Double>) -> Tensor<Double>

  /// −∫ ρ log ρ, in nats, where it is known to rounding error: a closed form, a finite sum or a
  /// one-dimensional quadrature; else nil.
  var entropy: Double? { get }
}

/// A density that is zero outside a set of which membership is known.
public protocol SupportedDensity: Density {
  /// Whether each point, a row of `[count, dimension]`, lies in the support.
  func contains(_ points: Tensor<Double>) -> [Bool]
}

/// A density whose mean and covariance are known to rounding error.
public protocol MomentedDensity: Density {
  /// E[x], `[dimension]`.
  var mean: Tensor<Double> { get }

  /// E[(x − E[x])(x − E[x])ᵀ], `[dimension, dimension]`.
  var covariance: Tensor<Double> { get }
}

extension Density {
  /// Draws points of consecutive samples.
  ///
  /// - Parameters:
  ///   - count: the number of points.
  ///   - seed: the key of the draws.
  /// - Returns: `[count, dimension]`; the first n points are the same for every count ≥ n.
  public func sample(count: Int, seed: UInt64) -> Tensor<Double> {
    sample(RandomBlock(seed: seed, samples: 0..<count))
  }

  func checkPoints(_ points: Tensor<Double>) {
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "points of a density in \(dimension) dimensions have the shape [count, \(dimension)], got "
        + "\(points.shape)"
    )
  }
}
