public import Tensors

extension MixtureFields: DifferentiableFields {
  /// Makes an evaluator with Hutchinson's estimates, in closed form.
  public func makeProbeEvaluator(
    _ wanted: Quantities,
    rows: Int,
    probes: Int
  ) -> (any ProbeEvaluator)? {
    ProbedMixture(self, wanted, rows: rows)
  }

  /// Makes an evaluator of b and ∇(b·w + ∇·b), in closed form.
  public func makeGradientEvaluator(rows: Int) -> GradientEvaluator {
    GradientEvaluator(fields: self)
  }

  /// Evaluates the gradient of exact fields on one thread; NaN where they have no value.
  public final class GradientEvaluator: DensityGradientEvaluator {
    private let fields: MixtureFields

    init(fields: MixtureFields) { self.fields = fields }

    /// Writes b and ∇(b·w + ∇·b).
    public func evaluate(
      time: Double,
      points: Tensor<Double>,
      weights: Tensor<Double>,
      velocity: inout Tensor<Double>,
      gradient: inout Tensor<Double>
    ) {
      guard let pairs = try? fields.pairs(at: time) else {
        velocity = Tensor(repeating: .nan, shape: points.shape)
        gradient = velocity
        return
      }
      let posterior = MixturePosterior(pairs, at: points)
      let (scores, velocities) = (posterior.values(.score), posterior.values(.velocity))
      velocity = posterior.mean { velocities[$0] }
      gradient = posterior.gradient(
        velocities: velocities,
        score: posterior.mean { scores[$0] },
        weights: weights
      )
    }
  }
}

/// Evaluates exact fields with Hutchinson's estimates on one thread.
private final class ProbedMixture<I: Interpolant>: ProbeEvaluator {
  private let fields: MixtureFields<I>
  private let traced: [(quantity: Quantities, field: VectorField)]
  private let vectors: MixtureFields<I>.Evaluator

  init(_ fields: MixtureFields<I>, _ wanted: Quantities, rows: Int) {
    self.fields = fields
    traced = [(.divergence, .velocity), (.scoreDivergence, .score)]
      .filter { wanted.contains($0.quantity) }
    vectors = fields.makeEvaluator(
      wanted.subtracting([.divergence, .scoreDivergence]),
      rows: rows
    )
  }

  func evaluate(
    times: Tensor<Double>,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    evaluateRowByRow(times: times, points: points, probes: probes, into: &values)
  }

  func evaluate(
    time: Double,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    vectors.evaluate(time: time, points: points, into: &values)
    let (rows, dimension) = (points.shape[0], fields.dimension)
    let count = probes.shape[1] / dimension
    let pairs = try? fields.pairs(at: time)
    let posterior = pairs.map { MixturePosterior($0, at: points) }
    for (quantity, field) in traced {
      var traces = Tensor<Double>(repeating: .nan, shape: [rows, count])
      if let posterior {
        let own = posterior.values(field)
        let scores = posterior.values(.score)
        let score = posterior.mean { scores[$0] }
        traces = .concatenating(
          (0..<count).map { probe in
            posterior.quadraticForm(
              field,
              values: own,
              score: score,
              probe: probes.slice(probe * dimension..<(probe + 1) * dimension, along: 1)
            )
          },
          along: 1
        )
      }
      if quantity == .divergence {
        values.divergence = traces
      } else {
        values.scoreDivergence = traces
      }
    }
  }
}
