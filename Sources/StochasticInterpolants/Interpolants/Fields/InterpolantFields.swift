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
  /// Both are of size one at most times; the C library's functions near a zero have errors of that size, as
  /// √(1 − β²) where β is nearly 1. Another schedule differs by far more at one of several times.
  func isClose(to other: Double) -> Bool {
    magnitude.isFinite && (self - other).magnitude <= 1e-9 * Swift.max(1e-3, other.magnitude)
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
