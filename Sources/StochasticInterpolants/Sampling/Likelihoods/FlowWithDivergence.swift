internal import Integrators
internal import Tensors

/// The probability flow ẋ = b with its divergence as integrand, ∇·b or an estimate for each probe.
///
/// The velocity alone is a pass through a network; with the exact divergence it is one more for each
/// dimension.
struct FlowWithDivergence<V: FieldEvaluator, E: ProbeEvaluator>: IntegralDynamics {
  private let velocity: V
  private let traces: E
  private let probes: Tensor<Double>
  private var values: FieldValues
  private var traceValues: FieldValues
  /// One for each probe, or one.
  let integralCount: Int

  /// - Parameters:
  ///   - velocity: evaluates b.
  ///   - traces: evaluates b and its divergences.
  ///   - probes: those of each row.
  ///   - rows: the number of rows.
  ///   - dimension: d.
  ///   - traceCount: the number of divergences.
  init(
    velocity: V,
    traces: E,
    probes: Tensor<Double>,
    rows: Int,
    dimension: Int,
    traceCount: Int
  ) {
    self.velocity = velocity
    self.traces = traces
    self.probes = probes
    integralCount = traceCount
    values = FieldValues(.velocity, rows: rows, dimension: dimension)
    let wanted = DensityTerms.flow.wanted
    traceValues = FieldValues(wanted, rows: rows, dimension: dimension)
    traceValues.divergence = Tensor(zeros: [rows, traceCount])
  }

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    velocity.evaluate(time: time, points: state, into: &values)
    derivative.copy(from: values.velocity)
  }

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>,
    integrand: inout Tensor<Double>
  ) {
    traces.evaluate(time: time, points: state, probes: probes, into: &traceValues)
    derivative.copy(from: traceValues.velocity)
    integrand.copy(from: traceValues.divergence)
  }
}
