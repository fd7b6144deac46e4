public import Tensors

/// Eight equally likely normal modes on a circle.
///
/// ρ(x) = ⅛ Σₖ N(x; R (cos kπ/4, sin kπ/4), σ² I), k = 0 … 7. Support: ℝ². The entropy has no closed
/// form. Mean 0, covariance (R²/2 + σ²) I.
///
/// Three incompatible densities of this name are in use; here R and σ are arguments and mean what
/// they say. FFJORD's has R = 4/1.414 and σ = 0.5/1.414: the default here without that division.
/// TorchCFM's has R = 5 and passes √0.1 as the covariance, so σ = 0.1^(1/4) = 0.5623.
public struct EightGaussians: ExplicitDensity, MomentedDensity, Hashable {
  /// R, the radius of the circle.
  public let radius: Double
  /// σ, the standard deviation of a mode along each axis.
  public let standardDeviation: Double

  private let modes: Derived<GaussianMixture>

  /// Eight modes on a circle.
  ///
  /// - Parameters:
  ///   - radius: R, positive.
  ///   - standardDeviation: σ, positive.
  public init(radius: Double = 4, standardDeviation: Double = 0.5) {
    require(
      radius > 0 && radius.isFinite,
      "the radius must be positive and finite, got \(radius)"
    )
    self.radius = radius
    self.standardDeviation = standardDeviation
    let (full, half) = (radius, radius * 0.5.squareRoot())
    let means = Tensor(rows: [
      [full, 0], [half, half], [0, full], [-half, half],
      [-full, 0], [-half, -half], [0, -full], [half, -half],
    ])
    self.modes = Derived(GaussianMixture(isotropic: means, standardDeviation: standardDeviation))
  }

  /// The same law as a mixture, for closed forms.
  public var mixture: GaussianMixture { modes.value }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws as ``GaussianMixture/sample(_:)`` does.
  public func sample(_ block: RandomBlock) -> Tensor<Double> { mixture.sample(block) }

  /// The log-density of the mixture.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    mixture.logDensity(points)
  }

  /// Nil: there is no closed form.
  public var entropy: Double? { nil }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// (R²/2 + σ²) I.
  public var covariance: Tensor<Double> {
    isotropicCovariance(
      0.5 * radius * radius + standardDeviation * standardDeviation,
      dimension: 2
    )
  }
}
