/// Fields that know their interpolant.
protocol InterpolantFields {
  /// Whether the interpolant draws a point x₀.
  var hasBasePoint: Bool { get }

  /// γ of the interpolant.
  func latent(_ time: Double) -> Double
}

extension LearnedFields: InterpolantFields {
  var hasBasePoint: Bool { interpolant.hasBasePoint }
  func latent(_ time: Double) -> Double { interpolant.latent(time).value }
}

extension MixtureFields: InterpolantFields {
  var hasBasePoint: Bool { interpolant.hasBasePoint }
  func latent(_ time: Double) -> Double { interpolant.latent(time).value }
}

extension TransferredFields: InterpolantFields {
  var hasBasePoint: Bool { transfer.target.hasBasePoint }
  func latent(_ time: Double) -> Double { transfer.target.latent(time).value }
}
