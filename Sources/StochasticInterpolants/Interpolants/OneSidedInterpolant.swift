public import Tensors

/// A spatially linear interpolant from N(0, Id) (4.15): x_t = α z + β x₁.
///
/// The base point is the latent: there is no x₀ argument, so another base does not compile.
public struct OneSidedInterpolant<S: Schedule>: TargetInterpolant {
  /// α and β.
  public let schedule: S

  /// The interpolant of a schedule, whose slopes are looked at.
  public init(schedule: S) {
    SlopeCheck.check(schedule)
    self.schedule = schedule
  }

  /// α, α̇ and αα̇.
  public func latent(_ time: Double) -> Coefficient { schedule.alpha(time) }

  /// 0 for x₀, β and α: the base point is the latent.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    LinearCoefficients(alpha: .zero, beta: schedule.beta(time), latent: schedule.alpha(time))
  }

  /// True: the base point.
  public var hasLatent: Bool { true }

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
    let times = time.elements
    let beta = schedule.beta(times)
    let mean = scaleRows(x1, by: beta)
    return InterpolantSample(
      time: time,
      mean: mean.value,
      meanDot: mean.derivative,
      latent: latent,
      coefficients: times.map(self.latent),
      base: nil,
      target: x1
    )
  }

  /// False: the base point is the latent.
  public var hasBasePoint: Bool { false }

  /// N(0, Id).
  public func base(of target: any Density) -> any Density {
    StandardGaussian(dimension: target.dimension)
  }
}

extension OneSidedInterpolant: Equatable where S: Equatable {}
extension OneSidedInterpolant: Hashable where S: Hashable {}
extension OneSidedInterpolant: Encodable where S: Encodable {}
extension OneSidedInterpolant: Decodable where S: Decodable {}

// Members of the protocol, so that `.linear` is found where any interpolant is asked for.

extension TargetInterpolant where Self == OneSidedInterpolant<LinearSchedule> {
  /// x_t = (1−t) z + t x₁.
  public static var linear: Self { Self(schedule: LinearSchedule()) }
}

extension TargetInterpolant where Self == OneSidedInterpolant<TrigonometricSchedule> {
  /// x_t = cos(πt/2) z + sin(πt/2) x₁.
  public static var trigonometric: Self { Self(schedule: TrigonometricSchedule()) }
}
