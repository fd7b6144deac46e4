internal import RealModule
public import Tensors

/// Two interleaved half circles with normal noise.
///
/// With θ uniform on [0, π) the upper moon is (cos θ, sin θ) and the lower (1 − cos θ, ½ − sin θ),
/// each with chance ½; the point is scale · (moon + σ z − (½, ¼)) with z ∼ N(0, I). So
///
/// ρ(x) = ½ Σ_moons (1/π) ∫₀^π N(x; scale · (moon(θ) − (½, ¼)), scale² σ² I) dθ,
///
/// whose integral is taken by Gauss–Legendre quadrature to a relative error below 10⁻¹² within
/// 20 σ · scale of the moons (farther out the log-density keeps at least three digits). Support: ℝ².
/// The entropy has no closed form. Mean 0: the two moons are mirror images in the centre.
///
/// Source: scikit-learn's `make_moons`, which is scale 1, shifted by (½, ¼) and with evenly spaced
/// instead of uniform θ. TorchCFM's moons have a uniform shift, the same for x and y, for noise.
public struct TwoMoons: ExplicitDensity, MomentedDensity, Hashable {
  /// What the picture is multiplied by: the radius of a moon.
  public let scale: Double
  /// σ, the standard deviation of the noise before scaling.
  public let noise: Double

  private let curve: Derived<NoisyCurve>

  /// Two moons.
  ///
  /// - Parameters:
  ///   - scale: the radius of a moon, positive.
  ///   - noise: σ in radii of a moon, at least 0.001.
  public init(scale: Double = 3, noise: Double = 0.1) {
    NoisyCurve.check(size: scale, named: "scale", noise: scale * noise)
    self.scale = scale
    self.noise = noise
    let arcs = [false, true].map { isLower in
      NoisyCurve.Arc(
        range: 0...Double.pi,
        speed: scale,
        weight: { _ in 0.5 / Double.pi },
        point: { Self.point(angle: $0, isLower: isLower, scale: scale) }
      )
    }
    curve = Derived(NoisyCurve(arcs, noise: scale * noise))
  }

  private static func point(
    angle: Double,
    isLower: Bool,
    scale: Double
  ) -> (x: Double, y: Double) {
    let (x, y) = (Double.cos(angle) - 0.5, Double.sin(angle) - 0.25)
    return isLower ? (-scale * x, -scale * y) : (scale * x, scale * y)
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws by the definition; part 0 of the block, uniform numbers (moon, θ/π), and part 1, z.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let deviation = scale * noise
    return Rows.points(
      uniforms: block.uniform(columns: 2),
      normals: block.part(1).normal(columns: 2)
    ) { u, position, z in
      let point = Self.point(
        angle: Double.pi * u[position + 1],
        isLower: u[position] >= 0.5,
        scale: scale
      )
      return (point.x + deviation * z.0, point.y + deviation * z.1)
    }
  }

  /// The logarithm of the definition's integral.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return curve.value.logDensity(points)
  }

  /// Nil: there is no closed form.
  public var entropy: Double? { nil }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// ½ Σ_moons (1/π) ∫₀^π c cᵀ dθ + scale² σ² I, c the scaled moon, by the same quadrature.
  public var covariance: Tensor<Double> { curve.value.covariance }
}
