internal import Tensors

/// An evaluator of exact divergences in the form of one that takes probes.
final class ExactTraces<E: FieldEvaluator>: ProbeEvaluator {
  private let evaluator: E
  private var own: FieldValues

  init(_ evaluator: E, _ wanted: Quantities, rows: Int, dimension: Int) {
    self.evaluator = evaluator
    own = FieldValues(wanted, rows: rows, dimension: dimension)
  }

  func evaluate(
    time: Double,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    evaluator.evaluate(time: time, points: points, into: &own)
    pass(to: &values)
  }

  func evaluate(
    times: Tensor<Double>,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    evaluator.evaluate(times: times, points: points, into: &own)
    pass(to: &values)
  }

  private func pass(to values: inout FieldValues) {
    func column(_ traces: Tensor<Double>) -> Tensor<Double> { traces.reshaped([traces.count, 1]) }
    values.velocity = own.velocity
    values.score = own.score
    values.divergence = column(own.divergence)
    values.scoreDivergence = column(own.scoreDivergence)
  }
}
