/// A function of time, its derivative, and their product, evaluated together so that they cannot
/// drift apart.
///
/// Three things: for γ = √(a t(1−t)) the derivative γ̇ is infinite at t = 0 and 1 where the product
/// γγ̇ is finite, and formulas use the finite one. The same holds for α = √(1−t²) at t = 1.
public struct Coefficient: Sendable, Hashable {
  /// The value at t.
  public var value: Double
  /// The derivative at t; infinite where the function has a vertical tangent.
  public var derivative: Double
  /// Value times derivative, finite on all of [0, 1].
  public var product: Double

  /// Joins a value, a derivative and their product.
  ///
  /// - Parameters:
  ///   - value: f(t).
  ///   - derivative: ḟ(t).
  ///   - product: the limit of f ḟ, which is finite where the derivative is not.
  public init(value: Double, derivative: Double, product: Double) {
    self.value = value
    self.derivative = derivative
    self.product = product
  }

  /// Joins a value and a finite derivative.
  public init(value: Double, derivative: Double) {
    self.init(value: value, derivative: derivative, product: value * derivative)
  }

  /// The function that is zero everywhere.
  public static let zero = Coefficient(value: 0, derivative: 0, product: 0)
}
