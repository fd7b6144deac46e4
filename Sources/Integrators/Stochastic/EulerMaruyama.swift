public import Tensors

/// The Euler–Maruyama method: X ← X + h f(t, X) + noise.
///
/// Strong and weak order 1 for additive noise; one evaluation.
/// Kloeden, Platen: Numerical Solution of Stochastic Differential Equations, 10.2.
public struct EulerMaruyama: StochasticMethod {
  /// `"Euler-Maruyama"`.
  public static let name = "Euler-Maruyama"
  /// 1.
  public static let strongOrder = 1.0
  /// 1.
  public static let weakOrder = 1.0
  /// 1.
  public static let stageCount = 1

  /// The method.
  public init() {}

  /// One step, in place.
  public func step(
    _ state: inout Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: Tensor<Double>,
    evaluate: (Double, Tensor<Double>, inout Tensor<Double>) -> Bool
  ) -> Bool {
    var slope = Tensor<Double>(zeros: state.shape)
    guard evaluate(time, state, &slope) else { return false }
    state.add(slope, scaledBy: end - time)
    state.add(noise, scaledBy: 1)
    return true
  }
}
