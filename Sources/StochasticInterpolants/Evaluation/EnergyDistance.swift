public import Tensors

/// The energy distance 𝓔 = 2 E|x − y| − E|x − x′| − E|y − y′| of two laws, from a set of points of each.
///
/// 𝓔 ≥ 0, and 0 for equal laws only. It is the quantity without a root, in the units of the points. On
/// the line it is 2 ∫ (F − G)². The estimate has no bias and may be negative.
///
/// Source: Székely, Rizzo 2013.
public struct EnergyDistance: PointSetMeasure, Hashable {
  /// The energy distance.
  public init() {}

  /// The U-statistic of 𝓔: means over pairs of different points.
  ///
  /// The standard error is that of both sets together, from Hoeffding's decomposition of the
  /// statistic. Where the laws are equal it is on average too large, by a factor of at most √2.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at least four rows.
  ///   - second: as many columns, at least four rows.
  ///   - workers: the threads that share out the rows; the result does not depend on them.
  /// - Returns: 𝓔, in expectation exactly; NaN where a point is not finite.
  /// - Complexity: (n + m)² distances; memory of the order of n + m.
  public func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate {
    PairDiscrepancy.estimate(first, second, NegativeDistance(), workers)
  }
}

/// −|x − y|.
private struct NegativeDistance: PairKernel {
  var atZero: Double { 0 }

  func evaluate(
    _ squaredDistances: Buffer<Double>,
    into values: Buffer<Double>,
    scratch: Buffer<Double>
  ) {
    Kernels.unary(.squareRoot, squaredDistances, into: values)
    Kernels.affine(scale: -1, offset: 0, values, into: values)
  }
}
