internal import RealModule
public import Tensors

/// A rolled-up band seen from the side, with normal noise.
///
/// With θ uniform on [3π/2, 9π/2), c(θ) = R θ/(9π/2) · (cos θ, sin θ); the point is c(θ) + σ z with
/// z ∼ N(0, I). So
///
/// ρ(x) = (1/3π) ∫ N(x; c(θ), σ² I) dθ over [3π/2, 9π/2],
///
/// whose integral is taken by Gauss–Legendre quadrature to a relative error below 10⁻¹² within 20 σ
/// of the roll (farther out the log-density keeps at least three digits). Support: ℝ². The entropy
/// has no closed form.
///
/// Source: the first and third coordinate of scikit-learn's `make_swiss_roll`, which has
/// R = 9π/2 = 14.14; FFJORD's is that with noise 1, divided by 5: R = 2.83, σ = 0.2.
public struct SwissRoll: ExplicitDensity, MomentedDensity, Hashable {
  /// R, the distance of the outer end from the centre.
  public let radius: Double
  /// σ, the standard deviation of the noise.
  public let noise: Double

  private let curve: Derived<NoisyCurve>

  private static let start = 1.5 * Double.pi
  private static let end = 4.5 * Double.pi

  /// A swiss roll.
  ///
  /// - Parameters:
  ///   - radius: R, positive.
  ///   - noise: σ, at least a thousandth of the radius.
  public init(radius: Double = 4, noise: Double = 0.2) {
    NoisyCurve.check(size: radius, named: "radius", noise: noise)
    self.radius = radius
    self.noise = noise
    let growth = radius / Self.end
    let arc = NoisyCurve.Arc(
      range: Self.start...Self.end,
      speed: growth * (1 + Self.end * Self.end).squareRoot(),
      weight: { _ in 1 / (Self.end - Self.start) },
      point: { Self.point(angle: $0, growth: growth) }
    )
    curve = Derived(NoisyCurve([arc], noise: noise))
  }

  private static func point(angle: Double, growth: Double) -> (x: Double, y: Double) {
    (growth * angle * Double.cos(angle), growth * angle * Double.sin(angle))
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws by the definition; part 0 of the block, a uniform number, and part 1, z.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let growth = radius / Self.end
    return Rows.points(
      uniforms: block.uniform(columns: 1),
      normals: block.part(1).normal(columns: 2)
    ) { u, position, z in
      let point = Self.point(
        angle: Self.start + (Self.end - Self.start) * u[position],
        growth: growth
      )
      return (point.x + noise * z.0, point.y + noise * z.1)
    }
  }

  /// The logarithm of the definition's integral.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return curve.value.logDensity(points)
  }

  /// Nil: there is no closed form.
  public var entropy: Double? { nil }

  /// (1/3π) ∫ c dθ, by the same quadrature.
  public var mean: Tensor<Double> { curve.value.mean }

  /// (1/3π) ∫ (c − mean)(c − mean)ᵀ dθ + σ² I, by the same quadrature.
  public var covariance: Tensor<Double> { curve.value.covariance }
}
