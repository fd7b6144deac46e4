internal import Gradients
public import Tensors

/// Gaussian mixtures whose components are paired: (x₀, x₁) of component k is jointly normal.
///
/// ρ(x₀, x₁) = Σₖ pₖ N((x₀, x₁); (m₀ₖ, m₁ₖ), [[C₀ₖ, Sₖ], [Sₖᵀ, C₁ₖ]]) with Sₖ[i, j] = Cov(x₀ᵢ, x₁ⱼ), which
/// need not be symmetric. Any joint law of the components is a list of pairs: component i of ρ₀ with
/// component j of ρ₁ is one k with pₖ = pᵢⱼ, and Sₖ = 0 makes the two points independent within it.
/// Both marginals are mixtures with a mode for each k.
public struct MixtureCoupling: Coupling {
  /// The law of (x₀, x₁) as one mixture in 2d dimensions.
  public let joint: GaussianMixture
  /// ρ₀ = Σₖ pₖ N(m₀ₖ, C₀ₖ).
  public let base: GaussianMixture
  /// ρ₁ = Σₖ pₖ N(m₁ₖ, C₁ₖ).
  public let target: GaussianMixture

  /// The coupling of given components.
  ///
  /// - Parameters:
  ///   - weights: pₖ, positive, of sum 1 within ``GaussianMixture/weightTolerance``.
  ///   - baseMeans: m₀ₖ, `[components, dimension]`.
  ///   - targetMeans: m₁ₖ, `[components, dimension]`.
  ///   - baseCovariances: C₀ₖ, `[components, dimension, dimension]`, symmetric.
  ///   - targetCovariances: C₁ₖ, likewise.
  ///   - crossCovariances: Sₖ = Cov(x₀, x₁), of the same shape; row i belongs to x₀ᵢ.
  /// - Throws: an error that names the component whose weight, mean or joint covariance is at fault;
  ///   the latter must be positive definite, so x₁ = x₀ is no coupling of this kind.
  public init(
    weights: [Double],
    baseMeans: Tensor<Double>,
    targetMeans: Tensor<Double>,
    baseCovariances: Tensor<Double>,
    targetCovariances: Tensor<Double>,
    crossCovariances: Tensor<Double>
  ) throws(GaussianMixtureError) {
    require(
      baseMeans.rank == 2 && baseMeans.shape == targetMeans.shape,
      "the means of the two ends have equal shapes [components, dimension], got "
        + "\(baseMeans.shape) and \(targetMeans.shape)"
    )
    let (components, dimension) = (baseMeans.shape[0], baseMeans.shape[1])
    let shape = [components, dimension, dimension]
    require(
      baseCovariances.shape == shape && targetCovariances.shape == shape
        && crossCovariances.shape == shape,
      "\(components) components in \(dimension) dimensions need covariances and cross-covariances of "
        + "shape \(shape), got \(baseCovariances.shape), \(targetCovariances.shape) and "
        + "\(crossCovariances.shape)"
    )
    let blocks = (0..<components).map { component in
      func part(_ all: Tensor<Double>) -> Tensor<Double> {
        all.slice(component..<component + 1).reshaped([dimension, dimension])
      }
      let cross = part(crossCovariances)
      return Tensor<Double>.concatenating([
        .concatenating([part(baseCovariances), cross], along: 1),
        .concatenating([cross.transposed, part(targetCovariances)], along: 1),
      ]).reshaped([1, 2 * dimension, 2 * dimension])
    }
    let joint = try GaussianMixture(
      weights: weights,
      means: .concatenating([baseMeans, targetMeans], along: 1),
      covariances: .concatenating(blocks)
    )
    try self.init(joint: joint)
  }

  /// The coupling whose (x₀, x₁) is drawn from a mixture of twice the dimension.
  ///
  /// - Parameter joint: a mixture in an even number of dimensions; the first half is x₀.
  /// - Throws: where a marginal covariance cannot be factorised, which rounding alone can cause.
  public init(joint: GaussianMixture) throws(GaussianMixtureError) {
    require(
      joint.dimension.isMultiple(of: 2),
      "the joint law of x0 and x1 has an even number of dimensions, got \(joint.dimension)"
    )
    let half = joint.dimension / 2
    self.joint = joint
    func marginal(_ range: Range<Int>) throws(GaussianMixtureError) -> GaussianMixture {
      try GaussianMixture(
        weights: joint.weights,
        means: joint.means.slice(range, along: 1),
        covariances: joint.covariances.slice(range, along: 1).slice(range, along: 2)
      )
    }
    base = try marginal(0..<half)
    target = try marginal(half..<2 * half)
  }

  /// d.
  public var dimension: Int { base.dimension }

  /// The number of components.
  public var componentCount: Int { joint.modeCount }

  /// pₖ, of sum 1.
  public var weights: [Double] { joint.weights }

  /// Sₖ, `[components, dimension, dimension]`.
  public var crossCovariances: Tensor<Double> {
    let dimension = dimension
    return joint.covariances.slice(0..<dimension, along: 1)
      .slice(dimension..<2 * dimension, along: 2)
  }

  /// ``base`` and ``target``.
  public var marginals: (base: any Density, target: any Density) { (base, target) }

  /// Draws pairs in the stream of the target: the component by a uniform number of part 0, both
  /// points by 2d normal numbers of part 1.
  public func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    let points = joint.sample(block.inStream(Streams.target))
    return (
      points.slice(0..<dimension, along: 1), points.slice(dimension..<2 * dimension, along: 1)
    )
  }
}

extension MixtureCoupling: Equatable {
  /// Equal joint laws.
  public static func == (first: MixtureCoupling, second: MixtureCoupling) -> Bool {
    first.joint == second.joint
  }
}

extension MixtureCoupling: Codable {
  private enum CodingKeys: String, CodingKey { case joint }

  /// Reads the joint law; throws where it is none of two points of equal dimension.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let joint = try container.decode(GaussianMixture.self, forKey: .joint)
    guard joint.dimension.isMultiple(of: 2) else {
      throw DecodingError.dataCorruptedError(
        forKey: .joint,
        in: container,
        debugDescription: "a mixture in \(joint.dimension) dimensions is no joint law of two points"
      )
    }
    try self.init(joint: joint)
  }

  /// Writes the joint law.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(joint, forKey: .joint)
  }
}
