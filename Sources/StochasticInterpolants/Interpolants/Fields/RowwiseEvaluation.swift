public import Tensors

extension FieldEvaluator {
  /// Evaluates every row alone, as a block of one row: an ``evaluate(times:points:into:)`` for evaluators that
  /// take any number of rows at a cost in proportion, such as closed forms.
  ///
  /// It is no default: an evaluator around one of learned fields, which takes the rows it was made for, passes the
  /// times on to that.
  ///
  /// - Parameters:
  ///   - times: t in [0, 1], `[rows]`.
  ///   - points: x, `[rows, dimension]`.
  ///   - values: receives the wanted quantities; the others are left alone.
  public func evaluateRowByRow(
    times: Tensor<Double>,
    points: Tensor<Double>,
    into values: inout FieldValues
  ) {
    var own = FieldValues([], rows: 1, dimension: points.shape[1])
    for row in 0..<points.shape[0] {
      evaluate(time: times[row], points: points.slice(row..<row + 1), into: &own)
      values.copyRow(of: own, from: 0, to: row)
    }
  }
}

extension FieldValues {
  /// Copies a row of every quantity that both have.
  mutating func copyRow(of other: FieldValues, from source: Int, to row: Int) {
    for part in Self.parts {
      let theirs = other[keyPath: part.path]
      if theirs.count == 0 || self[keyPath: part.path].count == 0 { continue }
      self[keyPath: part.path].copyRows(
        from: theirs.slice(source..<source + 1),
        count: 1,
        at: row
      )
    }
  }
}
