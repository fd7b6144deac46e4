import Foundation
import Integrators
import Tensors
import Testing

/// Weak order on a nonlinear field with two modes and ε(t) = 1 + cos 3t, without sampling.
///
/// u_n(x) = E[sin(X_N + ½) | X_n = x] obeys u_n(x) = E u_{n+1}(one step from x). The expectation over the
/// step's two normal numbers is taken by Gauss–Hermite rules, u is kept on a grid and interpolated
/// locally at degree 7. Differences of successive grids of steps fall like hᵖ: their root mean square
/// over x from −2 to 2, since at a single x the first term of the error may vanish.
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

  /// E sin(X + ½) at t = 1 from each X at t = 0.
  private static func expectation(
    _ method: any StochasticMethod,
    steps: Int,
    law: (Double, Double) -> NoiseMoments = Noise.additive.moments
  ) -> [Double] {
    let outer = gaussHermite(12)
    let usesArea = type(of: method).tableau.usesArea
    let inner = usesArea ? gaussHermite(6) : [(node: 0.0, weight: 1.0)]
    let pairs = outer.flatMap { a in inner.map { b in (a.node, b.node, a.weight * b.weight) } }
    let rows = nodes.count * pairs.count
    let state = Tensor(nodes.flatMap { x in pairs.map { _ in x } }, shape: [rows, 1])
    let first = Tensor(nodes.flatMap { _ in pairs.map { $0.0 } }, shape: [rows, 1])
    let second = Tensor(nodes.flatMap { _ in pairs.map { $0.1 } }, shape: [rows, 1])
    return backward(steps, pairs.map { $0.2 }) { time, next in
      method.moved(
        state,
        from: time,
        to: next,
        noise: StepNoise(moments: law(time, next), first: first, second: second),
        drift: drift
      ).elements
    }
  }

  /// The same for the exponential method, which takes the part −x of the drift exactly and draws its
  /// own noise: a step's increment is √q z for one z, and ε times (ξ/z)² makes it √q ξ.
  private static func expectationOfExponential(steps: Int) -> [Double] {
    let method = ExponentialHeun(linear: .constant(-1))
    let rule = gaussHermite(12)
    // A sample of each sign, the same in every row.
    let samples = (0..<64).map { sample in
      let block = RandomBlock(seed: 8, stream: 16, samples: sample..<sample + 1)
      return (sample, BrownianIncrements(block).standardNormal(step: 0, components: 1).scalar)
    }
    let moves = rule.map { point -> (Double, BrownianIncrements) in
      let (sample, z) = samples.first { $0.1 * point.node > 0 } ?? samples[0]
      let all = [Int](repeating: sample, count: nodes.count)
      let factor = (point.node / z) * (point.node / z)
      return (factor, BrownianIncrements(RandomBlock(seed: 8, stream: 16, samples: all)))
    }
    let initial = Tensor(nodes, shape: [nodes.count, 1])
    return backward(steps, rule.map { $0.weight }) { time, next in
      var moved = [Double](repeating: 0, count: nodes.count * rule.count)
      for (index, (factor, increments)) in moves.enumerated() {
        var nonlinear = ClosureDynamics { time, x in drift(time, x) + x }
        let end = method.solve(
          &nonlinear,
          from: initial,
          over: TimeGrid([time, next]),
          diffusion: { factor * (1 + cos(3 * $0)) },
          increments: increments
        ).state.elements
        for node in nodes.indices { moved[node * rule.count + index] = end[node] }
      }
      return moved
    }
  }

  /// u at t = 0 for X from −2 to 2, from where a step leads from each node for each pair of normal numbers,
  /// and the weights of the pairs.
  private static func backward(
    _ steps: Int,
    _ weights: [Double],
    step: (Double, Double) -> [Double]
  ) -> [Double] {
    var values = nodes.map { sin($0 + 0.5) }
    for index in (0..<steps).reversed() {
      let moved = step(Double(index) / Double(steps), Double(index + 1) / Double(steps))
      values = nodes.indices.map { node in
        var sum = 0.0
        for (place, weight) in weights.enumerated() {
          sum += weight * interpolated(values, at: moved[node * weights.count + place])
        }
        return sum
      }
    }
    return zip(nodes, values).filter { abs($0.0) < 2.01 }.map { $0.1 }
  }

  private static func distance(_ first: [Double], _ second: [Double]) -> Double {
    let squares = zip(first, second).map { ($0 - $1) * ($0 - $1) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  /// The limit from the last two of values that approach it with an order.
  private static func limit(_ values: [[Double]], order: Double) -> [Double] {
    zip(values[values.count - 2], values[values.count - 1]).map { coarse, fine in
      fine + (fine - coarse) / (exp2(order) - 1)
    }
  }

  private static func slopes(_ values: [[Double]]) -> [Double] {
    let differences = zip(values, values.dropFirst()).map(distance)
    return zip(differences, differences.dropFirst()).map { log2($0 / $1) }
  }

  /// The last slope is within 0.15 of the order: log₂ of 1 + O(h) at 64 steps, and at 32 for order 3,
  /// whose differences would else come near what the interpolation leaves.
  ///
  /// Methods agree on the limit to the size of their last differences.
  @Test func order() {
    var limits: [[Double]] = []
    for method in stochasticMethods {
      let order = type(of: method).weakOrder
      let counts = order == 3 ? [16, 32, 64, 128] : [32, 64, 128, 256]
      let values = counts.map { Self.expectation(method, steps: $0) }
      let slopes = Self.slopes(values)
      #expect(abs((slopes.last ?? 0) - order) < 0.15, "\(type(of: method).name) \(slopes)")
      limits.append(Self.limit(values, order: order))
      let last = Self.distance(values[2], values[3])
      #expect(Self.distance(limits[limits.count - 1], limits[0]) < 2 * last + 1e-4)
    }
  }

  @Test func orderOfTheExponentialMethod() {
    let values = [16, 32, 64, 128].map { Self.expectationOfExponential(steps: $0) }
    let slopes = Self.slopes(values)
    #expect(abs((slopes.last ?? 0) - 2) < 0.15, "\(slopes)")
    let limit = Self.expectation(WeakOrder3(), steps: 64)
    // Extrapolation takes the last difference down by a factor of h.
    let last = Self.distance(values[2], values[3])
    #expect(Self.distance(Self.limit(values, order: 2), limit) < last / 4)
  }

  /// With 2ε(t)h in place of 2∫ε the slope of every method is that of order 1: ``order()`` sees it.
  @Test(arguments: [4, 6]) func leftPointNoiseLosesTheOrder(_ index: Int) {
    let values = [16, 32, 64, 128].map {
      Self.expectation(stochasticMethods[index], steps: $0) {
        NoiseMoments(uniform: Noise.leftPoint($0, $1))
      }
    }
    let slopes = Self.slopes(values)
    #expect(abs((slopes.last ?? 0) - 1) < 0.15, "\(slopes)")
  }
}
