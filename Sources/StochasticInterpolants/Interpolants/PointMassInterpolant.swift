public import Tensors

/// An interpolant from one fixed point to a density (section 3.1): x_t = α x₀ + β x₁ + γ z.
///
/// Its velocity is singular at t = 0, where the law is the point, but the drift u = b + εs of the
/// latent's process (3.10) is not: learn it by ``Objective/drift(_:times:timeSampling:isAntithetic:)`` and follow
/// dX = u dt + √(2ε) dW from X₀ = x₀ (3.11). With ``FollmerLatent`` it is the process of
/// arXiv 2403.13724, with ``DiffusiveLatent`` that of (3.11).
public struct PointMassInterpolant<S: Schedule, Latent: LatentSchedule>: TargetInterpolant {
  /// x₀, `[dimension]`.
  public let point: Tensor<Double>
  /// α and β.
  public let schedule: S
  /// γ.
  public let gamma: Latent

  /// Joins x₀, α, β and γ.
  ///
  /// - Parameters:
  ///   - point: x₀, `[dimension]`, finite.
  ///   - schedule: α and β.
  ///   - gamma: γ, the law of a process.
  public init(from point: Tensor<Double>, schedule: S, gamma: Latent) {
    require(
      point.rank == 1 && point.count >= 1 && point.firstNonFinite == nil,
      "the point x₀ is a vector of at least one finite number, got \(point)"
    )
    require(
      gamma.process(0.5) != nil,
      "a bridge from a point needs a γ that is the law of a process, such as FollmerLatent, got "
        + "\(gamma)"
    )
    SlopeCheck.check(schedule)
    SlopeCheck.check(gamma)
    self.point = point
    self.schedule = schedule
    self.gamma = gamma
  }

  /// γ, γ̇ and γγ̇.
  public func latent(_ time: Double) -> Coefficient { gamma(time) }

  /// α of the fixed x₀, β and γ.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    LinearCoefficients(
      alpha: schedule.alpha(time),
      beta: schedule.beta(time),
      latent: gamma(time)
    )
  }

  /// Whether γ is not identically zero.
  public var hasLatent: Bool { !gamma.isZero }

  /// False: x₀ is fixed.
  public var hasBasePoint: Bool { false }

  /// x₀.
  public var source: Tensor<Double>? { point }

  /// That of x₀.
  public var dimension: Int? { point.count }

  /// The process of γ.
  public func process(_ time: Double) -> LatentProcess? { gamma.process(time) }

  /// ε of the Föllmer process, g²/2 = |γ²β̇/β − γγ̇| (arXiv 2403.13724): of all noises retuned after
  /// training that with the least KL divergence of paths.
  ///
  /// For β = t and γ = e(1−t)√t it is e²(1−t)(1+t)/2, for β = t² e²(1−t)(3−t)/2.
  ///
  /// - Parameter time: t in [0, 1]; at t = 0, where β = γ = 0, the limit is γγ̇ where β̇(0) ≠ 0 and that
  ///   of β ∝ t², 3γγ̇, where β̇(0) = 0.
  /// - Returns: ε(t).
  public func follmerDiffusion(_ time: Double) -> Double {
    let (beta, own) = (schedule.beta(time), gamma(time))
    if beta.value == 0 { return abs(beta.derivative == 0 ? 3 * own.product : own.product) }
    return abs(own.value * own.value * beta.derivative / beta.value - own.product)
  }

  /// All mass in x₀.
  public func base(of target: any Density) -> any Density { PointMass(point) }

  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`, standard normal.
  /// - Returns: αx₀ + βx₁, its derivative, z and the coefficients of each row.
  public func callAsFunction(
    time: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample {
    let times = time.elements
    let alpha = schedule.alpha(times)
    let beta = schedule.beta(times)
    let x0 = point.broadcast(to: x1.shape)
    let mean = combineRows(x0, x1, alpha: alpha, beta: beta)
    return InterpolantSample(
      time: time,
      mean: mean.value,
      meanDot: mean.derivative,
      latent: latent,
      coefficients: gamma(times),
      base: nil,
      target: x1,
      processSlopes: gamma.processSlopes(times)
    )
  }
}
