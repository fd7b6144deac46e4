internal import Gradients
public import Tensors

/// A joint law of the two ends of a bridge, ρ(x₀, x₁), with ρ₀ and ρ₁ for marginals.
///
/// Draws are addressed: equal blocks give equal pairs, and the pair of a sample does not depend on
/// the other rows of its block.
public protocol Coupling: Sendable {
  /// d, the number of components of a point.
  var dimension: Int { get }

  /// Draws one pair for each row of a block.
  ///
  /// - Parameter block: the rows and the seed; its stream is replaced by the streams of the ends.
  /// - Returns: x₀ and x₁, each `[block.count, dimension]`.
  func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>)

  /// The two marginals: what a path starts from, forward and backward.
  var marginals: (base: any Density, target: any Density) { get }
}

/// Both ends drawn independently: ρ(x₀, x₁) = ρ₀(x₀) ρ₁(x₁).
public struct IndependentCoupling<Base: Density, Target: Density>: Coupling {
  /// ρ₀.
  public let base: Base
  /// ρ₁.
  public let target: Target

  /// Couples two densities of one dimension.
  ///
  /// - Parameters:
  ///   - base: ρ₀.
  ///   - target: ρ₁.
  public init(_ base: Base, _ target: Target) {
    require(
      base.dimension == target.dimension,
      "the two ends of a bridge have equal dimensions, got \(base.dimension) and "
        + "\(target.dimension)"
    )
    self.base = base
    self.target = target
  }

  /// d.
  public var dimension: Int { base.dimension }

  /// ``base`` and ``target``.
  public var marginals: (base: any Density, target: any Density) { (base, target) }

  /// Draws x₀ in the stream of the base and x₁ in the stream of the target.
  public func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    (base.sample(block.inStream(Streams.base)), target.sample(block.inStream(Streams.target)))
  }
}

/// Rows that belong together in two sets of points: ρ(x₀, x₁) = (1/n) Σᵢ δ(x₀ − x₀ᵢ) δ(x₁ − x₁ᵢ).
public struct PairedCoupling: Coupling, Equatable {
  /// x₀ᵢ, `[count, dimension]`.
  public let x0: Tensor<Double>
  /// x₁ᵢ, `[count, dimension]`.
  public let x1: Tensor<Double>

  /// Couples row i of one set with row i of the other.
  ///
  /// - Parameters:
  ///   - x0: `[count, dimension]`.
  ///   - x1: of the same shape.
  /// - Throws: where the shapes differ, there are no rows or columns, or a value is not finite.
  public init(x0: Tensor<Double>, x1: Tensor<Double>) throws(PointsError) {
    try PointsError.check(x0)
    try PointsError.check(x1)
    guard x0.shape == x1.shape else { throw .shapesDiffer(first: x0.shape, second: x1.shape) }
    self.x0 = x0
    self.x1 = x1
  }

  /// d.
  public var dimension: Int { x0.shape[1] }

  /// The rows of ``x0`` and those of ``x1``, each drawn with replacement.
  public var marginals: (base: any Density, target: any Density) {
    (EmpiricalDensity(checked: x0), EmpiricalDensity(checked: x1))
  }

  /// Draws rows with replacement, one uniform number each in the stream of the target.
  public func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    let rows = block.inStream(Streams.target).integers(below: x0.shape[0])
    return (x0.gatheringRows(rows), x1.gatheringRows(rows))
  }
}
