public import Tensors

/// A spatially linear interpolant between any two densities (4.1): x_t = α x₀ + β x₁ + γ z.
public struct TwoSidedInterpolant<S: Schedule, Latent: LatentSchedule>: CoupledInterpolant {
  /// α and β.
  public let schedule: S
  /// γ.
  public let gamma: Latent

  /// Joins α, β and γ, whose slopes are looked at.
  public init(schedule: S, gamma: Latent) {
    SlopeCheck.check(schedule)
    SlopeCheck.check(gamma)
    self.schedule = schedule
    self.gamma = gamma
  }

  /// γ, γ̇ and γγ̇.
  public func latent(_ time: Double) -> Coefficient { gamma(time) }

  /// α, β and γ.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    LinearCoefficients(
      alpha: schedule.alpha(time),
      beta: schedule.beta(time),
      latent: gamma(time)
    )
  }

  /// Whether γ is not identically zero.
  public var hasLatent: Bool { !gamma.isZero }

  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x0: points of ρ₀, `[rows, dimension]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`.
  /// - Returns: I, ∂_t I, z and the coefficients of each row.
  public func callAsFunction(
    time: Tensor<Double>,
    x0: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample {
    let times = time.elements
    let alpha = schedule.alpha(times)
    let beta = schedule.beta(times)
    let mean = combineRows(x0, x1, alpha: alpha, beta: beta)
    return InterpolantSample(
      time: time,
      mean: mean.value,
      meanDot: mean.derivative,
      latent: latent,
      coefficients: gamma(times),
      base: x0,
      target: x1,
      processSlopes: gamma.processSlopes(times)
    )
  }

  /// The process of γ.
  public func process(_ time: Double) -> LatentProcess? { gamma.process(time) }
}

extension TwoSidedInterpolant: Equatable where S: Equatable, Latent: Equatable {}
extension TwoSidedInterpolant: Hashable where S: Hashable, Latent: Hashable {}
extension TwoSidedInterpolant: Encodable where S: Encodable, Latent: Encodable {}
extension TwoSidedInterpolant: Decodable where S: Decodable, Latent: Decodable {}

// Members of the protocol, so that `.linear(gamma:)` is found where any interpolant is asked for.

extension CoupledInterpolant {
  /// x_t = (1−t) x₀ + t x₁ + γ z.
  public static func linear<Latent>(gamma: Latent) -> Self
  where Self == TwoSidedInterpolant<LinearSchedule, Latent> {
    Self(schedule: LinearSchedule(), gamma: gamma)
  }

  /// x_t = cos(πt/2) x₀ + sin(πt/2) x₁ + γ z.
  public static func trigonometric<Latent>(gamma: Latent) -> Self
  where Self == TwoSidedInterpolant<TrigonometricSchedule, Latent> {
    Self(schedule: TrigonometricSchedule(), gamma: gamma)
  }
}
