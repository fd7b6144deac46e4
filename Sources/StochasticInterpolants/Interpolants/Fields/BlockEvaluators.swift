internal import Tensors

/// The evaluators of one thread, each for blocks of some rows, made when they are first needed.
struct BlockEvaluators<F: Fields> {
  private let fields: F
  private let wanted: Quantities
  private var made: [Int: (evaluator: F.Evaluator, values: FieldValues)] = [:]

  init(_ fields: F, _ wanted: Quantities) {
    self.fields = fields
    self.wanted = wanted
  }

  /// Calls the body with the evaluator for blocks of some rows, and memory for its values.
  mutating func withEvaluator<Result>(
    rows: Int,
    _ body: (F.Evaluator, inout FieldValues) -> Result
  ) -> Result {
    // Taken out of the table, so that the values are written where they lie.
    var own =
      made.removeValue(forKey: rows)
      ?? (
        fields.makeEvaluator(wanted, rows: rows),
        FieldValues(wanted, rows: rows, dimension: fields.dimension)
      )
    defer { made[rows] = own }
    return body(own.evaluator, &own.values)
  }
}
