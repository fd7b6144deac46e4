internal import Glibc

/// A quadrature rule on [0, 1].
struct GaussLegendre: Sendable {
  /// The nodes, increasing.
  let nodes: [Double]
  /// The weights, positive, of sum 1.
  let weights: [Double]

  /// Gauss's rule of `count` points: exact for polynomials of degree 2·count − 1.
  ///
  /// The nodes are the roots of the Legendre polynomial, found by Newton's method from
  /// cos(π(i + ¾)/(n + ½)). Abramowitz, Stegun: Handbook of Mathematical Functions, 25.4.29, 22.16.6.
  init(count: Int) {
    var nodes: [Double] = []
    var weights: [Double] = []
    for index in 0..<count {
      var x = -cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<8 {
        var (before, value) = (1.0, x)
        for degree in 1..<max(1, count) {
          let n = Double(degree)
          (before, value) = (value, ((2 * n + 1) * x * value - n * before) / (n + 1))
        }
        slope = Double(count) * (x * value - before) / (x * x - 1)
        x -= value / slope
      }
      nodes.append(0.5 + 0.5 * x)
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
    self.nodes = nodes
    self.weights = weights
  }

  static let sixteen = GaussLegendre(count: 16)
}
