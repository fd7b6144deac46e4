public import Tensors

extension InterpolantSample {
  /// The target of a field at ``points(sign:)``.
  ///
  /// - Parameters:
  ///   - kind: which field.
  ///   - sign: 1, or −1 for the antithetic partner.
  /// - Returns: `[rows, dimension]`.
  public func target(_ kind: VectorField, sign: Double = 1) -> Tensor<Double> {
    switch kind {
    case .velocity: return velocityTarget(sign: sign)
    case .conditionalVelocity: return conditionalVelocityTarget()
    case .score: return scoreTarget(sign: sign)
    case .denoiser: return denoiserTarget(sign: sign)
    case .baseDenoiser:
      guard let base else { fatalError("this interpolant has no point x₀ of its own") }
      return base
    case .targetDenoiser: return target
    case .drift: return processDriftTarget(sign: sign)
    }
  }
}
