internal import RealModule

/// α = √(1−γ²) cos(πt/2), β = √(1−γ²) sin(πt/2) (4.10), so that α² + β² + γ² = 1.
///
/// Between densities of mean 0 and covariance Id the covariance of x_t is Id at all times. It needs
/// γ < 1 on [0, 1]: where γ reaches 1 the root has a corner, beyond it is imaginary. At the ends it
/// is the trigonometric pair; α̇ and β̇ take the finite product γγ̇, so they are finite there.
public struct VariancePreservingSchedule<Latent: LatentSchedule>: Schedule {
  /// γ.
  public let gamma: Latent

  /// The schedule that goes with γ.
  ///
  /// - Parameter gamma: γ, below 1 on [0, 1].
  /// - Throws: ``InterpolantError/latentReachesOne(time:value:)`` where γ is 1 or more at one of 1,001
  ///   equally spaced times.
  public init(gamma: Latent) throws(InterpolantError) {
    for index in 0...1_000 {
      let time = Double(index) / 1_000
      let value = gamma(time).value
      // Not `value >= 1`, which lets NaN through.
      if !(value < 1) { throw .latentReachesOne(time: time, value: value) }
    }
    self.gamma = gamma
  }

  /// √(1−γ²) cos(πt/2).
  public func alpha(_ time: Double) -> Coefficient {
    scaled(TrigonometricSchedule().alpha(time), time)
  }

  /// √(1−γ²) sin(πt/2).
  public func beta(_ time: Double) -> Coefficient {
    scaled(TrigonometricSchedule().beta(time), time)
  }

  /// r f with r = √(1−γ²), ṙ = −γγ̇/r.
  private func scaled(_ plain: Coefficient, _ time: Double) -> Coefficient {
    let latent = gamma(time)
    let root = (1 - latent.value * latent.value).squareRoot()
    return Coefficient(
      value: root * plain.value,
      derivative: root * plain.derivative - latent.product / root * plain.value
    )
  }
}

extension VariancePreservingSchedule: Equatable where Latent: Equatable {}
extension VariancePreservingSchedule: Hashable where Latent: Hashable {}

extension CoupledInterpolant {
  /// x_t = √(1−γ²) (cos(πt/2) x₀ + sin(πt/2) x₁) + γ z (4.10).
  ///
  /// - Parameter gamma: γ, below 1 on [0, 1].
  /// - Returns: the interpolant.
  /// - Throws: ``InterpolantError/latentReachesOne(time:value:)``.
  public static func variancePreserving<Latent>(gamma: Latent) throws(InterpolantError) -> Self
  where Self == TwoSidedInterpolant<VariancePreservingSchedule<Latent>, Latent> {
    Self(schedule: try VariancePreservingSchedule(gamma: gamma), gamma: gamma)
  }
}
