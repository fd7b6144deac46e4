public import Tensors

extension MixtureFields {
  /// Makes an evaluator, which keeps the factorisations of the last time.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    Evaluator(fields: self, wanted: wanted)
  }

  /// Evaluates exact fields on one thread.
  public final class Evaluator: FieldEvaluator {
    private let fields: MixtureFields
    private let wanted: Quantities
    /// The pairs of the last time; nil where a covariance is singular.
    private var last: (time: Double, pairs: [PairAtTime]?)?

    init(fields: MixtureFields, wanted: Quantities) {
      self.fields = fields
      self.wanted = wanted
    }

    /// Writes the wanted quantities; NaN where they have no value, which
    /// ``MixtureFields/obstacle(to:at:)`` tells beforehand.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      if let pairs = fields.linePairs(at: time) {
        return write(LinePosterior(pairs, at: points), into: &values)
      }
      let pairs: [PairAtTime]?
      if let last, last.time == time {
        pairs = last.pairs
      } else {
        pairs = try? fields.pairs(
          at: time,
          for: VectorField.allCases.filter { wanted.contains($0.quantity) }
        )
        last = (time, pairs)
      }
      guard let pairs else {
        values = FieldValues(wanted, rows: points.shape[0], dimension: fields.dimension)
        values.fill(.nan)
        fields.writePointLimits(time, into: &values)
        return
      }
      write(MixturePosterior(pairs, at: points), into: &values)
    }

    /// Writes the wanted quantities at a time for each row.
    public func evaluate(
      times: Tensor<Double>,
      points: Tensor<Double>,
      into values: inout FieldValues
    ) {
      evaluateRowByRow(times: times, points: points, into: &values)
    }

    private func write(_ posterior: some FieldPosterior, into values: inout FieldValues) {
      func write(_ field: VectorField, _ result: inout Tensor<Double>) {
        guard wanted.contains(field.quantity) else { return }
        result = posterior.means(of: field, withDivergence: false).field
      }
      func write(
        _ field: VectorField,
        _ result: inout Tensor<Double>,
        _ quantity: Quantities,
        _ divergence: inout Tensor<Double>
      ) {
        guard wanted.contains(quantity) else { return write(field, &result) }
        let means = posterior.means(of: field, withDivergence: true)
        if wanted.contains(field.quantity) { result = means.field }
        if let own = means.divergence { divergence = own }
      }
      if wanted.contains(.logDensity) { values.logDensity = posterior.logDensity }
      write(.velocity, &values.velocity, .divergence, &values.divergence)
      write(.score, &values.score, .scoreDivergence, &values.scoreDivergence)
      write(.conditionalVelocity, &values.conditionalVelocity)
      write(.denoiser, &values.denoiser)
      write(.drift, &values.drift)
      write(.baseDenoiser, &values.baseDenoiser)
      write(.targetDenoiser, &values.targetDenoiser)
    }
  }
}
