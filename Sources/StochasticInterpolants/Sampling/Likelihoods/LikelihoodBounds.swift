internal import Tensors

/// Bounds on KL(ρ(1) ‖ ρ̂(1)) in nats, for the law ρ̂ of the forward SDE with a constant ε > 0 and learned
/// drift b̂ + εŝ.
///
/// For the ODE small losses bound nothing (2.39): the Fisher divergence of both laws must be small as
/// well. With noise they do.
public enum LikelihoodBounds {
  /// (1/ε)(L_b[b̂] − min L_b) + ε (L_s[ŝ] − min L_s), (2.45).
  ///
  /// Twice what the paper prints: with losses E[½|·|² − …] the excess is ½∫E|error|², and its step (B.43)
  /// gives KL ≤ (1/2ε)∫E(|b̂ − b|² + ε²|ŝ − s|²). The printed constants are those of losses E[|·|² − 2…]; with
  /// the halved ones they can be exceeded by the divergence itself.
  ///
  /// - Parameters:
  ///   - velocity: the excess loss of b̂.
  ///   - score: the excess loss of ŝ.
  ///   - diffusion: ε.
  /// - Returns: the bound; its standard error is at most what is stated, as both may be correlated.
  public static func velocityAndScore(
    velocity: ExcessLoss,
    score: ExcessLoss,
    diffusion: Double
  ) -> Estimate {
    let epsilon = FieldDeviations.positive(diffusion, at: 0)
    return sum(velocity.estimate, 1 / epsilon, score.estimate, epsilon)
  }

  /// (1/ε)(L_v[v̂] − min L_v) + sup_t (γγ̇ − ε)²/ε · (L_s[ŝ] − min L_s), (2.46), for b̂ = v̂ − γγ̇ŝ.
  ///
  /// Twice what the paper prints, as for (2.45). The supremum is taken over 1,025 equally spaced times,
  /// the ends among them; for a base N(0, C₀), where b̂ = v̂ − αα̇C₀ŝ, of the norm ‖αα̇C₀ − ε Id‖² too.
  ///
  /// - Parameters:
  ///   - conditionalVelocity: the excess loss of v̂.
  ///   - score: the excess loss of ŝ.
  ///   - diffusion: ε.
  ///   - interpolant: whose γγ̇.
  /// - Returns: the bound; its standard error is at most what is stated.
  public static func conditionalVelocityAndScore(
    conditionalVelocity: ExcessLoss,
    score: ExcessLoss,
    diffusion: Double,
    interpolant: some Interpolant
  ) -> Estimate {
    let epsilon = FieldDeviations.positive(diffusion, at: 0)
    let variances = interpolant.latentCovariance.map { covariance in
      guard let own = try? covariance.symmetricEigen().values.elements else {
        fatalError("the covariance of a base is symmetric and finite, got \(covariance)")
      }
      return own
    }
    let largest = (0...1_024).reduce(0.0) { largest, index in
      let product = interpolant.latent(Double(index) / 1_024).product
      return (variances ?? [1]).reduce(largest) { largest, variance in
        let difference = product * variance - epsilon
        return max(largest, difference * difference)
      }
    }
    return sum(conditionalVelocity.estimate, 1 / epsilon, score.estimate, largest / epsilon)
  }

  /// ε* = √((L_b[b̂] − min L_b)/(L_s[ŝ] − min L_s)) (2.49), for which (2.45) is least.
  ///
  /// - Parameters:
  ///   - velocity: the excess loss of b̂.
  ///   - score: the excess loss of ŝ.
  /// - Returns: ε*; NaN where an excess is negative within its error, also where both are.
  public static func optimalDiffusion(velocity: ExcessLoss, score: ExcessLoss) -> Double {
    let (own, other) = (velocity.estimate.value, score.estimate.value)
    return own >= 0 && other >= 0 ? (own / other).squareRoot() : .nan
  }

  private static func sum(
    _ first: Estimate,
    _ firstWeight: Double,
    _ second: Estimate,
    _ secondWeight: Double
  ) -> Estimate {
    Estimate(
      value: firstWeight * first.value + secondWeight * second.value,
      standardError: firstWeight * first.standardError + secondWeight * second.standardError,
      count: min(first.count, second.count)
    )
  }
}
