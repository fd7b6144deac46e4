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
      let pairs: [PairAtTime]?
      if let last, last.time == time {
        pairs = last.pairs
      } else {
        pairs = try? fields.pairs(at: time)
        last = (time, pairs)
      }
      guard let pairs else {
        values = FieldValues(wanted, rows: points.shape[0], dimension: fields.dimension)
        values.fill(.nan)
        fields.writePointLimits(time, into: &values)
        return
      }
      let posterior = MixturePosterior(pairs, at: points)
      if wanted.contains(.logDensity) { values.logDensity = posterior.logDensity }
      let scores = posterior.values(.score)
      let score = posterior.mean { scores[$0] }
      if wanted.contains(.score) { values.score = score }
      if wanted.contains(.scoreDivergence) {
        values.scoreDivergence = posterior.divergence(.score, values: scores, score: score)
      }
      func mean(_ field: VectorField) -> Tensor<Double> {
        let own = posterior.values(field)
        return posterior.mean { own[$0] }
      }
      if wanted.contains(.conditionalVelocity) {
        values.conditionalVelocity = mean(.conditionalVelocity)
      }
      if wanted.contains(.denoiser) { values.denoiser = mean(.denoiser) }
      if wanted.contains(.drift) { values.drift = mean(.drift) }
      if wanted.contains(.baseDenoiser) { values.baseDenoiser = mean(.baseDenoiser) }
      if wanted.contains(.targetDenoiser) { values.targetDenoiser = mean(.targetDenoiser) }
      if !wanted.isDisjoint(with: [.velocity, .divergence]) {
        let velocities = posterior.values(.velocity)
        if wanted.contains(.velocity) { values.velocity = posterior.mean { velocities[$0] } }
        if wanted.contains(.divergence) {
          values.divergence = posterior.divergence(.velocity, values: velocities, score: score)
        }
      }
    }
  }
}
