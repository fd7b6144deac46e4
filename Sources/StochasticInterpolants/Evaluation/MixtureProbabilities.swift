internal import RealModule
public import Tensors

extension GaussianMixture {
  /// The law of some columns: the mixture of the same weights with those parts of mₖ and Cₖ.
  ///
  /// - Parameter columns: different columns, counted from 0, at least one.
  /// - Returns: a mixture in as many dimensions.
  /// - Throws: where a part of a covariance is, by rounding, not positive definite.
  public func marginal(columns: [Int]) throws(GaussianMixtureError) -> GaussianMixture {
    require(
      !columns.isEmpty && Set(columns).count == columns.count
        && columns.allSatisfy { $0 >= 0 && $0 < dimension },
      "columns of a law in \(dimension) dimensions are different numbers in 0..<\(dimension), got "
        + "\(columns)"
    )
    let size = columns.count
    var parts: [Double] = []
    for mode in 0..<modeCount {
      let covariance = covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
      for row in columns {
        for column in columns { parts.append(covariance[row, column]) }
      }
    }
    return try GaussianMixture(
      weights: weights,
      means: means.transposed.gatheringRows(columns).transposed,
      covariances: Tensor(parts, shape: [modeCount, size, size])
    )
  }

  /// The law of ⟨θ, x⟩, a mixture of N(⟨θ, mₖ⟩, θᵀCₖθ) of the same weights on the line.
  ///
  /// - Parameter direction: θ, `[dimension]`, not 0; not scaled to length 1.
  /// - Returns: a mixture in one dimension.
  /// - Throws: where some θᵀCₖθ is, by rounding, not positive.
  public func marginal(along direction: Tensor<Double>) throws(GaussianMixtureError)
    -> GaussianMixture
  {
    require(
      direction.shape == [dimension] && direction.firstNonFinite == nil
        && direction.sumOfSquares > 0,
      "the direction of a marginal is a vector of \(dimension) finite numbers, not all 0, got "
        + "\(direction)"
    )
    let column = direction.reshaped([dimension, 1])
    let variances = (0..<modeCount).map { mode in
      let covariance = covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
      return (column * Tensor.product(covariance, column)).sum()
    }
    return try GaussianMixture(
      weights: weights,
      means: Tensor.product(means, column),
      covariances: Tensor(variances, shape: [modeCount, 1, 1])
    )
  }

  /// The probability Σₖ wₖ (Φ((b − mₖ)/σₖ) − Φ((a − mₖ)/σₖ)) of an interval [a, b), for one dimension.
  ///
  /// In a tail the difference is taken of complementary error functions on the far side, so a small
  /// probability is right to relative rounding.
  ///
  /// - Parameters:
  ///   - lower: a, −∞ for the lower tail.
  ///   - upper: b ≥ a, ∞ for the upper tail.
  /// - Returns: the probability.
  public func probability(from lower: Double, to upper: Double) -> Double {
    require(dimension == 1, "an interval is for a law on the line, not in \(dimension)-D")
    require(lower <= upper, "the ends of an interval ascend, got \(lower) and \(upper)")
    let variances = covariances.elements
    var sum = 0.0
    for mode in 0..<modeCount {
      let scale = (2 * variances[mode]).squareRoot()
      let (a, b) = ((lower - means[mode, 0]) / scale, (upper - means[mode, 0]) / scale)
      let twice =
        if a > 0 {
          Double.erfc(a) - Double.erfc(b)
        } else if b < 0 {
          Double.erfc(-b) - Double.erfc(-a)
        } else {
          Double.erf(b) - Double.erf(a)
        }
      sum += weights[mode] * 0.5 * twice
    }
    return sum
  }
}
