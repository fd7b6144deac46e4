/// Why the exact fields of an interpolant have no value at a time.
public enum MixtureFieldsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The covariance of x_t in a component cannot be factorised: x_t is a point where α = β = γ = 0.
  case singularCovariance(component: Int, time: Double, alpha: Double, beta: Double, gamma: Double)
  /// α̇ (or β̇) is infinite and multiplies a moment of x₀ (x₁) that is not 0: b and v have no limit.
  case infiniteSlope(coefficient: String, component: Int, time: Double, moment: String)
  /// An adaptive integration needed steps below its least one.
  case unresolved(time: Double)
  /// A value that the numbers of a `Double` cannot hold, at points as far away as 10¹⁵⁴.
  case notFinite(quantity: String, row: Int, time: Double)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .singularCovariance(let component, let time, let alpha, let beta, let gamma):
      "the covariance of x_t in component \(component) is not positive definite at t = \(time), where "
        + "α = \(alpha), β = \(beta) and γ = \(gamma); take a γ that is positive there or another "
        + "time"
    case .infiniteSlope(let coefficient, let component, let time, let moment):
      "b has no limit at t = \(time): the derivative of \(coefficient) is infinite there and \(moment) "
        + "of component \(component) is not 0; stay away from this time or centre the mixture of x0"
    case .unresolved(let time):
      "the flow cannot be integrated to its accuracy past t = \(time); is a coefficient not smooth?"
    case .notFinite(let quantity, let row, let time):
      "the \(quantity) of row \(row) at t = \(time) is NaN or infinite; is the point too far away?"
    }
  }
}
