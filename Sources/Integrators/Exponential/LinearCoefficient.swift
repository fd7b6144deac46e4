/// The scalar coefficient a(t) of the linear part of dX = (a(t) X + N(t, X)) dt + √(2ε(t)) dW, with its
/// integral.
public struct LinearCoefficient: Sendable {
  private let value: @Sendable (Double) -> Double
  private let antiderivative: @Sendable (Double, Double) -> Double
  private let refinement: @Sendable (Double, Double) -> Double

  /// A coefficient whose integral is known.
  ///
  /// - Parameters:
  ///   - value: a(t).
  ///   - integral: ∫ a dt from one time to another; it changes sign with their order.
  public init(
    _ value: @escaping @Sendable (_ time: Double) -> Double,
    integral: @escaping @Sendable (_ start: Double, _ end: Double) -> Double
  ) {
    self.init(value, integral: integral, refinement: { _, _ in 0 })
  }

  private init(
    _ value: @escaping @Sendable (Double) -> Double,
    integral: @escaping @Sendable (Double, Double) -> Double,
    refinement: @escaping @Sendable (Double, Double) -> Double
  ) {
    self.value = value
    antiderivative = integral
    self.refinement = refinement
  }

  /// A coefficient that is integrated by Gauss's rule of 16 points: to rounding where it is analytic on
  /// the scale of the interval.
  ///
  /// ``ExponentialHeun`` applies the rule to parts of a step that are so short that their halves agree with them.
  ///
  /// - Parameter value: a(t).
  public init(_ value: @escaping @Sendable (_ time: Double) -> Double) {
    @Sendable func integral(_ start: Double, _ end: Double) -> Double {
      let rule = GaussLegendre.sixteen
      let sum = zip(rule.nodes, rule.weights).reduce(0) { sum, point in
        sum + point.1 * value(start + (end - start) * point.0)
      }
      return (end - start) * sum
    }
    self.init(value, integral: integral) { start, end in
      let middle = start + 0.5 * (end - start)
      return integral(start, middle) + integral(middle, end) - integral(start, end)
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

  /// How much ∫ a changes where the rule is applied to both halves of the interval; 0 where the integral is known.
  func refinement(from start: Double, to end: Double) -> Double { refinement(start, end) }

  /// The sum of two coefficients.
  public static func + (first: LinearCoefficient, second: LinearCoefficient) -> LinearCoefficient {
    LinearCoefficient(
      { first($0) + second($0) },
      integral: { first.integral(from: $0, to: $1) + second.integral(from: $0, to: $1) },
      refinement: { first.refinement($0, $1) + second.refinement($0, $1) }
    )
  }
}
