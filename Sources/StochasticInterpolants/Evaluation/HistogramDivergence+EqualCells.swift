internal import Tensors

extension HistogramDivergence {
  /// The divergence in cells of equal probability, where equal bins would leave many almost empty: a
  /// mixture of modes far apart.
  ///
  /// The edges are the mixture's quantiles k/B, to neighbouring numbers, and the probabilities those of
  /// the edges found, so that rounding is no error.
  ///
  /// - Parameters:
  ///   - cellCount: B, at least 2; points should be at least 5B.
  ///   - mixture: of one dimension.
  public init(cellCount: Int, of mixture: GaussianMixture) {
    require(cellCount >= 2, "a histogram has at least two cells, got \(cellCount)")
    require(
      mixture.dimension == 1,
      "a histogram is of a law on the line, not in \(mixture.dimension)-D"
    )
    // Within 40 standard deviations of a mode lies all the probability that numbers can tell from 0.
    let modes = zip(mixture.means.elements, mixture.covariances.elements).map { mean, variance in
      (mean: mean, reach: 40 * variance.squareRoot())
    }
    let start = modes.reduce(.infinity) { min($0, $1.mean - $1.reach) }
    let end = modes.reduce(-.infinity) { max($0, $1.mean + $1.reach) }
    let edges = (1..<cellCount).map { index in
      let level = Double(index) / Double(cellCount)
      var (low, high) = (start, end)
      while true {
        let middle = 0.5 * (low + high)
        if middle <= low || middle >= high { return low }
        if mixture.probability(from: -.infinity, to: middle) <= level {
          low = middle
        } else {
          high = middle
        }
      }
    }
    let ends = [-.infinity] + edges + [.infinity]
    self.init(
      edges: edges,
      probabilities: zip(ends, ends.dropFirst()).map { mixture.probability(from: $0, to: $1) }
    )
  }
}
