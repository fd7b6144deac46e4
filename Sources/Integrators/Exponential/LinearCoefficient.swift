internal import Glibc
internal import Tensors

/// The scalar coefficient a(t) of the linear part of dX = (a(t) X + N(t, X)) dt + √(2ε(t)) dW, with its
/// integral.
public struct LinearCoefficient: Sendable {
  private let value: @Sendable (Double) -> Double
  private let antiderivative: @Sendable (Double, Double) -> Double

  /// A coefficient whose integral is known.
  ///
  /// - Parameters:
  ///   - value: a(t).
  ///   - integral: ∫ a dt from one time to another; it changes sign with their order.
  public init(
    _ value: @escaping @Sendable (_ time: Double) -> Double,
    integral: @escaping @Sendable (_ start: Double, _ end: Double) -> Double
  ) {
    self.value = value
    antiderivative = integral
  }

  /// A coefficient that is integrated by Gauss's rule of 16 points: to rounding where it is analytic on
  /// the scale of the interval.
  ///
  /// - Parameter value: a(t).
  public init(_ value: @escaping @Sendable (_ time: Double) -> Double) {
    self.init(value) { start, end in
      let rule = GaussLegendre.sixteen
      let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
        sum + point.1 * value(start + (end - start) * point.0)
      }
      return (end - start) * sum
    }
  }

  /// A constant coefficient.
  public static func constant(_ value: Double) -> LinearCoefficient {
    LinearCoefficient({ _ in value }, integral: { value * ($1 - $0) })
  }

  /// a(t).
  public func callAsFunction(_ time: Double) -> Double { value(time) }

  /// ∫ a dt between two times.
  public func integral(from start: Double, to end: Double) -> Double {
    antiderivative(start, end)
  }

  /// The sum of two coefficients.
  public static func + (first: LinearCoefficient, second: LinearCoefficient) -> LinearCoefficient {
    LinearCoefficient(
      { first($0) + second($0) },
      integral: { first.integral(from: $0, to: $1) + second.integral(from: $0, to: $1) }
    )
  }
}

/// The weights of a step of the exponential method.
///
/// With G(s) = exp ∫_s^{t+h} a: the propagator G(t), the weights ∫ G (1 − u) ds and ∫ G u ds of the
/// nonlinear part at both ends, u = (s − t)/h, and the variance ∫ G² 2ε |ds| of the noise.
struct ExponentialWeights {
  var propagator: Double
  var first = 0.0
  var second = 0.0
  var variance = 0.0

  /// The weights of a step, by Gauss's rule of 16 points on panels over which ∫ a changes by at most 2:
  /// to rounding where a and ε are analytic on the scale of a panel.
  init(
    _ linear: LinearCoefficient,
    diffusion: (Double) -> Double,
    from time: Double,
    to end: Double
  ) {
    let exponent = linear.integral(from: time, to: end)
    require(
      exponent.isFinite,
      "the integral of the linear coefficient from \(time) to \(end) must be finite, got \(exponent)"
    )
    propagator = exp(exponent)
    let panels = max(1, Int((abs(exponent) / 2).rounded(.up)))
    let rule = GaussLegendre.sixteen
    let size = end - time
    for panel in 0..<panels {
      for (node, weight) in zip(rule.nodes, rule.weights) {
        let place = (Double(panel) + node) / Double(panels)
        let now = time + size * place
        let growth = exp(linear.integral(from: now, to: end))
        let density = diffusion(now)
        require(density >= 0, "ε must not be negative, got \(density) at t = \(now)")
        let share = weight / Double(panels)
        first += share * size * growth * (1 - place)
        second += share * size * growth * place
        variance += share * abs(size) * growth * growth * 2 * density
      }
    }
  }
}
