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
struct DensityDynamics<E: ProbeEvaluator>: RowwiseDynamics {
  let evaluator: E
  let terms: DensityTerms
  let dimension: Int
  let traces: Int
  var values: FieldValues

  init(_ evaluator: E, _ terms: DensityTerms, rows: Int, dimension: Int, traces: Int) {
    self.evaluator = evaluator
    self.terms = terms
    self.dimension = dimension
    self.traces = traces
    values = FieldValues(terms.wanted, rows: rows, dimension: dimension)
    for path in [\FieldValues.divergence, \FieldValues.scoreDivergence]
    where values[keyPath: path].count > 0 {
      values[keyPath: path] = Tensor(zeros: [rows, traces])
    }
  }

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let (points, probes) = parts(state)
    evaluator.evaluate(time: time, points: points, probes: probes, into: &values)
    derivative = change(
      of: state,
      diffusion: terms.diffusion.map { Tensor([$0(time)], shape: [1, 1]) }
    )
  }

  mutating func evaluate(
    times: Tensor<Double>,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let (points, probes) = parts(state)
    evaluator.evaluate(times: times, points: points, probes: probes, into: &values)
    derivative = change(
      of: state,
      diffusion: terms.diffusion.map { Tensor(times.elements.map($0), shape: [times.count, 1]) }
    )
  }

  private func parts(_ state: Tensor<Double>) -> (points: Tensor<Double>, probes: Tensor<Double>) {
    (
      state.slice(0..<dimension, along: 1),
      state.slice(dimension + traces..<state.shape[1], along: 1)
    )
  }

  /// The derivative of the state, with ε of all rows or of each, `[1, 1]` or `[rows, 1]`.
  private func change(of state: Tensor<Double>, diffusion: Tensor<Double>?) -> Tensor<Double> {
    var (velocity, change) = (values.velocity, values.divergence)
    if let diffusion {
      velocity += values.score * (diffusion * terms.drift)
      change += values.scoreDivergence * (diffusion * terms.trace)
      if terms.square != 0 {
        let squares = (values.score * values.score).sum(along: 1, keepingAxis: true)
        change += (squares * (diffusion * terms.square)).broadcast(to: change.shape)
      }
    }
    let rest = Tensor<Double>(zeros: [state.shape[0], state.shape[1] - dimension - traces])
    return .concatenating([velocity, change, rest], along: 1)
  }
}
