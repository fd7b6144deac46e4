internal import Integrators
internal import Tensors

/// What a path follows and what is integrated along it, at the times of one stretch.
///
/// dX = (b + σεs) dt + √(2ε) dW and dI = (∇·b + τε∇·s + qε|s|²) dt.
struct DensityTerms: Sendable {
  /// ε; nil for the probability flow.
  let diffusion: (@Sendable (Double) -> Double)?
  /// σ.
  let drift: Double
  /// τ.
  let trace: Double
  /// q.
  let square: Double

  /// The probability flow: ẋ = b, İ = ∇·b.
  static let flow = DensityTerms(diffusion: nil, drift: 0, trace: 0, square: 0)

  var wanted: Quantities {
    diffusion == nil
      ? [.velocity, .divergence] : [.velocity, .divergence, .score, .scoreDivergence]
  }
}

/// (x, I₁ … I_K, p₁ … p_K): a path, an integral along it for each estimate of the divergence, and the
/// probes, which stay as they are.
///
/// Probes are part of the state so that they go with their row wherever an integrator puts it.
struct DensityDynamics<E: ProbeEvaluator>: Dynamics {
  let evaluator: E
  let terms: DensityTerms
  let traces: Int
  var values: FieldValues

  init(_ evaluator: E, _ terms: DensityTerms, dimension: Int, traces: Int) {
    self.evaluator = evaluator
    self.terms = terms
    self.traces = traces
    values = FieldValues(terms.wanted, rows: RowBlocks.size, dimension: dimension)
    for path in [\FieldValues.divergence, \FieldValues.scoreDivergence]
    where values[keyPath: path].count > 0 {
      values[keyPath: path] = Tensor(zeros: [RowBlocks.size, traces])
    }
  }

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let dimension = values.velocity.shape[1]
    let width = state.shape[1]
    evaluator.evaluate(
      time: time,
      points: state.slice(0..<dimension, along: 1),
      probes: state.slice(dimension + traces..<width, along: 1),
      into: &values
    )
    var (velocity, change) = (values.velocity, values.divergence)
    if let epsilon = terms.diffusion?(time) {
      velocity.add(values.score, scaledBy: terms.drift * epsilon)
      change.add(values.scoreDivergence, scaledBy: terms.trace * epsilon)
      if terms.square != 0 {
        let squares = (values.score * values.score).sum(along: 1, keepingAxis: true)
        change += (squares * (terms.square * epsilon)).broadcast(to: change.shape)
      }
    }
    let rest = Tensor<Double>(zeros: [state.shape[0], width - dimension - traces])
    derivative = .concatenating([velocity, change, rest], along: 1)
  }
}
