internal import Tensors

/// The solution between the ends of a step, x(t + θh) = x + h Σ_i b_i(θ) k_i for θ in [0, 1].
///
/// The sum runs over the stages, the slope at the end of the step and further stages that only the
/// dense output needs. Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.6.
public struct DenseOutput: Sendable, Hashable {
  /// The nodes c_i of the further stages.
  public let nodes: [Double]
  /// The rows a_i of the further stages; row i holds weights for all slopes before it.
  public let stages: [[Double]]
  /// The polynomials b_i: element k of row i is the coefficient of θᵏ⁺¹.
  public let polynomials: [[Double]]
  /// q: within a step the output's own error is O(h^{q+1}), so that a method of order p keeps the order
  /// min(p, q + 1) between its steps.
  public let order: Int

  /// A dense output by its polynomials.
  ///
  /// - Parameters:
  ///   - nodes: the nodes of the further stages; none unless given.
  ///   - stages: the rows of the further stages.
  ///   - polynomials: for each slope the coefficients of θ, θ², ….
  ///   - order: q.
  public init(
    nodes: [Double] = [],
    stages: [[Double]] = [],
    polynomials: [[Double]],
    order: Int
  ) {
    let known = polynomials.count - nodes.count
    require(
      stages.map(\.count) == nodes.indices.map { known + $0 },
      "the further stages of a dense output need rows of lengths "
        + "\(nodes.indices.map { known + $0 }), got \(stages.map(\.count))"
    )
    self.nodes = nodes
    self.stages = stages
    self.polynomials = polynomials
    self.order = order
  }

  /// Cubic Hermite interpolation of the ends and the slopes there.
  ///
  /// - Parameters:
  ///   - weights: b, of the method.
  ///   - order: q, at most 3.
  /// - Returns: the dense output, without further stages.
  public static func hermite(weights: [Double], order: Int) -> DenseOutput {
    nested(weights: weights, corrections: [], order: order)
  }

  /// Hermite interpolation with corrections that vanish at both ends:
  /// x + θ(F₀ + (1−θ)(F₁ + θ(F₂ + (1−θ)(F₃ + θ(F₄ + …))))).
  ///
  /// F₀ = x(t+h) − x, F₁ = hk₁ − F₀, F₂ = 2F₀ − h(k₁ + k_{s+1}), and F₃, F₄, … = h Σ_i d_i k_i.
  /// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.6 and II.10.
  ///
  /// - Parameters:
  ///   - weights: b, of the method.
  ///   - corrections: the rows d of F₃, F₄, …, each over all slopes.
  ///   - nodes: the nodes of the further stages; none unless given.
  ///   - stages: the rows of the further stages.
  ///   - order: q.
  /// - Returns: the dense output.
  public static func nested(
    weights: [Double],
    corrections: [[Double]],
    nodes: [Double] = [],
    stages: [[Double]] = [],
    order: Int
  ) -> DenseOutput {
    let end = weights.count
    let count = end + 1 + nodes.count
    require(
      corrections.allSatisfy { $0.count == count },
      "a correction of this dense output has \(count) weights, got \(corrections.map(\.count))"
    )
    let degree = 3 + corrections.count
    let polynomials = (0..<count).map { slope -> [Double] in
      let whole = slope < end ? weights[slope] : 0
      let first: Double = slope == 0 ? 1 : 0
      let last: Double = slope == end ? 1 : 0
      let factors =
        [whole, first - whole, 2 * whole - first - last] + corrections.map { $0[slope] }
      // Horner's scheme from the innermost factor; index k is the coefficient of θᵏ.
      var polynomial = [Double](repeating: 0, count: degree + 1)
      for (level, factor) in factors.enumerated().reversed() {
        polynomial[0] += factor
        var product = [Double](repeating: 0, count: degree + 1)
        for power in 0..<degree {
          // Levels 0, 2, … are multiplied by θ, levels 1, 3, … by 1 − θ.
          product[power + 1] += level % 2 == 0 ? polynomial[power] : -polynomial[power]
          if level % 2 == 1 { product[power] += polynomial[power] }
        }
        polynomial = product
      }
      return Array(polynomial.dropFirst())
    }
    return DenseOutput(nodes: nodes, stages: stages, polynomials: polynomials, order: order)
  }

  /// b_i(θ) for every slope.
  public func weights(at theta: Double) -> [Double] {
    polynomials.map { $0.reversed().reduce(0) { ($0 + $1) * theta } }
  }
}
