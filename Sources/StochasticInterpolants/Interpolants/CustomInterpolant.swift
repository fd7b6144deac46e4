public import Gradients
public import Tensors

/// An interpolant of one's own (2.1): x_t = I(t, x₀, x₁) + γ(t) z with any recorded function I.
///
/// ∂_t I is the pushforward of I along t, so it cannot disagree with I. I(0, x₀, x₁) = x₀ and
/// I(1, x₀, x₁) = x₁ are checked when it is made. Where I is not linear in its ends there is no
/// conversion through η₀ and η₁; b = v − γγ̇s and s = −η_z/γ hold as ever.
public struct CustomInterpolant<Latent: LatentSchedule>: CoupledInterpolant {
  /// A function that records I from t `[rows, 1]` and x₀, x₁ `[rows, dimension]`.
  public typealias Function = (
    _ time: Variable<Double>, _ x0: Variable<Double>, _ x1: Variable<Double>
  ) -> Variable<Double>

  /// γ.
  public let gamma: Latent

  private let path: RecordedPath
  private let size: Int

  /// Records an interpolant and checks its ends.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - gamma: γ.
  ///   - function: I(t, x₀, x₁), twice differentiable, of which each row depends on its own row.
  /// - Throws: ``InterpolantError`` where I is not x₀ at t = 0, not x₁ at t = 1, or where I or ∂_t I
  ///   is not finite.
  public init(
    dimension: Int,
    gamma: Latent,
    _ function: Function
  ) throws(InterpolantError) {
    SlopeCheck.check(gamma)
    let path = RecordedPath(dimension: dimension, pointCount: 2, name: "I(t, x₀, x₁)") {
      function($0, $1[0], $1[1])
    }
    try path.check("I(t, x₀, x₁)", pointCount: 2) { time, points in
      time == 0 ? points[0] : points[1]
    }
    self.path = path
    self.gamma = gamma
    size = dimension
  }

  /// γ, γ̇ and γγ̇.
  public func latent(_ time: Double) -> Coefficient { gamma(time) }

  /// Whether γ is not identically zero.
  public var hasLatent: Bool { !gamma.isZero }

  /// The process of γ.
  public func process(_ time: Double) -> LatentProcess? { gamma.process(time) }

  /// The dimension it was recorded for.
  public var dimension: Int? { size }

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
    let own = path(time, [x0, x1])
    return InterpolantSample(
      time: time,
      mean: own.value,
      meanDot: own.rate,
      latent: latent,
      coefficients: gamma(times),
      base: x0,
      target: x1,
      processSlopes: gamma.processSlopes(times)
    )
  }
}

/// A one-sided interpolant of one's own (3.15): x_t = α(t) z + J(t, x₁) with any recorded function J.
///
/// J(0, x₁) = 0 and J(1, x₁) = x₁ are checked when it is made; ∂_t J is the pushforward along t.
public struct CustomOneSidedInterpolant<S: Schedule>: TargetInterpolant {
  /// A function that records J from t `[rows, 1]` and x₁ `[rows, dimension]`.
  public typealias Function = (
    _ time: Variable<Double>, _ x1: Variable<Double>
  ) -> Variable<Double>

  /// α; β is not used.
  public let schedule: S

  private let path: RecordedPath
  private let size: Int

  /// Records an interpolant and checks its ends.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - schedule: α.
  ///   - function: J(t, x₁), twice differentiable, of which each row depends on its own row.
  /// - Throws: ``InterpolantError`` where J is not 0 at t = 0, not x₁ at t = 1, or where J or ∂_t J is
  ///   not finite.
  public init(
    dimension: Int,
    schedule: S,
    _ function: Function
  ) throws(InterpolantError) {
    SlopeCheck.check("α") { schedule.alpha($0) }
    let path = RecordedPath(dimension: dimension, pointCount: 1, name: "J(t, x₁)") {
      function($0, $1[0])
    }
    try path.check("J(t, x₁)", pointCount: 1) { time, points in
      time == 0 ? Tensor(zeros: points[0].shape) : points[0]
    }
    self.path = path
    self.schedule = schedule
    size = dimension
  }

  /// α, α̇ and αα̇.
  public func latent(_ time: Double) -> Coefficient { schedule.alpha(time) }

  /// True: the base point.
  public var hasLatent: Bool { true }

  /// False: the base point is the latent.
  public var hasBasePoint: Bool { false }

  /// The dimension it was recorded for.
  public var dimension: Int? { size }

  /// N(0, Id).
  public func base(of target: any Density) -> any Density { StandardGaussian(dimension: size) }

  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`, the points of ρ₀ = N(0, Id).
  /// - Returns: J, ∂_t J, z and the coefficients of each row.
  public func callAsFunction(
    time: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample {
    let own = path(time, [x1])
    return InterpolantSample(
      time: time,
      mean: own.value,
      meanDot: own.rate,
      latent: latent,
      coefficients: time.elements.map(self.latent),
      base: nil,
      target: x1
    )
  }
}
