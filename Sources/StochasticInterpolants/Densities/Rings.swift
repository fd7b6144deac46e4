internal import RealModule
public import Tensors

/// Concentric rings: a radius that is normal around one of several values, and a uniform angle.
///
/// With ring k ∈ 0 ..< K with equal chances, s = Rₖ + σ z, z ∼ N(0, 1), and φ uniform on [0, 2π), the
/// point is s (cos φ, sin φ); a negative s is a point on the other side. So with r = |x|
///
/// ρ(x) = (1/K) Σₖ [N(r; Rₖ, σ²) + N(−r; Rₖ, σ²)] / (2π r), exactly,
///
/// unbounded at the centre unless N(0; Rₖ, σ²) is negligible there. Support: ℝ². Entropy: that of the
/// radius plus E[ln 2πr], one integral over r, given where every Rₖ ≥ 8σ. Mean 0, covariance
/// ½ (mean of Rₖ² + σ²) I.
///
/// FFJORD's rings have radii 0.75, 1.5, 2.25 and 3 and add normal noise of σ = 0.08 to both
/// coordinates instead, which differs by terms of order σ/R.
public struct Rings: ExplicitDensity, MomentedDensity, Hashable {
  /// Rₖ.
  public let radii: [Double]
  /// σ, the spread of the radius.
  public let noise: Double
  /// The entropy, by quadrature; nil where a radius is below 8σ.
  public let entropy: Double?

  /// Concentric rings.
  ///
  /// - Parameters:
  ///   - radii: Rₖ, positive, at least one.
  ///   - noise: σ, positive.
  public init(radii: [Double] = [1, 2, 3, 4], noise: Double = 0.1) {
    require(!radii.isEmpty, "rings need at least one radius")
    for radius in radii {
      require(
        radius > 0 && radius.isFinite,
        "a radius must be positive and finite, got \(radius)"
      )
    }
    require(noise > 0 && noise.isFinite, "the noise must be positive and finite, got \(noise)")
    self.radii = radii
    self.noise = noise
    self.entropy = Self.entropy(radii: radii, noise: noise)
  }

  /// −Σₖ (1/K) ∫ N(r; Rₖ, σ²) ln ρ(r) dr over Rₖ ± 12σ where r > 0: what is left out or folded at the
  /// centre has a probability below 10⁻¹⁵.
  private static func entropy(radii: [Double], noise: Double) -> Double? {
    guard radii.allSatisfy({ $0 >= 8 * noise }) else { return nil }
    let shares = radii.map { radius in
      NoisyCurve.integral(
        over: max(0, radius - 12 * noise)...radius + 12 * noise,
        panels: 24
      ) { r in
        let z = (r - radius) / noise
        return -Double.exp(-0.5 * (z * z + logTwoPi)) / noise
          * logDensity(atRadius: r, radii: radii, noise: noise)
      }
    }
    return shares.reduce(0, +) / Double(radii.count)
  }

  private static func logDensity(
    atRadius r: Double,
    radii: [Double],
    noise: Double
  ) -> Double {
    var sum = LogSum()
    for radius in radii {
      for sign in [1.0, -1.0] {
        let z = (sign * r - radius) / noise
        sum.add(-0.5 * z * z)
      }
    }
    return sum.value - 1.5 * logTwoPi - Double.log(noise * r)
      - Double.log(Double(radii.count))
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws by the definition; part 0 of the block, uniform numbers (ring, φ/2π), and part 1, z.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    Rows.points(
      uniforms: block.uniform(columns: 2),
      normals: block.part(1).normal(columns: 2)
    ) { u, position, z in
      let ring = min(radii.count - 1, Int(u[position] * Double(radii.count)))
      let radius = radii[ring] + noise * z.0
      let angle = 2 * Double.pi * u[position + 1]
      return (radius * Double.cos(angle), radius * Double.sin(angle))
    }
  }

  /// The logarithm of the definition's density.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return Rows.map(points) { x, y in
      Self.logDensity(atRadius: (x * x + y * y).squareRoot(), radii: radii, noise: noise)
    }
  }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// ½ (mean of Rₖ² + σ²) I.
  public var covariance: Tensor<Double> {
    let square = radii.reduce(0) { $0 + $1 * $1 } / Double(radii.count)
    return isotropicCovariance(0.5 * (square + noise * noise), dimension: 2)
  }
}
