internal import Tensors

/// An explicit Runge–Kutta method, as its Butcher tableau.
///
/// k_i = f(t + c_i h, x + h Σ_{j<i} a_ij k_j), x(t + h) = x + h Σ_i b_i k_i.
/// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.1.
///
/// The slope at the end of a step, k_{s+1} = f(t + h, x(t + h)), is the first slope of the next one.
/// Error estimates and dense outputs may use it; it is not among the s stages.
public struct RungeKutta: Sendable, Hashable {
  /// The method's usual name.
  public let name: String
  /// p: the error of one unit of time is O(hᵖ).
  public let order: Int
  /// The nodes c_i.
  public let nodes: [Double]
  /// The rows a_i of the tableau, row i of length i.
  public let stages: [[Double]]
  /// The weights b_i.
  public let weights: [Double]
  /// How the error of a step is estimated; nil for a method of fixed steps only.
  public let error: ErrorEstimate?
  /// The solution between the ends of a step.
  public let dense: DenseOutput

  /// A method of one's own.
  ///
  /// - Parameters:
  ///   - name: shown in messages and tables.
  ///   - order: p.
  ///   - nodes: c, with c₁ = 0.
  ///   - stages: a, row i of length i.
  ///   - weights: b, of sum 1.
  ///   - error: how the error of a step is estimated; nil for a method of fixed steps only.
  ///   - dense: the solution between the ends of a step; cubic Hermite interpolation unless given.
  public init(
    name: String,
    order: Int,
    nodes: [Double],
    stages: [[Double]],
    weights: [Double],
    error: ErrorEstimate? = nil,
    dense: DenseOutput? = nil
  ) {
    require(
      nodes.count == weights.count && stages.map(\.count) == Array(0..<nodes.count),
      "the tableau of \(name) needs \(nodes.count) weights and rows of lengths "
        + "\(Array(0..<nodes.count)), got \(weights.count) and \(stages.map(\.count))"
    )
    require(
      nodes.first == 0,
      "the first node of an explicit method is 0, \(name) has the nodes \(nodes)"
    )
    let slopes = nodes.count + 1
    if let error {
      require(
        error.weights.count == slopes
          && (error.damping.isEmpty || error.damping.count == slopes),
        "the error estimate of \(name) needs \(slopes) weights, got \(error.weights.count) and "
          + "\(error.damping.count)"
      )
    }
    let output = dense ?? .hermite(weights: weights, order: min(order, 3))
    require(
      output.polynomials.count == slopes + output.nodes.count,
      "the dense output of \(name) needs \(slopes + output.nodes.count) polynomials, got "
        + "\(output.polynomials.count)"
    )
    self.name = name
    self.order = order
    self.nodes = nodes
    self.stages = stages
    self.weights = weights
    self.error = error
    self.dense = output
  }

  /// The number of evaluations in a step.
  public var stageCount: Int { nodes.count }

  /// Whether a stage only leads to later ones: its slope has no weight in the step, in its error or between
  /// its ends.
  func onlyLeads(_ stage: Int) -> Bool {
    var weights = [weights[stage]] + dense.polynomials[stage]
    if let error { weights += [error.weights[stage]] + error.damping.dropFirst(stage).prefix(1) }
    return weights.allSatisfy { $0 == 0 }
  }
}

extension RungeKutta: CustomStringConvertible {
  /// The method's name.
  public var description: String { name }
}

/// An estimate of the error of a step: the difference of two solutions from the same slopes.
///
/// e = h Σ_i (b_i − b̂_i) k_i over the s stages and the slope at the end.
public struct ErrorEstimate: Sendable, Hashable {
  /// b_i − b̂_i, for the s stages and the slope at the end.
  public let weights: [Double]
  /// The weights of a second estimate, of lower order, that damps the first; empty for none.
  ///
  /// With the norms e₅ and e₃ of both the estimate is e₅² / √(e₅² + 0.01 e₃²).
  /// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.10, (10.17).
  public let damping: [Double]
  /// k: the estimate is O(hᵏ).
  public let order: Int

  /// An estimate.
  ///
  /// - Parameters:
  ///   - weights: b_i − b̂_i, for the s stages and the slope at the end.
  ///   - damping: the weights of a second estimate; none unless given.
  ///   - order: k: the estimate is O(hᵏ).
  public init(weights: [Double], damping: [Double] = [], order: Int) {
    self.weights = weights
    self.damping = damping
    self.order = order
  }
}
