/// The weights w_k with which ∫ g dt over a grid is Σ_k w_k g(t_k).
///
/// In each step g is the polynomial through the m times around it, m the order rounded up to an even
/// number: the trapezoidal rule for m = 2, and for m = 4 on equal steps the weights 1/3, 31/24, 5/6, 25/24,
/// 1, …. The error is O(hᵐ). Gill, Miller: An algorithm for the integration of unequally spaced data, Comp. J.
/// 15 (1972).
public struct GridQuadrature: Sendable, Hashable {
  /// w_k, one for each time of the grid; negative where the grid goes backward.
  public let weights: [Double]

  /// How much longer one step may be than its neighbour.
  ///
  /// Where a long step follows a short one the polynomial has a slope from the short one, and what g is not
  /// smooth by, such as rounding, comes out as many times larger.
  public static let largestRatio = 4.0

  /// The weights of a grid.
  ///
  /// - Parameters:
  ///   - grid: the times; nil where there are fewer than m, or where one step is more than
  ///     ``largestRatio`` times as long as its neighbour.
  ///   - order: the least order of the error, at least 1.
  public init?(_ grid: TimeGrid, order: Int) {
    let times = grid.times
    let points = 2 * ((order + 1) / 2)
    let steps = zip(times, times.dropFirst()).map { abs($1 - $0) }
    guard
      times.count >= points,
      zip(steps, steps.dropFirst()).allSatisfy({
        max($0, $1) <= Self.largestRatio * (1 + 1e-9) * min($0, $1)
      })
    else { return nil }
    var weights = [Double](repeating: 0, count: times.count)
    for step in steps.indices {
      let first = min(max(0, step + 1 - points / 2), times.count - points)
      let size = times[step + 1] - times[step]
      // In units of the step, so that powers stay of the order of 1.
      let places = (first..<first + points).map { (times[$0] - times[step]) / size }
      for (offset, weight) in Self.lagrangeIntegrals(places).enumerated() {
        weights[first + offset] += size * weight
      }
    }
    self.weights = weights
  }

  /// ∫₀¹ ℓ_i(u) du of the Lagrange polynomials of some places.
  private static func lagrangeIntegrals(_ places: [Double]) -> [Double] {
    places.indices.map { own in
      var polynomial = [1.0]
      for other in places.indices where other != own {
        // Times (u − u_j)/(u_i − u_j).
        var product = [Double](repeating: 0, count: polynomial.count + 1)
        let scale = 1 / (places[own] - places[other])
        for (power, coefficient) in polynomial.enumerated() {
          product[power + 1] += scale * coefficient
          product[power] -= scale * places[other] * coefficient
        }
        polynomial = product
      }
      return polynomial.enumerated().reduce(0) { $0 + $1.element / Double($1.offset + 1) }
    }
  }
}
