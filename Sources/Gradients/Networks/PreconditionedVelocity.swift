public import Tensors

/// A velocity as that of a Gaussian bridge and a network for what differs from it.
///
/// b̂(t, x) = k(t) x + c(t) F(t, x/σ(t)), where
///
///     σ² = (1−t)² σ₀² + t² σ₁² + a t(1−t),  k = ½ (σ²)˙/σ²,  c = σ₀ σ₁/σ.
///
/// k x is the velocity of x_t = (1−t) x₀ + t x₁ + √(a t(1−t)) z between N(0, σ₀² Id) and N(0, σ₁² Id)
/// (Appendix A), and without the latent c² is the variance of ẋ_t given x_t, so that F has inputs and
/// targets of unit size at every t: the preconditioning of Karras et al. 2022 (arXiv 2206.00364, table 1),
/// for velocities. A zero F is the exact field between the two Gaussians. At t = 0 and 1 all factors are
/// finite: σ is σ₀ and σ₁.
public struct PreconditionedVelocity<Base: Network>: Network {
  /// F.
  public let network: Base
  /// σ₀, the size of a component at t = 0; 1 for N(0, Id).
  public let baseScale: Double
  /// σ₁, the size of a component at t = 1.
  public let targetScale: Double
  /// a of γ² = a t(1−t); 0 for one-sided interpolants and where there is no latent.
  public let latentScale: Double

  private enum CodingKeys: String, CodingKey { case network, baseScale, targetScale, latentScale }

  /// Joins a network and the sizes of both ends.
  ///
  /// - Parameters:
  ///   - network: F, of one head.
  ///   - baseScale: σ₀, positive.
  ///   - targetScale: σ₁, positive; 1 for standardised points.
  ///   - latentScale: a, not negative.
  public init(
    _ network: Base,
    baseScale: Double = 1,
    targetScale: Double = 1,
    latentScale: Double = 0
  ) {
    require(
      network.heads == 1,
      "a preconditioned velocity is one field, got a network of \(network.heads) heads"
    )
    if let fault = Self.fault(baseScale, targetScale, latentScale) { fatalError(fault) }
    self.network = network
    self.baseScale = baseScale
    self.targetScale = targetScale
    self.latentScale = latentScale
  }

  /// Why scales make no factors that are finite in single precision, in which networks compute; nil where they do.
  package static func fault(_ base: Double, _ target: Double, _ latent: Double) -> String? {
    func isUsable(_ scale: Double) -> Bool { scale > 0 && Float(scale * scale).isNormal }
    guard isUsable(base), isUsable(target) else {
      return
        "the sizes of the ends are positive with squares in single precision, got \(base) and \(target)"
    }
    guard latent >= 0 else { return "the scale of the latent is not negative, got \(latent)" }
    guard Float(base * base + target * target + latent).isFinite else {
      return
        "the squares of the sizes \(base) and \(target) with the latent's \(latent) are too large for single precision"
    }
    return nil
  }

  /// The network's dimension.
  public var dimension: Int { network.dimension }

  /// The network's parameters.
  public var parameterLayout: [ParameterShape] { network.parameterLayout }

  /// Starts the network's parameters.
  public func initialParameters(seed: UInt64) -> [Tensor<Double>] {
    network.initialParameters(seed: seed)
  }

  /// Records b̂.
  public func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar> {
    let (base, target) = (baseScale * baseScale, targetScale * targetScale)
    let late = 1 - time
    let variance = late * late * base + time * time * target + time * late * latentScale
    let halfSlope = time * target - late * base + (0.5 - time) * latentScale
    let scale = variance.squareRoot
    let rest = network(parameters, time: time, points: points / scale)
    return points * (halfSlope / variance) + rest * (baseScale * targetScale) / scale
  }
}

extension PreconditionedVelocity: Equatable where Base: Equatable {}
extension PreconditionedVelocity: Hashable where Base: Hashable {}
extension PreconditionedVelocity: Encodable where Base: Encodable {}

extension PreconditionedVelocity: Decodable where Base: Decodable {
  /// Reads a description; throws where the initialiser would stop.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let network = try container.decode(Base.self, forKey: .network)
    let base = try container.decode(Double.self, forKey: .baseScale)
    let target = try container.decode(Double.self, forKey: .targetScale)
    let latent = try container.decode(Double.self, forKey: .latentScale)
    let heads =
      network.heads == 1 ? nil : "a preconditioned velocity is one field, not \(network.heads)"
    if let fault = heads ?? Self.fault(base, target, latent) {
      throw DecodingError.dataCorruptedError(
        forKey: .baseScale,
        in: container,
        debugDescription: fault
      )
    }
    self.init(network, baseScale: base, targetScale: target, latentScale: latent)
  }
}
