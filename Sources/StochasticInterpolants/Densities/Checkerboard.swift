internal import RealModule
public import Tensors

/// The uniform law on the eight squares of side 2 of a 4 × 4 board on [−4, 4)².
///
/// x₁ = 4U − 2, x₂ = U′ − 2B + (⌊x₁⌋ mod 2) with U, U′ uniform on [0, 1) and B ∈ {0, 1} with equal
/// chances; the point is 2 · scale · (x₁, x₂). In units of 2 · scale a point lies in the support if
/// both coordinates are in [−2, 2) and ⌊x₁⌋ + ⌊x₂⌋ is even. There ρ = 1/(32 · scale²), so the
/// entropy is ln 32 + 2 ln scale, 3.4657 nats at scale 1. Not every peer has this scale: in
/// flow_matching the points are divided by 0.45 instead of multiplied by 2, which is scale 10/9 here
/// and entropy 3.6765.
///
/// Source: the checkerboard notebook of the stochastic-interpolants authors' code (interflow).
public struct Checkerboard: ExplicitDensity, SupportedDensity, MomentedDensity, Hashable {
  /// What the official points are multiplied by.
  public let scale: Double

  /// The checkerboard.
  ///
  /// - Parameter scale: what the points are multiplied by, positive; 1 is the official size.
  public init(scale: Double = 1) {
    require(
      scale > 0 && scale.isFinite,
      "the scale of a checkerboard must be positive and finite, got \(scale)"
    )
    self.scale = scale
  }

  /// The plane: 2.
  public var dimension: Int { 2 }

  /// Draws by the formula of the definition; part 0 of the block, uniform numbers U, U′, B.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let size = 2 * scale
    let result = Tensor<Double>(uninitialized: [block.count, 2])
    block.uniform(columns: 3).withSpan { u in
      result.buffer.withMutableSpan { points in
        for row in 0..<points.count / 2 {
          let x = 4 * u[3 * row] - 2
          let isOdd = Int(x.rounded(.down)) & 1
          // U′ with 51 bits, so that no sum rounds up into the next square.
          let within = (u[3 * row + 1] * 0x1p51).rounded(.down) * 0x1p-51
          let y = within - (u[3 * row + 2] < 0.5 ? 0 : 2) + Double(isOdd)
          points[2 * row] = size * x
          points[2 * row + 1] = size * y
        }
      }
    }
    return result
  }

  private func isInside(_ x: Double, _ y: Double) -> Bool {
    let (column, row) = (x / (2 * scale), y / (2 * scale))
    guard column >= -2, column < 2, row >= -2, row < 2 else { return false }
    return (Int(column.rounded(.down)) + Int(row.rounded(.down))) & 1 == 0
  }

  /// Whether each point lies on one of the eight squares; NaN does not.
  public func contains(_ points: Tensor<Double>) -> [Bool] {
    checkPoints(points)
    return Rows.test(points) { isInside($0, $1) }
  }

  private var logArea: Double { Double.log(32) + 2 * Double.log(scale) }

  /// −ln 32 − 2 ln scale on the squares, −∞ elsewhere.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let inside = -logArea
    return Rows.map(points) { isInside($0, $1) ? inside : -.infinity }
  }

  /// ln 32 + 2 ln scale.
  public var entropy: Double? { logArea }

  /// The origin.
  public var mean: Tensor<Double> { Tensor(zeros: [2]) }

  /// scale² · (16/3, 1; 1, 16/3).
  public var covariance: Tensor<Double> {
    Tensor([16.0 / 3, 1, 1, 16.0 / 3], shape: [2, 2]) * (scale * scale)
  }
}
