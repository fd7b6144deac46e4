internal import RealModule
public import Tensors

/// The squared maximum mean discrepancy MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y) of two laws.
///
/// k(x, y) = Σ_b exp(−|x − y|² / (2 σ_b²)), a sum of Gaussian kernels, so MMD² ≥ 0, and 0 for equal
/// laws only. It is the square that is given: the estimate has no bias and may be negative, which its
/// root could not be.
///
/// The bandwidths are part of the measure. A value and its floor are comparable only with the same
/// ones, so the median heuristic is applied once, to points of the right law.
///
/// Source: Gretton, Borgwardt, Rasch, Schölkopf, Smola 2012.
public struct MaximumMeanDiscrepancy: PointSetMeasure, Hashable {
  /// How many points the median is taken over at most.
  public static let medianCount = 1_000

  /// σ_b, in the units of the points.
  public let bandwidths: [Double]

  /// The discrepancy of given bandwidths.
  ///
  /// - Parameter bandwidths: σ_b, at least one, each positive and finite.
  public init(bandwidths: [Double]) {
    require(
      !bandwidths.isEmpty && bandwidths.allSatisfy { $0 > 0 && $0.isFinite },
      "bandwidths are positive and finite, at least one, got \(bandwidths)"
    )
    self.bandwidths = bandwidths
  }

  /// The discrepancy whose bandwidths are multiples of the median distance of points.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`, points of the right law; the median (the lower of two) is that
  ///     of the pairs of ``medianCount`` rows, evenly spaced where there are more, and may not be 0.
  ///   - multiples: σ_b in units of that median.
  public init(medianOf points: Tensor<Double>, multiples: [Double] = [1]) {
    let median = Self.medianDistance(points)
    self.init(bandwidths: multiples.map { $0 * median })
  }

  private static func medianDistance(_ points: Tensor<Double>) -> Double {
    checkPointSet(points, rows: 2)
    // Points may be in an order, by class or by time.
    let count = points.shape[0]
    let few =
      count <= medianCount
      ? points : points.gatheringRows((0..<medianCount).map { $0 * count / medianCount })
    let columns = ColumnPoints(few)
    var distances: [Double] = []
    for row in 1..<columns.count {
      let squares = Tensor<Double>(uninitialized: [row])
      columns.squaredDistances(fromRow: row, of: few, to: 0..<row, into: squares.buffer)
      distances += squares.elements
    }
    distances.sort()
    return distances[(distances.count - 1) / 2].squareRoot()
  }

  /// The U-statistic of MMD²: means over pairs of different points.
  ///
  /// The standard error is that of both sets together, from Hoeffding's decomposition of the
  /// statistic. Where the laws are equal it is on average too large, by a factor of at most √2.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at least four rows.
  ///   - second: as many columns, at least four rows.
  ///   - workers: the threads that share out the rows; the result does not depend on them.
  /// - Returns: MMD², in expectation exactly; NaN where a point is not finite.
  /// - Complexity: (n + m)² exponentials for each bandwidth; memory of the order of n + m.
  public func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate {
    PairDiscrepancy.estimate(first, second, GaussianKernels(bandwidths: bandwidths), workers)
  }
}

/// Σ_b exp(−|x − y|² / (2 σ_b²)).
private struct GaussianKernels: PairKernel {
  let bandwidths: [Double]

  var atZero: Double { Double(bandwidths.count) }

  func evaluate(
    _ squaredDistances: Buffer<Double>,
    into values: Buffer<Double>,
    scratch: Buffer<Double>
  ) {
    values.fill(0)
    for bandwidth in bandwidths {
      let scale = -0.5 / (bandwidth * bandwidth)
      Kernels.affine(scale: scale, offset: 0, squaredDistances, into: scratch)
      Kernels.unary(.exp, scratch, into: scratch)
      Kernels.axpy(1, scratch, into: values)
    }
  }
}
