internal import Integrators
internal import Tensors

/// The drift b + εs (2.21), with −ε for the backward equation (2.23), of one block of rows.
struct Drift<E: FieldEvaluator>: Dynamics {
  let evaluator: E
  var values: FieldValues
  /// ε forward, −ε backward.
  let diffusion: Double
  /// Whether ε acts at the times that follow.
  var isNoisy = false

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    evaluator.evaluate(time: time, points: state, into: &values)
    derivative.copy(from: values.velocity)
    if isNoisy { derivative.add(values.score, scaledBy: diffusion) }
  }
}
