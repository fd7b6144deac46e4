internal import Tensors

/// D = E k(x, x′) + E k(y, y′) − 2 E k(x, y) from two sets of points, with its standard error.
///
/// The estimate is the U-statistic: the means over pairs of different points, so its expectation is D
/// for every count, and where D = 0 it is negative about as often as not.
///
/// **Its variance.** Split each mean into uncorrelated parts (Hoeffding 1948): with
/// g(x) = E k(x, x′), p(x) = E k(x, y), and likewise g′, p′ of y,
///
///     Var = (4/n) Var(g − p) + (4/m) Var(g′ − p′) + B,
///     B = 2 E h² / (n (n − 1)) + 2 E h′² / (m (m − 1)) + 4 E r² / (n m),
///
/// where h and h′ are the kernel centred in both arguments under the law of x and of y, and r is
/// k(x, y) so centred. The first two terms vanish for equal laws, B does not. Each part is estimated
/// without bias by sums over the n and m rows of the kernel's matrices:
///
/// - E h² by [Σ k² − 2/(n − 2) Σᵢ rᵢ² + s²/((n − 1)(n − 2))] / (n (n − 3)) with the sums rᵢ of row i
///   and s of all, the pairs i = j left out (U-centring: Székely, Rizzo 2014; in this form Huo,
///   Székely 2016).
/// - E r² by the residual sum of squares of the two-way layout over (n − 1)(m − 1).
/// - Var(g − p) by the sample variance of rᵢ/(n − 2) − bᵢ, bᵢ the mean of k(xᵢ, ·) over the ys, less
///   E h²/(n − 2) + E r²/m, which is what h and r add to it. For the first quotient: the i-dependent
///   part of rᵢ/(n − 1) is (1 − 1/(n − 1)) g(xᵢ) plus the mean of the h(xᵢ, xⱼ).
///
/// The sum of the first two terms is a variance, so where its estimate is negative it is 0. For equal
/// laws this makes the whole too large: at most twice on average, where one eigenvalue of the kernel
/// carries everything.
///
/// Source: Gretton et al. 2012, for the estimate.
enum PairDiscrepancy {
  static func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    _ kernel: some PairKernel,
    _ workers: Workers
  ) -> Estimate {
    checkPointSets(first, second, rows: 4)
    let (n, m) = (Double(first.shape[0]), Double(second.shape[0]))
    if first.firstNonFinite != nil || second.firstNonFinite != nil {
      return Estimate(value: .nan, standardError: .nan, count: first.shape[0])
    }
    let own = PairSums(within: first, kernel, workers)
    let other = PairSums(within: second, kernel, workers)
    let across = PairSums(first, ColumnPoints(second), kernel, workers)
    let back = PairSums(second, ColumnPoints(first), kernel, workers)

    let mean = across.rows.reduce(0, +) / (n * m)
    let value =
      own.rows.reduce(0, +) / (n * (n - 1)) + other.rows.reduce(0, +) / (m * (m - 1)) - 2 * mean

    let (h, otherH) = (centredSquare(own), centredSquare(other))
    let r = residualSquare(across, back, mean)
    let linear = 4 / n * (spread(own, across, count: m) - h / (n - 2) - r / m)
    let otherLinear = 4 / m * (spread(other, back, count: n) - otherH / (m - 2) - r / n)
    let quadratic = 2 * h / (n * (n - 1)) + 2 * otherH / (m * (m - 1)) + 4 * r / (n * m)
    return Estimate(
      value: value,
      standardError: (max(0, linear + otherLinear) + quadratic).squareRoot(),
      count: first.shape[0]
    )
  }

  /// E h²; a sum of squares, so below 0 by rounding only.
  private static func centredSquare(_ sums: PairSums) -> Double {
    let count = Double(sums.rows.count)
    let total = sums.rows.reduce(0, +)
    let rowSquares = sums.rows.reduce(0) { $0 + $1 * $1 }
    let sum =
      sums.squares - 2 / (count - 2) * rowSquares + total * total / ((count - 1) * (count - 2))
    return max(0, sum) / (count * (count - 3))
  }

  /// E r²; a sum of squares, so below 0 by rounding only.
  private static func residualSquare(
    _ across: PairSums,
    _ back: PairSums,
    _ mean: Double
  ) -> Double {
    let (n, m) = (Double(across.rows.count), Double(back.rows.count))
    let rowSquares = across.rows.reduce(0) { $0 + $1 * $1 } / m
    let columnSquares = back.rows.reduce(0) { $0 + $1 * $1 } / n
    let sum = across.squares - rowSquares - columnSquares + n * m * mean * mean
    return max(0, sum) / ((n - 1) * (m - 1))
  }

  /// The sample variance of rᵢ/(n − 2) − bᵢ.
  private static func spread(_ own: PairSums, _ across: PairSums, count: Double) -> Double {
    let size = Double(own.rows.count)
    let differences = zip(own.rows, across.rows).map { $0 / (size - 2) - $1 / count }
    let mean = differences.reduce(0, +) / size
    return differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (size - 1)
  }
}
