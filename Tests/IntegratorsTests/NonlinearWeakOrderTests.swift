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

  /// Values at t = 0 for numbers of steps that double, which approach a limit with an order.
  ///
  /// Their differences are C hᵖ (1 + a h + O(h²)). Two in succession leave p + a′h + O(h²) as slope, and from
  /// two slopes the term in h is taken out: what is left falls fourfold with each doubling. So too the limit,
  /// from which two values take out hᵖ. In all that falls at least twofold from one doubling to the next, the
  /// last change is more than what is still to come: that bounds the error, with room for the terms that follow.
  private struct Approach {
    let order: Double
    let values: [[Double]]

    init(order: Double, steps: [Int], _ value: (Int) -> [Double]) {
      self.order = order
      values = steps.map(value)
    }

    /// Slopes without their term in h, the last two.
    var slopes: (before: Double, last: Double) {
      let differences = zip(values, values.dropFirst()).map(distance)
      let slopes = zip(differences, differences.dropFirst()).map { log2($0 / $1) }
      let refined = zip(slopes, slopes.dropFirst()).map { 2 * $1 - $0 }
      return (refined[refined.count - 2], refined[refined.count - 1])
    }

    /// The limit from the last two values, or from those before them.
    private func limit(fromLast count: Int) -> [Double] {
      zip(values[values.count - count], values[values.count - count + 1]).map { coarse, fine in
        fine + (fine - coarse) / (exp2(order) - 1)
      }
    }

    var limit: [Double] { limit(fromLast: 2) }
    /// What the limit may be off by.
    var error: Double { distance(limit, limit(fromLast: 3)) }

    func expectOrder(_ order: Double, _ name: String) {
      let (before, last) = slopes
      let bound = abs(last - before)
      #expect(abs(last - order) < bound, "\(name): \(before), \(last)")
      // It tells one order from the next.
      #expect(bound < 0.25, "\(name): \(before), \(last)")
    }
  }

  /// The last value of the method of order 3 comes within 10⁻⁹ of the limit, where interpolation still adds but a
  /// hundredth of the last difference.
  private static let reference = Approach(order: 3, steps: [32, 64, 128, 256, 512]) {
    expectation(WeakOrder3(), steps: $0)
  }

  @Test(arguments: 0..<stochasticMethods.count) func order(_ index: Int) {
    let method = stochasticMethods[index]
    let own =
      method is WeakOrder3
      ? Self.reference
      : Approach(order: type(of: method).weakOrder, steps: [16, 32, 64, 128, 256]) {
        Self.expectation(method, steps: $0)
      }
    own.expectOrder(own.order, type(of: method).name)
    // All methods agree on the limit.
    #expect(Self.distance(own.limit, Self.reference.limit) <= own.error + Self.reference.error)
  }

  @Test func orderOfTheExponentialMethod() {
    let own = Approach(order: 2, steps: [8, 16, 32, 64, 128]) {
      Self.expectationOfExponential(steps: $0)
    }
    own.expectOrder(2, ExponentialHeun.name)
    #expect(Self.distance(own.limit, Self.reference.limit) < own.error + Self.reference.error)
  }

  /// One method of order 2 and that of order 3.
  static let examples = stochasticMethods.indices.filter {
    stochasticMethods[$0] is SRA1 || stochasticMethods[$0] is WeakOrder3
  }

  @Test func thereAreTwoExamples() { #expect(Self.examples.count == 2) }

  /// With 2ε(t)h in place of 2∫ε the slope of every method is that of order 1: ``order(_:)`` sees it.
  @Test(arguments: examples) func leftPointNoiseLosesTheOrder(_ index: Int) {
    let own = Approach(order: 1, steps: [8, 16, 32, 64, 128]) {
      Self.expectation(stochasticMethods[index], steps: $0) {
        NoiseMoments(uniform: Noise.leftPoint($0, $1))
      }
    }
    own.expectOrder(1, "2ε(t)h")
  }
}
