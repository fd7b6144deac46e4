import Integrators
import Testing

/// The conditions on a tableau for additive noise, in the moments of its stages' noise.
///
/// With Z_i = w_i ΔM + q_i H for a constant ε: v_i = Var Z_i/V = w_i² + q_i²/12, C_i = Cov(Z_i, ΔM)/V = w_i
/// and K_ij = Cov(Z_i, Z_j)/V. A product of elementary differentials of f and of noise has, in its
/// expectation, one condition for each way to pair its noises; those of a weight up to hᵖ give weak
/// order p. Right-hand sides are those of M itself, with Cov(M(s), M(r)) = min(s, r).
private struct AdditiveConditions {
  let tableau: AdditiveTableau

  private func sum(_ term: (Int) -> Double) -> Double {
    tableau.nodes.indices.reduce(0) { $0 + tableau.weights[$1] * term($1) }
  }

  /// Σ_j a_ij term(i, j).
  private func inner(_ i: Int, _ term: (Int) -> Double) -> Double {
    (0..<i).reduce(0) { $0 + tableau.stages[i][$1] * term($1) }
  }

  private func c(_ i: Int) -> Double { tableau.nodes[i] }
  private func w(_ i: Int) -> Double { tableau.increments[i] }
  private func q(_ i: Int) -> Double { tableau.areas[i] }
  private func k(_ i: Int, _ j: Int) -> Double { w(i) * w(j) + q(i) * q(j) / 12 }
  private func v(_ i: Int) -> Double { k(i, i) }

  /// Strong order 1.5: Σ b_i Z_i is the mean of M over the step, ΔM/2 + H.
  var strong: [Double] { [sum(w) - 0.5, sum(q) - 1] }

  var first: [Double] { [sum { _ in 1 } - 1] }

  /// f′f, f″[M, M] and M f′[M].
  var second: [Double] { [sum(c) - 0.5, sum(v) - 0.5, sum(w) - 0.5] }

  /// The trees of f alone, those of f and two noises, and of f and four; the last one is for an ε
  /// that varies linearly over the step: H and ΔM are then not independent.
  var third: [Double] {
    [
      sum { c($0) * c($0) } - 1.0 / 3,
      sum { inner($0, c) } - 1.0 / 6,
      sum { c($0) * v($0) } - 1.0 / 3,
      sum { c($0) * w($0) } - 1.0 / 3,
      sum { inner($0, v) } - 1.0 / 6,
      sum { inner($0, w) } - 1.0 / 6,
      sum { v($0) * v($0) } - 1.0 / 3,
      sum { w($0) * v($0) } - 1.0 / 3,
      sum { w($0) * w($0) } - 1.0 / 3,
      sum { i in sum { k(i, $0) } } - 1.0 / 3,
      sum { w($0) * q($0) } - 0.5,
      sum { i in inner(i) { k(i, $0) } } - 1.0 / 6,
    ]
  }
}

@Suite struct AdditiveConditionsTests {
  /// Sums of at most 16 terms below 4: a rounding of each term and of each sum.
  static let tolerance = 2 * 16 * 4 * 0x1p-53

  private static func holds(_ conditions: [Double]) -> Bool {
    conditions.allSatisfy { abs($0) <= tolerance }
  }

  /// A method satisfies the conditions of its orders, and none of a higher one.
  @Test(arguments: 0..<stochasticMethods.count) func orders(_ index: Int) {
    let method = type(of: stochasticMethods[index])
    let conditions = AdditiveConditions(tableau: method.tableau)
    #expect(Self.holds(conditions.first))
    #expect(Self.holds(conditions.second) == (method.weakOrder >= 2))
    #expect(
      Self.holds(conditions.second + conditions.third) == (method.weakOrder >= 3),
      "\(conditions.third)"
    )
    #expect(Self.holds(conditions.strong) == (method.strongOrder >= 1.5))
  }

  /// Those whose first stage is the start of the step.
  static let ordered = placesOfMethods { $0.tableau.nodes[0] == 0 }

  @Test func listsAreNotEmpty() {
    #expect(!Self.ordered.isEmpty && !estimatingMethods.isEmpty)
  }

  /// Nodes are the sums of their rows, where stages are in order.
  @Test(arguments: ordered) func rows(_ index: Int) {
    let tableau = type(of: stochasticMethods[index]).tableau
    for (node, row) in zip(tableau.nodes, tableau.stages) {
      #expect(abs(row.reduce(0, +) - node) <= Self.tolerance)
    }
  }

  /// The estimate compares the step with one of the first slope alone: b − (1, 0, …).
  @Test(arguments: estimatingMethods) func estimate(_ index: Int) {
    let tableau = type(of: stochasticMethods[index]).tableau
    for (place, (error, weight)) in zip(tableau.errors, tableau.weights).enumerated() {
      #expect(abs(error - (weight - (place == 0 ? 1 : 0))) <= Self.tolerance)
    }
  }
}
