internal import RealModule
public import Tensors

/// Two interleaved Archimedean spirals with normal noise.
///
/// With Θ = 2π · turns and θ = Θ √U, U uniform on [0, 1), so that θ has density 2θ/Θ² on [0, Θ], an
/// arm is c(θ) = R θ/Θ · (−cos θ, sin θ); the point is c(θ) or −c(θ), each with chance ½, plus σ z
/// with z ∼ N(0, I). So
///
/// ρ(x) = ½ ∫₀^Θ (2θ/Θ²) [N(x; c(θ), σ² I) + N(x; −c(θ), σ² I)] dθ,
///
/// whose integral is taken by Gauss–Legendre quadrature to a relative error below 10⁻¹² within 20 σ
/// of the arms (farther out the log-density keeps at least three digits). Support: ℝ². The entropy
/// has no closed form. Mean 0.
///
/// Source: the `2spirals` of FFJORD, with turns 1.5, R = π and σ = 0.1; it also smears each arm by a
/// uniform shift on [0, 1/6)², which is left out here.
public struct TwoSpirals: ExplicitDensity, MomentedDensity, Hashable {
  /// How often an arm goes round.
  public let turns: Double
  /// R, the distance of an arm's end from the centre.
  public let radius: Double
  /// σ, the standard deviation of the noise.
  public let noise: Double

  private let curve: Derived<NoisyCurve>

  /// Two spirals.
  ///
  /// - Parameters:
  ///   - turns: how often an arm goes round, in (0, 100].
  ///   - radius: R, positive.
  ///   - noise: σ, at least a thousandth of the radius.
  public init(turns: Double = 1.5, radius: Double = 4, noise: Double = 0.1) {
    require(turns > 0 && turns <= 100, "the turns of a spiral must lie in (0, 100], got \(turns)")
    NoisyCurve.check(size: radius, named: "radius", noise: noise)
    self.turns = turns
    self.radius = radius
    self.noise = noise
    let end = 2 * Double.pi * turns
    let arcs = [1.0, -1.0].map { sign in
      NoisyCurve.Arc(
        range: 0...end,
        speed: radius / end * (1 + end * end).squareRoot(),
        weight: { $0 / (end * end) },
        point: { Self.point(angle: $0, growth: sign * radius / end) }
      )
    }
    curve = Derived(NoisyCurve(arcs, noise: noise))
  }

  private static func point(angle: Double, growth: Double) -> (x: Double, y: Double) {
    (-growth * angle * Double.cos(angle), growth * angle * Double.sin(angle))
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws by the definition; part 0 of the block, uniform numbers (arm, U), and part 1, z.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let end = 2 * Double.pi * turns
    let growth = radius / end
    return Rows.points(
      uniforms: block.uniform(columns: 2),
      normals: block.part(1).normal(columns: 2)
    ) { u, position, z in
      let point = Self.point(
        angle: end * u[position + 1].squareRoot(),
        growth: u[position] < 0.5 ? growth : -growth
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

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// ∫₀^Θ (2θ/Θ²) c cᵀ dθ + σ² I, by the same quadrature.
  public var covariance: Tensor<Double> { curve.value.covariance }
}
