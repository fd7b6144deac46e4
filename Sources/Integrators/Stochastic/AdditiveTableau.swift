internal import Tensors

/// A Runge–Kutta method for additive noise, as its tableau.
///
/// X_i = X + h Σ_{j<i} a_ij k_j + w_i ΔM + q_i H, k_i = f(t + c_i h, X_i),
/// X ← X + h Σ_i b_i k_i + ΔM, with the increment ΔM and the space–time Lévy area H of
/// ``NoiseMoments``.
///
/// Rößler: Runge–Kutta Methods for the Strong Approximation of Solutions of Stochastic Differential
/// Equations. SIAM J. Numer. Anal. 48 (2010). There the noise is g(t)W with weights for g at nodes of
/// its own; here ΔM and H belong to M = ∫ g dW itself, so that the noise of every method is as exact as
/// the moments of ε(t). Strong order 1.5 needs Σ b_i (w_i ΔM + q_i H) = H + ΔM/2, the mean of M over the step.
public struct AdditiveTableau: Sendable, Hashable {
  /// The nodes c_i.
  public let nodes: [Double]
  /// The rows a_i, row i of length i.
  public let stages: [[Double]]
  /// The weights b_i of the slopes.
  public let weights: [Double]
  /// w_i: how much of the increment a stage has seen.
  public let increments: [Double]
  /// q_i: how much of the area a stage has seen.
  public let areas: [Double]
  /// b_i − b̂_i, the weights of an estimate of a step's error; empty for a method of fixed steps only.
  public let errors: [Double]
  /// k: the estimate is O(hᵏ).
  public let errorOrder: Double

  /// A tableau.
  ///
  /// - Parameters:
  ///   - nodes: c.
  ///   - stages: a, row i of length i.
  ///   - weights: b, of sum 1.
  ///   - increments: w.
  ///   - areas: q; all 0 unless given.
  ///   - errors: b − b̂; none unless given.
  ///   - errorOrder: k: the estimate is O(hᵏ).
  public init(
    nodes: [Double],
    stages: [[Double]],
    weights: [Double],
    increments: [Double],
    areas: [Double]? = nil,
    errors: [Double] = [],
    errorOrder: Double = 1.5
  ) {
    let areas = areas ?? [Double](repeating: 0, count: nodes.count)
    require(
      stages.map(\.count) == Array(0..<nodes.count)
        && [weights.count, increments.count, areas.count] == [Int](repeating: nodes.count, count: 3)
        && (errors.isEmpty || errors.count == nodes.count),
      "a tableau of \(nodes.count) nodes needs as many weights, increments and areas and rows of "
        + "lengths \(Array(0..<nodes.count)), got \(weights.count), \(increments.count), "
        + "\(areas.count) and \(stages.map(\.count))"
    )
    self.nodes = nodes
    self.stages = stages
    self.weights = weights
    self.increments = increments
    self.areas = areas
    self.errors = errors
    self.errorOrder = errorOrder
  }

  /// Whether a stage asks for the area.
  public var usesArea: Bool { areas.contains { $0 != 0 } }
}
