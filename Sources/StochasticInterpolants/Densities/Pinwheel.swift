internal import RealModule
public import Tensors

/// Stretched normal blobs on a circle, twisted by an angle that grows with the radius.
///
/// With (a, b) = (1 + σ_r z₁, σ_t z₂), z ∼ N(0, I), r = |(a, b)| and arm k ∈ 0 ..< n with equal
/// chances, the point is scale · Rot(φ(r) + 2πk/n)(a, b), φ(r) = rate · exp(min(r, 20)). A rotation
/// by an angle that depends on the radius alone keeps areas, so with (aₖ, bₖ) =
/// Rot(−φ(r) − 2πk/n)(x/scale), r = |x|/scale,
///
/// ρ(x) = scale⁻² · (1/n) Σₖ N(aₖ; 1, σ_r²) N(bₖ; 0, σ_t²), exactly.
///
/// Support: ℝ². The entropy has no closed form. Mean 0, covariance scale²/2 · (1 + σ_r² + σ_t²) I.
///
/// Source: Johnson, Duvenaud et al. 2016 (1603.06277) and FFJORD, with n = 5, σ_r = 0.3, σ_t = 0.1,
/// rate 0.25 and scale 2; they twist by rate · exp(a), the other way round, which does not keep
/// areas and leaves the density without a closed form.
public struct Pinwheel: ExplicitDensity, MomentedDensity, Hashable {
  /// n, the number of arms.
  public let arms: Int
  /// σ_r, the spread along an arm before scaling.
  public let radialDeviation: Double
  /// σ_t, the spread across an arm before scaling.
  public let tangentialDeviation: Double
  /// The factor of the twist.
  public let rate: Double
  /// What the picture is multiplied by.
  public let scale: Double

  /// A pinwheel.
  ///
  /// - Parameters:
  ///   - arms: n, at least 3.
  ///   - radialDeviation: σ_r, positive.
  ///   - tangentialDeviation: σ_t, positive.
  ///   - rate: the factor of the twist, finite; 0 leaves the arms straight.
  ///   - scale: what the picture is multiplied by, positive.
  public init(
    arms: Int = 5,
    radialDeviation: Double = 0.3,
    tangentialDeviation: Double = 0.1,
    rate: Double = 0.25,
    scale: Double = 2
  ) {
    require(arms >= 3, "a pinwheel needs at least 3 arms, got \(arms)")
    for (name, value) in [
      ("radial deviation", radialDeviation), ("tangential deviation", tangentialDeviation),
      ("scale", scale),
    ] {
      require(
        value > 0 && value.isFinite,
        "the \(name) of a pinwheel must be positive and finite, got \(value)"
      )
    }
    require(rate.isFinite, "the rate of a pinwheel must be finite, got \(rate)")
    self.arms = arms
    self.radialDeviation = radialDeviation
    self.tangentialDeviation = tangentialDeviation
    self.rate = rate
    self.scale = scale
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  private func twist(_ radius: Double) -> Double { rate * Double.exp(min(radius, 20)) }

  /// Draws by the definition; part 0 of the block, a uniform number (arm), and part 1, z.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    Rows.points(
      uniforms: block.uniform(columns: 1),
      normals: block.part(1).normal(columns: 2)
    ) { u, position, z in
      let (a, b) = (1 + radialDeviation * z.0, tangentialDeviation * z.1)
      let arm = Double(min(arms - 1, Int(u[position] * Double(arms))))
      let angle = twist((a * a + b * b).squareRoot()) + 2 * Double.pi * arm / Double(arms)
      let (cosine, sine) = (scale * Double.cos(angle), scale * Double.sin(angle))
      return (cosine * a - sine * b, sine * a + cosine * b)
    }
  }

  /// The logarithm of the definition's sum.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let offset =
      -logTwoPi - Double.log(radialDeviation) - Double.log(tangentialDeviation)
      - 2 * Double.log(scale) - Double.log(Double(arms))
    return Rows.map(points) { x, y in
      let (u, v) = (x / scale, y / scale)
      let angle = twist((u * u + v * v).squareRoot())
      var sum = LogSum()
      for arm in 0..<arms {
        let turn = angle + 2 * Double.pi * Double(arm) / Double(arms)
        let (cosine, sine) = (Double.cos(turn), Double.sin(turn))
        let a = (cosine * u + sine * v - 1) / radialDeviation
        let b = (cosine * v - sine * u) / tangentialDeviation
        sum.add(-0.5 * (a * a + b * b))
      }
      return offset + sum.value
    }
  }

  /// Nil: there is no closed form.
  public var entropy: Double? { nil }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// scale²/2 · (1 + σ_r² + σ_t²) I.
  public var covariance: Tensor<Double> {
    isotropicCovariance(
      0.5 * scale * scale
        * (1 + radialDeviation * radialDeviation + tangentialDeviation * tangentialDeviation),
      dimension: 2
    )
  }
}
