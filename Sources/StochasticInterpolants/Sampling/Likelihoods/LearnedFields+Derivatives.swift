public import Tensors

extension LearnedFields: DifferentiableFields {
  /// Makes an evaluator with Hutchinson's estimates: K Jacobian-vector products of the networks, which
  /// share one pass through them.
  public func makeProbeEvaluator(
    _ wanted: Quantities,
    rows: Int,
    probes: Int
  ) -> (any ProbeEvaluator)? {
    checkRows(rows)
    return ProbedNetworks(
      Evaluator(fields: self, wanted: wanted, rows: rows, derivative: .probes(probes))
    )
  }

  /// Makes an evaluator of b and ∇(b·w + ∇·b), by reverse mode through the exact divergence.
  public func makeGradientEvaluator(rows: Int) -> GradientEvaluator {
    checkRows(rows)
    return GradientEvaluator(self, rows: rows)
  }

  /// Evaluates the gradient of learned fields on one thread.
  public final class GradientEvaluator: DensityGradientEvaluator {
    private let evaluator: Evaluator
    private var values: FieldValues

    init(_ fields: LearnedFields, rows: Int) {
      let wanted: Quantities = [.velocity, .divergence]
      evaluator = Evaluator(fields: fields, wanted: wanted, rows: rows, derivative: .gradient)
      values = FieldValues(wanted, rows: rows, dimension: fields.dimension)
      // What is written in the divergence's place has its gradient's shape.
      values.divergence = Tensor(zeros: [rows, fields.dimension])
    }

    /// Writes b and ∇(b·w + ∇·b).
    public func evaluate(
      time: Double,
      points: Tensor<Double>,
      weights: Tensor<Double>,
      velocity: inout Tensor<Double>,
      gradient: inout Tensor<Double>
    ) {
      evaluator.bind(weights)
      evaluator.evaluate(time: time, points: points, into: &values)
      velocity = values.velocity
      gradient = values.divergence
    }
  }
}

/// Evaluates learned fields with Hutchinson's estimates on one thread.
private final class ProbedNetworks<I: Interpolant>: ProbeEvaluator {
  private let evaluator: LearnedFields<I>.Evaluator

  init(_ evaluator: LearnedFields<I>.Evaluator) { self.evaluator = evaluator }

  func evaluate(
    time: Double,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    evaluator.bind(probes)
    evaluator.evaluate(time: time, points: points, into: &values)
  }

  func evaluate(
    times: Tensor<Double>,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    evaluator.bind(probes)
    evaluator.evaluate(times: times, points: points, into: &values)
  }
}
