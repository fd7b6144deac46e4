public import Tensors

/// A one-sided interpolant from N(0, C₀) (3.24): x_t = α σ₀ z + β x₁ with σ₀σ₀ᵀ = C₀.
///
/// The latent is the base point x₀ = σ₀z itself: its denoiser is E[x₀ | x_t], and the score is
/// s = −C₀⁻¹ E[x₀ | x_t]/α. What is true of b for C₀ = Id stays as it is.
public struct GaussianBaseInterpolant<S: Schedule>: TargetInterpolant {
  /// α and β.
  public let schedule: S
  /// N(0, C₀).
  public let base: Gaussian

  private let precision: Tensor<Double>

  /// The interpolant of a schedule and a covariance.
  ///
  /// - Parameters:
  ///   - schedule: α and β.
  ///   - covariance: C₀, `[dimension, dimension]`, symmetric and positive definite.
  /// - Throws: where the covariance is not positive definite or not finite.
  public init(schedule: S, covariance: Tensor<Double>) throws(LinearAlgebraError) {
    require(
      covariance.rank == 2 && covariance.shape[0] == covariance.shape[1] && covariance.count > 0,
      "the covariance C₀ of a base is a square matrix, got the shape \(covariance.shape)"
    )
    SlopeCheck.check(schedule)
    self.schedule = schedule
    base = try Gaussian(mean: Tensor(zeros: [covariance.shape[0]]), covariance: covariance)
    precision = try covariance.solvingSymmetric(Tensor(identity: covariance.shape[0]))
  }

  /// α, α̇ and αα̇.
  public func latent(_ time: Double) -> Coefficient { schedule.alpha(time) }

  /// 0 for x₀, β and α: the base point is the latent.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    LinearCoefficients(alpha: .zero, beta: schedule.beta(time), latent: schedule.alpha(time))
  }

  /// True: the base point.
  public var hasLatent: Bool { true }

  /// False: the base point is the latent.
  public var hasBasePoint: Bool { false }

  /// C₀.
  public var latentCovariance: Tensor<Double>? { base.covariance }

  /// That of C₀.
  public var dimension: Int? { base.dimension }

  /// N(0, C₀).
  public func base(of target: any Density) -> any Density { base }

  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`, standard normal.
  /// - Returns: βx₁, β̇x₁, x₀ = σ₀z and the coefficients of each row.
  public func callAsFunction(
    time: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample {
    let times = time.elements
    let beta = schedule.beta(times)
    let point = base.transforming(latent)
    let mean = scaleRows(x1, by: beta)
    return InterpolantSample(
      time: time,
      mean: mean.value,
      meanDot: mean.derivative,
      latent: point,
      coefficients: times.map(self.latent),
      base: nil,
      target: x1,
      whitenedLatent: Tensor.product(point, precision)
    )
  }
}
