internal import RealModule
public import Tensors

/// KL(ρ ‖ ρ̂) with ρ̂ a kernel density estimate of a model's points, in a form that is never negative.
///
/// With r = ρ̂/ρ at m fresh points of ρ,
///
///     KL ≈ (1/m) Σᵢ (−ln r(xᵢ) + r(xᵢ) − 1).
///
/// Every term is at least 0, since ln r ≤ r − 1, and E_ρ[r − 1] = 0 where ρ > 0 wherever ρ̂ > 0: a
/// control variate. (7.1) prints the correction with the other sign, which has the same expectation
/// but can be negative. Where ρ vanishes on part of ℝᵈ, as on a checkerboard, the expectation is KL
/// less the mass that ρ̂ has there.
///
/// The variance of r under ρ must be finite for the standard error to mean anything: between Gaussians
/// the model's variance must be below twice that of ρ in every direction.
///
/// The estimate smooths: even a perfect model is some way from 0, mostly by the bias of ρ̂, and the
/// floor shows by how much. In many dimensions it says nothing; compare a few columns, as the paper
/// does with the first two.
///
/// Source: arXiv 2303.08797, (7.1), sign corrected. The density estimate: ``GaussianKernelDensity``.
public struct KernelDensityDivergence<Target: ExplicitDensity>: PointSetMeasure {
  /// ρ: the law of the columns that are compared.
  public let target: Target
  /// The columns of the points that are compared, counted from 0.
  public let columns: [Int]

  /// The divergence from a law.
  ///
  /// - Parameters:
  ///   - target: ρ, the law of the compared columns, as ``GaussianMixture/marginal(columns:)``.
  ///   - columns: as many columns as ρ has dimensions; the first ones unless given.
  public init(from target: Target, columns: [Int]? = nil) {
    let columns = columns ?? Array(0..<target.dimension)
    require(
      columns.count == target.dimension && columns.allSatisfy { $0 >= 0 },
      "a law of \(target.dimension) dimensions is compared in as many columns, got \(columns)"
    )
    self.target = target
    self.columns = columns
  }

  /// The mean of −ln r + r − 1 over fresh points.
  ///
  /// - Parameters:
  ///   - first: the model's points, `[count, dimension]`, at least two rows.
  ///   - second: fresh points of the right law, `[otherCount, dimension]`.
  ///   - workers: the threads that share out the fresh points; the result does not depend on them.
  /// - Returns: the mean in nats; its standard error is that of the fresh points, for the model's
  ///   points as they are. NaN where a point is not finite or the model's points lie in a hyperplane.
  /// - Complexity: count · otherCount exponentials.
  public func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate {
    checkPointSets(first, second, rows: 1)
    let (model, fresh) = (selected(first), selected(second))
    let density: GaussianKernelDensity
    do {
      density = try GaussianKernelDensity(points: model)
    } catch {
      return Estimate(value: .nan, standardError: .nan, count: fresh.shape[0])
    }
    let logRatios = density.logDensity(fresh, workers: workers) - target.logDensity(fresh)
    return Estimate(meanOf: Tensor(logRatios.elements.map { Double.expMinusOne($0) - $0 }))
  }

  private func selected(_ points: Tensor<Double>) -> Tensor<Double> {
    require(
      columns.allSatisfy { $0 < points.shape[1] },
      "the columns \(columns) are compared, but the points have \(points.shape[1])"
    )
    return points.transposed.gatheringRows(columns).transposed
  }
}
