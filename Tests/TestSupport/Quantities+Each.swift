package import StochasticInterpolants

extension Quantities {
  /// Every field and divergence, one a set.
  package static let fields: [Quantities] = [
    .velocity, .conditionalVelocity, .score, .denoiser, .baseDenoiser, .targetDenoiser, .drift,
    .divergence, .scoreDivergence,
  ]

  /// Everything that fields may have, one a set.
  package static let each = fields + [.logDensity]
}
