public import Tensors

/// What all interpolants share: a latent z whose coefficient turns a denoiser into a score.
///
/// x_t = I + γ(t) z. For a one-sided interpolant x_t = α(t) z + J the base point itself is the
/// latent, and α stands in γ's place (erratum: (3.19) prints γ⁻¹ for α⁻¹).
public protocol Interpolant: Sendable {
  /// The latent's coefficient, its derivative and their product, at t in [0, 1].
  func latent(_ time: Double) -> Coefficient

  /// Whether there is a latent: false for γ = 0.
  var hasLatent: Bool { get }

  /// Whether ``latent(_:)`` has an infinite derivative at an end, so that b's target γ̇z needs
  /// antithetic pairs to have a finite variance on all of [0, 1].
  var hasSingularLatent: Bool { get }

  /// α, β and the latent's coefficient at t in [0, 1] where the interpolant is linear in its ends;
  /// nil where it is not.
  func linearCoefficients(_ time: Double) -> LinearCoefficients?

  /// Whether x₀ is a random point of its own: false for one-sided, mirror and point-mass
  /// interpolants, whose x₀ is the latent, x₁ or a constant.
  var hasBasePoint: Bool { get }

  /// x₀, `[dimension]`, where it is one fixed point; nil where it is drawn.
  var source: Tensor<Double>? { get }

  /// C₀, `[dimension, dimension]`, where the latent has the law N(0, C₀) and is the base point; nil
  /// for N(0, Id).
  var latentCovariance: Tensor<Double>? { get }

  /// The process of which γz is the law at t, where γ belongs to one (3.2).
  func process(_ time: Double) -> LatentProcess?

  /// The one number of components its points can have; nil for any.
  var dimension: Int? { get }
}

extension Interpolant {
  /// Whether the latent's derivative is infinite at t = 0 or t = 1.
  public var hasSingularLatent: Bool {
    !latent(0).derivative.isFinite || !latent(1).derivative.isFinite
  }

  /// Nil: not every interpolant is linear in its ends.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? { nil }

  /// True.
  public var hasBasePoint: Bool { true }

  /// Nil: x₀ is drawn.
  public var source: Tensor<Double>? { nil }

  /// Nil: the latent has the law N(0, Id).
  public var latentCovariance: Tensor<Double>? { nil }

  /// Nil: γ is the law of no process.
  public func process(_ time: Double) -> LatentProcess? { nil }

  /// Nil: any dimension.
  public var dimension: Int? { nil }
}

/// An interpolant of two points, x_t = I(t, x₀, x₁) + γ(t) z (2.1).
public protocol CoupledInterpolant: Interpolant {
  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x0: points of ρ₀, `[rows, dimension]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`, standard normal.
  /// - Returns: I, ∂_t I, z and the coefficients of each row.
  func callAsFunction(
    time: Tensor<Double>,
    x0: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample
}

/// An interpolant of one drawn point x₁: the other end is the latent, x₁ itself or a constant.
public protocol TargetInterpolant: Interpolant {
  /// The interpolant at given times and points.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1], `[rows]`.
  ///   - x1: points of ρ₁, `[rows, dimension]`.
  ///   - latent: z, `[rows, dimension]`, standard normal.
  /// - Returns: J, ∂_t J, z and the coefficients of each row.
  func callAsFunction(
    time: Tensor<Double>,
    x1: Tensor<Double>,
    latent: Tensor<Double>
  ) -> InterpolantSample

  /// ρ₀, the law of x_t at t = 0, for a given ρ₁.
  ///
  /// - Parameter target: ρ₁.
  /// - Returns: a density of the same dimension.
  func base(of target: any Density) -> any Density
}

/// The coefficients of x_t = α x₀ + β x₁ + γ z (4.1) at one time.
public struct LinearCoefficients: Sendable, Hashable {
  /// α, of x₀; zero where the base point is the latent.
  public var alpha: Coefficient
  /// β, of x₁.
  public var beta: Coefficient
  /// γ, of z; α for a one-sided interpolant.
  public var latent: Coefficient

  /// Joins the three.
  public init(alpha: Coefficient, beta: Coefficient, latent: Coefficient) {
    self.alpha = alpha
    self.beta = beta
    self.latent = latent
  }
}

/// α x₀ + β x₁ and α̇ x₀ + β̇ x₁ with coefficients of each row, `[rows, dimension]`.
func combineRows(
  _ x0: Tensor<Double>,
  _ x1: Tensor<Double>,
  alpha: [Coefficient],
  beta: [Coefficient]
) -> (value: Tensor<Double>, derivative: Tensor<Double>) {
  require(
    x0.shape == x1.shape && x0.rank == 2,
    "the points x0 and x1 have the shapes \(x0.shape) and \(x1.shape); they must be equal, "
      + "[rows, dimension]"
  )
  require(
    alpha.count == x0.shape[0] && beta.count == x0.shape[0],
    "\(alpha.count) times were given for points of shape \(x0.shape); each row needs one"
  )
  let dimension = x0.shape[1]
  let value = Tensor<Double>(uninitialized: x0.shape)
  let derivative = Tensor<Double>(uninitialized: x0.shape)
  x0.withSpan { x0 in
    x1.withSpan { x1 in
      value.buffer.withMutableSpan { value in
        derivative.buffer.withMutableSpan { derivative in
          var index = 0
          for (a, b) in zip(alpha, beta) {
            for _ in 0..<dimension {
              value[index] = a.value * x0[index] + b.value * x1[index]
              derivative[index] = a.derivative * x0[index] + b.derivative * x1[index]
              index += 1
            }
          }
        }
      }
    }
  }
  return (value, derivative)
}

/// β x₁ and β̇ x₁ with a coefficient of each row, `[rows, dimension]`.
func scaleRows(
  _ x1: Tensor<Double>,
  by beta: [Coefficient]
) -> (value: Tensor<Double>, derivative: Tensor<Double>) {
  combineRows(x1, x1, alpha: [Coefficient](repeating: .zero, count: beta.count), beta: beta)
}
