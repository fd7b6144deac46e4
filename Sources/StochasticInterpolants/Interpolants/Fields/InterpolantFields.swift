/// Fields that know their interpolant.
protocol InterpolantFields {
  /// Whether the interpolant draws a point x₀.
  var hasBasePoint: Bool { get }

  /// γ of the interpolant.
  func latent(_ time: Double) -> Double

  /// α, β and γ of an interpolant that is linear in its ends.
  func linearCoefficients(_ time: Double) -> LinearCoefficients?
}

extension Double {
  /// Whether a coefficient is the same but for the roundings of two ways to compute it.
  ///
  /// Relative to the coefficient, and near a zero of it, as √(1 − β²) has where β is nearly 1, absolute. Another
  /// schedule differs by far more at one of several times.
  func isClose(to other: Double) -> Bool {
    isFinite && other.isFinite
      && (self - other).magnitude <= 1e-9 * Swift.max(1e-3, other.magnitude)
  }
}

extension MixtureFields: InterpolantFields {
  var hasBasePoint: Bool { interpolant.hasBasePoint }
  func latent(_ time: Double) -> Double { interpolant.latent(time).value }
  func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    interpolant.linearCoefficients(time)
  }
}

extension TransferredFields: InterpolantFields {
  var hasBasePoint: Bool { transfer.target.hasBasePoint }
  func latent(_ time: Double) -> Double { transfer.target.latent(time).value }
  func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    transfer.target.linearCoefficients(time)
  }
}
