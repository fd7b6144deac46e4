import Foundation
import Integrators
import Tensors
import Testing

/// Weak order on a nonlinear field with two modes and ε(t) = 1 + cos 3t, without sampling.
///
/// u_n(x) = E[sin(X_N + ½) | X_n = x] obeys u_n(x) = E u_{n+1}(one step from x). The expectation over the
/// step's two normal numbers is taken by Gauss–Hermite rules, u is kept on a grid and interpolated
/// locally at degree 7. Differences of successive grids of steps fall like hᵖ.
@Suite struct NonlinearWeakOrderTests {
  static let spacing = 0.05
  static let nodes = (-180...180).map { Double($0) * spacing }

  private static func drift(_ time: Double, _ x: Tensor<Double>) -> Tensor<Double> {
    (x * 2).applying(.tanh) * 2 - x + 0.5 * sin(3 * time)
  }

  /// Nodes and weights of Gauss's rule for the standard normal law, of n points.
  ///
  /// The roots of the Hermite polynomial are bracketed by a fine scan and found by bisection; the
  /// weight is (n − 1)!/(n He_{n−1}²). Abramowitz, Stegun: Handbook of Mathematical Functions, 25.4.46.
  private static func gaussHermite(_ n: Int) -> [(node: Double, weight: Double)] {
    func hermite(_ x: Double) -> (own: Double, before: Double) {
      var (before, own) = (1.0, x)
      for k in 1..<n { (before, own) = (own, x * own - Double(k) * before) }
      return (own, before)
    }
    let factorial = (1..<n).reduce(1.0) { $0 * Double($1) }
    var result: [(node: Double, weight: Double)] = []
    let scan = stride(from: -8.0005, to: 8, by: 0.01)
    for left in scan where hermite(left).own * hermite(left + 0.01).own < 0 {
      var (low, high) = (left, left + 0.01)
      for _ in 0..<60 {
        let middle = (low + high) / 2
        if hermite(low).own * hermite(middle).own <= 0 { high = middle } else { low = middle }
      }
      let before = hermite(low).before
      result.append((low, factorial / (Double(n) * before * before)))
    }
    return result
  }

  /// Lagrange's interpolation through the eight nearest nodes; constant beyond the grid, where
  /// nothing of weight comes from.
  private static func interpolated(_ values: [Double], at x: Double) -> Double {
    let place = (x - nodes[0]) / spacing
    let first = Int(min(max(place.rounded(.down) - 3, 0), Double(nodes.count - 8)))
    let s = min(max(place, 0), Double(nodes.count - 1)) - Double(first)
    var sum = 0.0
    for i in 0..<8 {
      var weight = values[first + i]
      for j in 0..<8 where j != i { weight *= (s - Double(j)) / Double(i - j) }
      sum += weight
    }
    return sum
  }

  /// E sin(X + ½) at t = 1 from X = 0.4 at t = 0.
  private static func expectation(_ method: any StochasticMethod, steps: Int) -> Double {
    let outer = gaussHermite(12)
    let usesArea = type(of: method).tableau.usesArea
    let inner = usesArea ? gaussHermite(6) : [(node: 0.0, weight: 1.0)]
    let pairs = outer.flatMap { a in inner.map { b in (a.node, b.node, a.weight * b.weight) } }
    let rows = nodes.count * pairs.count
    let state = Tensor(nodes.flatMap { x in pairs.map { _ in x } }, shape: [rows, 1])
    let first = Tensor(nodes.flatMap { _ in pairs.map { $0.0 } }, shape: [rows, 1])
    let second = Tensor(nodes.flatMap { _ in pairs.map { $0.1 } }, shape: [rows, 1])
    var values = nodes.map { sin($0 + 0.5) }
    for step in (0..<steps).reversed() {
      let (time, next) = (Double(step) / Double(steps), Double(step + 1) / Double(steps))
      let moved = method.moved(
        state,
        from: time,
        to: next,
        noise: StepNoise(
          moments: Noise.additive.moments(from: time, to: next),
          first: first,
          second: second
        ),
        drift: drift
      ).elements
      values = nodes.indices.map { node in
        var sum = 0.0
        for (index, pair) in pairs.enumerated() {
          sum += pair.2 * interpolated(values, at: moved[node * pairs.count + index])
        }
        return sum
      }
    }
    return interpolated(values, at: 0.4)
  }

  /// The last slope is within 0.15 of the order: log₂ of 1 + O(h) at 64 steps.
  ///
  /// Methods of order 2 agree on the limit to the size of their last difference; those of order 1
  /// come as close to it as theirs.
  @Test func order() {
    let counts = [32, 64, 128, 256]
    var limits: [Double] = []
    for method in stochasticMethods {
      let values = counts.map { Self.expectation(method, steps: $0) }
      let differences = zip(values, values.dropFirst()).map { $1 - $0 }
      let slopes = zip(differences, differences.dropFirst()).map { log2(abs($0 / $1)) }
      let order = type(of: method).weakOrder
      #expect(
        abs((slopes.last ?? 0) - order) < 0.15,
        "\(type(of: method).name) \(slopes) \(differences)"
      )
      let last = differences.last ?? 0
      limits.append((values.last ?? 0) + last / (exp2(order) - 1))
      #expect(abs((limits.last ?? 0) - limits[0]) < 2 * abs(last) + 1e-4)
    }
  }
}
