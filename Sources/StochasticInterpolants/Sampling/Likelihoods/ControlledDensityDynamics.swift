internal import Integrators
internal import Tensors

/// (x, I₁ … I_K, p₁ … p_K) of the probability flow for step control: the integrals are quadratures, whose
/// divergences are left out of stages that do not read them.
struct ControlledDensityDynamics<V: FieldEvaluator, E: ProbeEvaluator>: RowwiseDynamics {
  private var whole: DensityDynamics<E>
  private let velocity: V
  private var values: FieldValues

  /// - Parameters:
  ///   - velocity: evaluates b.
  ///   - evaluator: evaluates b and its divergences.
  ///   - rows: the number of rows of a block.
  ///   - dimension: d.
  ///   - traces: K.
  init(velocity: V, traces evaluator: E, rows: Int, dimension: Int, traces: Int) {
    self.velocity = velocity
    whole = DensityDynamics(evaluator, .flow, rows: rows, dimension: dimension, traces: traces)
    values = FieldValues(.velocity, rows: rows, dimension: dimension)
  }

  mutating func evaluate(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    whole.evaluate(times: times, state: state, into: &derivative)
  }

  mutating func evaluateWithoutQuadratures(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let points = state.slice(0..<whole.dimension, along: 1)
    velocity.evaluate(times: times, points: points, into: &values)
    let rest = Tensor<Double>(zeros: [state.shape[0], state.shape[1] - whole.dimension])
    derivative = .concatenating([values.velocity, rest], along: 1)
  }
}
