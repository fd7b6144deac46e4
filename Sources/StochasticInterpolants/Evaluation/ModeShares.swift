internal import RealModule
public import Tensors

/// How points are shared out among the modes of a mixture, beside points of the mixture itself.
///
/// A point belongs to the mode k with the largest wₖ N(x; mₖ, Cₖ). Where modes overlap the share of
/// mode k is not wₖ, even for the mixture itself, so the shares are compared with those of true points.
public struct ModeShares: Sendable, Hashable, CustomStringConvertible {
  /// The share p of each mode, with standard error √(p (1 − p)/n).
  public let shares: [Estimate]
  /// The same of points drawn from the mixture.
  public let exact: [Estimate]
  /// The share of points that belong to no mode because a value is NaN or infinite.
  public let unassigned: Double

  /// The shares of a set of points.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`, at least one row.
  ///   - mixture: the modes.
  ///   - exactCount: how many points are drawn from it.
  ///   - seed: the key of these draws; not that of the points.
  /// - Throws: where a covariance of the mixture has by rounding no Cholesky factor.
  public init(
    of points: Tensor<Double>,
    modes mixture: GaussianMixture,
    exactCount: Int = 100_000,
    seed: UInt64
  ) throws(LinearAlgebraError) {
    checkPointSet(points, rows: 1)
    require(exactCount >= 1, "true points are at least one, got \(exactCount)")
    func shares(_ points: Tensor<Double>) throws(LinearAlgebraError) -> [Estimate] {
      let count = points.shape[0]
      var counts = [Int](repeating: 0, count: mixture.modeCount)
      for case let mode? in try Self.modes(points, of: mixture) { counts[mode] += 1 }
      return counts.map { Estimate(shareOf: $0, in: count) }
    }
    self.shares = try shares(points)
    exact = try shares(mixture.sample(count: exactCount, seed: seed))
    unassigned = 1 - self.shares.reduce(0) { $0 + $1.value }
  }

  /// The most probable mode of each point, the first of equals; nil for a point that is not finite.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`.
  ///   - mixture: the modes.
  /// - Returns: as many modes as points.
  /// - Throws: where a covariance of the mixture has by rounding no Cholesky factor.
  public static func modes(
    _ points: Tensor<Double>,
    of mixture: GaussianMixture
  ) throws(LinearAlgebraError) -> [Int?] {
    let dimension = mixture.dimension
    var best = [Double](repeating: -.infinity, count: points.shape[0])
    var modes = [Int?](repeating: nil, count: points.shape[0])
    for (mode, weight) in mixture.weights.enumerated() {
      let gaussian = try Gaussian(
        mean: mixture.means.slice(mode..<mode + 1).reshaped([dimension]),
        covariance: mixture.covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
      )
      let values = gaussian.logDensity(points)
      let logWeight = Double.log(weight)
      values.withSpan { values in
        for row in 0..<values.count where logWeight + values[row] > best[row] {
          best[row] = logWeight + values[row]
          modes[row] = mode
        }
      }
    }
    return modes
  }

  /// The largest difference of a share from that of true points, in its standard errors.
  ///
  /// For counts n and m the error is √(q (1 − q)(1/n + 1/m)) with the share q of both together, which
  /// does not vanish where one share is 0. 0 where both sets have all or no points in the mode.
  public var largestDeviation: Double {
    zip(shares, exact).reduce(0) { largest, pair in
      let difference = (pair.0.value - pair.1.value).magnitude
      if difference == 0 { return largest }
      let (n, m) = (Double(pair.0.count), Double(pair.1.count))
      let joint = (n * pair.0.value + m * pair.1.value) / (n + m)
      return max(largest, difference / (joint * (1 - joint) * (1 / n + 1 / m)).squareRoot())
    }
  }

  /// ½ Σₖ |pₖ − qₖ| of the shares and those of true points, beside what two true sets have.
  ///
  /// A share's difference of two true sets is nearly normal with variance s² = q (1 − q)(1/n + 1/m), so
  /// the floor is ½ Σₖ s √(2/π). The standard error of the value is not known.
  public var totalVariation: MeasuredDistance {
    var (value, floor) = (0.0, 0.0)
    let (n, m) = (shares[0].count, exact[0].count)
    let joined = 1 / Double(n) + 1 / Double(m)
    for (share, right) in zip(shares, exact) {
      value += 0.5 * (share.value - right.value).magnitude
      let variance = right.value * (1 - right.value) * joined
      floor += 0.5 * (2 * variance / Double.pi).squareRoot()
    }
    return MeasuredDistance(
      value: Estimate(value: value, standardError: .nan, count: n),
      floor: Estimate(value: floor, standardError: 0, count: m)
    )
  }

  /// Each mode's share and that of true points.
  public var description: String {
    zip(shares, exact).enumerated().map { "mode \($0): \($1.0) (true \($1.1))" }
      .joined(separator: ", ")
  }
}

extension Estimate {
  /// A share p = hits/count with standard error √(p (1 − p)/count).
  init(shareOf hits: Int, in count: Int) {
    let share = Double(hits) / Double(count)
    let variance = share * (1 - share) / Double(count)
    self.init(value: share, standardError: variance.squareRoot(), count: count)
  }
}
