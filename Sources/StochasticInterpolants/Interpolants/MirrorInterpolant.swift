public import Tensors

/// The coefficient K of a mirror interpolant x_t = K(t) x₁ + γ z, K(0) = K(1) = 1 (definition 3.6).
public protocol MirrorSchedule: Sendable {
  /// K, K̇ and KK̇ at t in [0, 1].
  func callAsFunction(_ time: Double) -> Coefficient
}

/// K = 1: x_t = x₁ + γ z, for which b = γ̇ η_z (3.34) and one denoiser is everything, where γ̇ is finite.
///
/// With γ = √(a t(1−t)), whose γ̇ is infinite at both ends, b = −γγ̇s there: learn the score, or for the flow alone the
/// velocity, or take a ``QuadraticLatent``.
public struct IdentityMirror: MirrorSchedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// K = 1 at all times.
  public func callAsFunction(_ time: Double) -> Coefficient {
    Coefficient(value: 1, derivative: 0)
  }
}

/// K = cos²(πt): the data vanish at t = ½, where x_t = γ z alone (remark 3.9).
public struct CosineSquaredMirror: MirrorSchedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// cos²(πt) = 1 − sin²(πt).
  public func callAsFunction(_ time: Double) -> Coefficient {
    let sine = SineSquaredLatent()(time)
    return Coefficient(value: 1 - sine.value, derivative: -sine.derivative)
  }
}

/// An interpolant from a density to itself (definition 3.6): x_t = K(t) x₁ + γ(t) z.
///
/// Both ends are ρ₁: x₀ = x₁. By the ODE a point returns to itself; by the SDE it is drawn anew.
/// b = K̇ η₁ + γ̇ η_z, s = −η_z/γ.
public struct MirrorInterpolant<K: MirrorSchedule, Latent: LatentSchedule>: TargetInterpolant {
  /// K.
  public let schedule: K
  /// γ.
  public let gamma: Latent

  /// Joins K and γ, whose slopes are looked at.
  public init(schedule: K, gamma: Latent) {
    SlopeCheck.check("K") { schedule($0) }
    SlopeCheck.check(gamma)
    self.schedule = schedule
    self.gamma = gamma
  }

  /// γ, γ̇ and γγ̇.
  public func latent(_ time: Double) -> Coefficient { gamma(time) }

  /// Whether γ is not identically zero.
  public var hasLatent: Bool { !gamma.isZero }

  /// 0 for x₀, K for x₁ and γ.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    LinearCoefficients(alpha: .zero, beta: schedule(time), latent: gamma(time))
  }

  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`.
  /// - Returns: K x₁, K̇ x₁, z and the coefficients of each row.
  public func callAsFunction(
    time: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample {
    let times = time.elements
    let scale = times.map(schedule.callAsFunction)
    let mean = scaleRows(x1, by: scale)
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

  /// False: x₀ = x₁.
  public var hasBasePoint: Bool { false }

  /// The process of γ.
  public func process(_ time: Double) -> LatentProcess? { gamma.process(time) }

  /// ρ₁ itself.
  public func base(of target: any Density) -> any Density { target }
}

extension TargetInterpolant {
  /// x_t = x₁ + γ z.
  public static func mirror<Latent>(gamma: Latent) -> Self
  where Self == MirrorInterpolant<IdentityMirror, Latent> {
    Self(schedule: IdentityMirror(), gamma: gamma)
  }
}
