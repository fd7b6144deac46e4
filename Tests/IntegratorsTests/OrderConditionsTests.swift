import Integrators
import Testing

/// The order conditions of every tableau, its error estimate and its dense output, over all rooted
/// trees: exact up to rounding.
///
/// Each sum nests at most 8 levels of at most 16 terms, so it carries at most some 8 · 16 roundings
/// of the sum of magnitudes, besides that of the published digits.
@Suite struct OrderConditionsTests {
  static let roundings = 8 * 16.0

  @Test func trees() {
    let counts = (1...8).map { order in
      RootedTree.all(upTo: order).count - RootedTree.all(upTo: order - 1).count
    }
    // OEIS A000081; "up to order 0" still holds the single vertex.
    #expect(counts == [0, 1, 2, 4, 9, 20, 48, 115])
  }

  @Test(arguments: RungeKutta.all) func order(_ method: RungeKutta) {
    #expect(method.violation(method.weights, order: method.order) < Self.roundings)
    // And not one order more.
    #expect(method.violation(method.weights, order: method.order + 1) > 1e6)
  }

  /// b̂ = b − (b − b̂) satisfies the conditions up to one less than the estimate's order.
  @Test(arguments: RungeKutta.all) func embedded(_ method: RungeKutta) {
    guard let error = method.error else {
      #expect(["Euler", "RK4"].contains(method.name))
      return
    }
    func other(_ difference: [Double]) -> [Double] {
      zip(method.weights + [0], difference).map { $0 - $1 }
    }
    let order = error.damping.isEmpty ? error.order - 1 : 5
    #expect(method.violation(other(error.weights), order: order) < Self.roundings)
    #expect(method.violation(other(error.weights), order: order + 1) > 1e6)
    if error.damping.isEmpty { return }
    // Of estimates O(h⁶) and O(h⁴): h · h¹⁰/h³ = h⁸.
    #expect(method.violation(other(error.damping), order: 3) < Self.roundings)
    #expect(method.violation(other(error.damping), order: 4) > 1e6)
  }

  /// Σ bᵢ(θ) Φᵢ = θ^ρ/γ for all trees of up to the dense output's order, and b(1) = b.
  ///
  /// The polynomials' coefficients are up to some hundred times their values, which costs that many
  /// more roundings.
  @Test(arguments: RungeKutta.all, [0.25, 0.7, 1]) func dense(_ method: RungeKutta, _ theta: Double)
  {
    let weights = method.dense.weights(at: theta)
    #expect(method.violation(weights, theta: theta, order: method.dense.order) < 1e3)
    if theta == 1 {
      for (index, weight) in weights.enumerated() {
        let wanted = index < method.stageCount ? method.weights[index] : 0
        let size = method.dense.polynomials[index].reduce(0) { $0 + abs($1) }
        #expect(abs(weight - wanted) <= 16 * 0x1p-53 * max(1, size), "\(method.name) \(index)")
      }
    } else {
      #expect(method.violation(weights, theta: theta, order: method.dense.order + 1) > 1e6)
    }
  }
}
