public import Tensors

/// The stochastic Heun method, trapezoidal with the noise in the predictor:
/// X̂ = X + h f(t, X) + noise, X ← X + (h/2)(f(t, X) + f(t + h, X̂)) + noise.
///
/// Strong order 1 and weak order 2 for additive noise; two evaluations. It is not the Heun step of
/// the paper's code, whose slopes both stand at t + h.
/// Kloeden, Platen: Numerical Solution of Stochastic Differential Equations, 15.1.
public struct StochasticHeun: StochasticMethod {
  /// `"stochastic Heun"`.
  public static let name = "stochastic Heun"
  /// 1.
  public static let strongOrder = 1.0
  /// 2.
  public static let weakOrder = 2.0
  /// 2.
  public static let stageCount = 2

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
    let size = end - time
    var first = Tensor<Double>(zeros: state.shape)
    guard evaluate(time, state, &first) else { return false }
    var predicted = state
    predicted.add(first, scaledBy: size)
    predicted.add(noise, scaledBy: 1)
    var second = Tensor<Double>(zeros: state.shape)
    guard evaluate(end, predicted, &second) else { return false }
    state.add(first, scaledBy: size / 2)
    state.add(second, scaledBy: size / 2)
    state.add(noise, scaledBy: 1)
    return true
  }
}
