internal import Gradients
public import Tensors

/// A coupling given by a function that draws pairs, such as x₀ = a corrupted x₁ (arXiv 2310.03725).
///
/// The marginals are given beside it: they are what a sampler starts from.
public struct SampledCoupling: Coupling {
  /// d.
  public let dimension: Int

  private let base: any Density
  private let target: any Density
  private let draw: @Sendable (RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>)

  /// Wraps a sampler of pairs.
  ///
  /// - Parameters:
  ///   - base: ρ₀, the law of the first points.
  ///   - target: ρ₁, the law of the second.
  ///   - draw: one pair for each row of a block, each `[block.count, dimension]`; row r may use the
  ///     random numbers of row r only, each kind in a part of its own, `RandomBlock.part(_:)`.
  public init(
    base: some Density,
    target: some Density,
    draw: @escaping @Sendable (RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>)
  ) {
    require(
      base.dimension == target.dimension,
      "the two ends of a bridge have equal dimensions, got \(base.dimension) and "
        + "\(target.dimension)"
    )
    dimension = base.dimension
    self.base = base
    self.target = target
    self.draw = draw
  }

  /// The coupling in which x₀ is made from x₁: ρ(x₀, x₁) = ρ₁(x₁) ρ(x₀ | x₁).
  ///
  /// - Parameters:
  ///   - target: ρ₁.
  ///   - corrupt: x₀ of each row from x₁ and random numbers of the row.
  public init(
    target: some Density,
    corrupting corrupt: @escaping @Sendable (Tensor<Double>, RandomBlock) -> Tensor<Double>
  ) {
    let draw: @Sendable (RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) = { block in
      let x1 = target.sample(block.inStream(Streams.target))
      return (corrupt(x1, block.inStream(Streams.base)), x1)
    }
    self.init(
      base: CorruptedDensity(dimension: target.dimension) { draw($0).x0 },
      target: target,
      draw: draw
    )
  }

  /// ρ₀ and ρ₁.
  public var marginals: (base: any Density, target: any Density) { (base, target) }

  /// Calls the function.
  public func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    let pair = draw(block)
    let shape = [block.count, dimension]
    require(
      pair.x0.shape == shape && pair.x1.shape == shape,
      "a coupling's function returned points of the shapes \(pair.x0.shape) and "
        + "\(pair.x1.shape); both must be \(shape)"
    )
    return pair
  }
}

/// The law of the x₀ of a coupling whose x₀ is made from x₁.
private struct CorruptedDensity: Density {
  let dimension: Int
  let draw: @Sendable (RandomBlock) -> Tensor<Double>

  func sample(_ block: RandomBlock) -> Tensor<Double> { draw(block) }
}
