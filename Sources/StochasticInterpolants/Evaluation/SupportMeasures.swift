public import Tensors

/// Measures of samples against the support of a density.
public enum SupportMeasures {
  /// The share p of points outside the support, with standard error √(p (1 − p) / n).
  ///
  /// A NaN point counts as outside. For p = 0 the standard error is 0 and says nothing: then with 95 %
  /// confidence the true share is below 3/n.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`, at least one.
  ///   - density: the density whose support it is.
  /// - Returns: p with its standard error.
  public static func shareOutside(
    _ points: Tensor<Double>,
    of density: some SupportedDensity
  ) -> Estimate {
    let inside = density.contains(points)
    require(!inside.isEmpty, "the share of points outside a support needs at least one point")
    return Estimate(shareOf: inside.count { !$0 }, in: inside.count)
  }
}
