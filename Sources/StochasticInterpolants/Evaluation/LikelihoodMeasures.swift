public import Tensors

/// Measures of a model's log-density ρ̂ at points of the target ρ, in nats.
public enum LikelihoodMeasures {
  /// The cross-entropy −E_ρ[ln ρ̂(x)], estimated by the mean over points of the target.
  ///
  /// It is at least the target's entropy; a model below it by more than the sampling error is
  /// wrong. It is +∞ where ρ̂ vanishes at a point.
  ///
  /// - Parameter modelLogDensities: ln ρ̂ at points drawn from ρ, `[count]`.
  /// - Returns: the mean of −ln ρ̂ with its standard error.
  public static func crossEntropy(_ modelLogDensities: Tensor<Double>) -> Estimate {
    Estimate(meanOf: -modelLogDensities)
  }

  /// KL(ρ ‖ ρ̂) = E_ρ[ln ρ(x) − ln ρ̂(x)], estimated by the mean over points of the target.
  ///
  /// Point by point the difference varies less than either term, so this is to be preferred to
  /// ``klDivergence(crossEntropy:entropy:)`` where ln ρ is known.
  ///
  /// - Parameters:
  ///   - targetLogDensities: ln ρ at points drawn from ρ, `[count]`.
  ///   - modelLogDensities: ln ρ̂ at the same points, `[count]`.
  /// - Returns: the mean of the difference with its standard error.
  public static func klDivergence(
    targetLogDensities: Tensor<Double>,
    modelLogDensities: Tensor<Double>
  ) -> Estimate {
    require(
      targetLogDensities.shape == modelLogDensities.shape,
      "the log-densities of target and model belong to the same points, got the shapes "
        + "\(targetLogDensities.shape) and \(modelLogDensities.shape)"
    )
    return Estimate(meanOf: targetLogDensities - modelLogDensities)
  }

  /// KL(ρ ‖ ρ̂) as the cross-entropy less the target's entropy.
  ///
  /// - Parameters:
  ///   - crossEntropy: of the model.
  ///   - entropy: of the target, known exactly.
  /// - Returns: the difference, with the standard error of the cross-entropy.
  public static func klDivergence(crossEntropy: Estimate, entropy: Double) -> Estimate {
    crossEntropy - entropy
  }
}
