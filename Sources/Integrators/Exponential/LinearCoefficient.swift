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
