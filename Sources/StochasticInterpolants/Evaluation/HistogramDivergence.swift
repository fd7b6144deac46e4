internal import RealModule
public import Tensors

/// KL(p̂ ‖ p) of the histogram p̂ of points on the line against exact probabilities p.
///
/// The cells are equal bins over a range, and the two tails outside it:
/// KL = Σ_b p̂_b ln(p̂_b / p_b) in nats. This is a divergence of two discrete laws: at most that of the
/// densities, and what differs within a cell is not seen.
///
/// **Floor.** 2 n KL is the likelihood-ratio statistic; for the right law it tends to χ² with B − 1
/// degrees of freedom for B cells of positive probability (Wilks 1938), so KL has mean (B − 1)/(2n) and
/// variance (B − 1)/(2n²). This needs n p_b of at least about 5 in every cell.
///
/// **Standard error.** For another law the variance is, to first order, Var_p̂(ln(p̂_b/p_b))/n, of which
/// (B − 1)/n² stems from the noise of p̂. The variance given is that first-order term less its noise,
/// where positive, plus (B − 1)/(2n²).
public struct HistogramDivergence: Sendable, Hashable {
  /// The ends of the bins, ascending: one more than there are bins.
  public let edges: [Double]
  /// p_b: the lower tail, the bins, the upper tail.
  public let probabilities: [Double]

  /// The divergence from a law given by its distribution function.
  ///
  /// Differences of F lose digits where F is near 1; for a mixture there is
  /// ``init(range:binCount:of:)``.
  ///
  /// - Parameters:
  ///   - range: what the bins divide, finite and not a single point.
  ///   - binCount: the number of bins, at least 1.
  ///   - cumulative: F(x), the probability of values below x; not descending, in [0, 1].
  public init(
    range: ClosedRange<Double>,
    binCount: Int,
    cumulative: (Double) -> Double
  ) {
    let edges = Self.edges(range, binCount)
    let values = [0] + edges.map(cumulative) + [1]
    self.init(edges: edges, probabilities: zip(values, values.dropFirst()).map { $1 - $0 })
  }

  /// The divergence from a mixture on the line.
  ///
  /// - Parameters:
  ///   - range: what the bins divide, finite and not a single point.
  ///   - binCount: the number of bins, at least 1.
  ///   - mixture: of one dimension.
  public init(range: ClosedRange<Double>, binCount: Int, of mixture: GaussianMixture) {
    let edges = Self.edges(range, binCount)
    let ends = [-.infinity] + edges + [.infinity]
    self.init(
      edges: edges,
      probabilities: zip(ends, ends.dropFirst()).map { mixture.probability(from: $0, to: $1) }
    )
  }

  init(edges: [Double], probabilities: [Double]) {
    require(
      probabilities.allSatisfy { $0 >= 0 },
      "the probabilities of the cells are not negative, got \(probabilities)"
    )
    self.edges = edges
    self.probabilities = probabilities
  }

  private static func edges(_ range: ClosedRange<Double>, _ binCount: Int) -> [Double] {
    let width = range.upperBound - range.lowerBound
    require(
      binCount >= 1 && width > 0 && width.isFinite,
      "bins divide a finite range of positive width, got \(binCount) bins of \(range)"
    )
    return (0...binCount).map { index in
      range.lowerBound + width * (Double(index) / Double(binCount))
    }
  }

  /// The number of points in each cell: lower tail, bins, upper tail.
  ///
  /// - Parameter points: `[count]` or `[count, 1]`.
  /// - Returns: the counts, or nil where a point is NaN.
  public func counts(_ points: Tensor<Double>) -> [Int]? {
    require(
      points.rank == 1 || points.rank == 2 && points.shape[1] == 1,
      "a histogram is of points on the line, [count] or [count, 1], got \(points.shape)"
    )
    let edges = edges
    return points.withSpan { x in
      var counts = [Int](repeating: 0, count: probabilities.count)
      for index in 0..<x.count {
        if x[index].isNaN { return nil }
        counts[Self.cell(of: x[index], edges)] += 1
      }
      return counts
    }
  }

  /// The number of edges at or below x.
  private static func cell(of x: Double, _ edges: [Double]) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// KL(p̂ ‖ p) beside its floor.
  ///
  /// - Parameter points: `[count]` or `[count, 1]`, at least one.
  /// - Returns: the divergence; ∞ where points lie in a cell of probability 0, NaN where a point is.
  ///   The floor is known, so its standard error is 0.
  public func measure(_ points: Tensor<Double>) -> MeasuredDistance {
    require(points.count >= 1, "a histogram needs at least one point")
    let count = Double(points.count)
    let freedom = Double(probabilities.count { $0 > 0 } - 1)
    let floor = Estimate(value: freedom / (2 * count), standardError: 0, count: points.count)
    guard let counts = counts(points) else {
      let value = Estimate(value: .nan, standardError: .nan, count: points.count)
      return MeasuredDistance(value: value, floor: floor)
    }
    var (mean, square) = (0.0, 0.0)
    for (cell, probability) in zip(counts, probabilities) where cell > 0 {
      let share = Double(cell) / count
      let logRatio = Double.log(share / probability)
      mean += share * logRatio
      square += share * logRatio * logRatio
    }
    let noise = freedom / (count * count)
    let linear = max(0, (square - mean * mean) / count - noise)
    let value = Estimate(
      value: mean,
      standardError: mean.isFinite ? (linear + noise / 2).squareRoot() : .nan,
      count: points.count
    )
    return MeasuredDistance(value: value, floor: floor)
  }
}
