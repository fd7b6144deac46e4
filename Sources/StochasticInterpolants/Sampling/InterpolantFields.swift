/// Fields that know their interpolant.
protocol InterpolantFields {
  /// Whether the interpolant draws a point x₀.
  var hasBasePoint: Bool { get }

  /// γ of the interpolant.
  func latent(_ time: Double) -> Double

  /// α, β and γ of an interpolant that is linear in its ends.
  func linearCoefficients(_ time: Double) -> LinearCoefficients?
}

extension LearnedFields: InterpolantFields {
  var hasBasePoint: Bool { interpolant.hasBasePoint }
  func latent(_ time: Double) -> Double { interpolant.latent(time).value }
  func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    interpolant.linearCoefficients(time)
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
