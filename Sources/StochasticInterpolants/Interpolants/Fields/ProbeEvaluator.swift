public import Tensors

/// Evaluates fields with Hutchinson's estimates pᵀ(∂b/∂x)p in place of their divergences, on one thread.
///
/// For a probe p of mean 0 and unit covariance the estimate's mean is ∇ · b. It costs one product of
/// the Jacobian with p; the exact divergence of a network costs one for each dimension.
public protocol ProbeEvaluator: AnyObject {
  /// Writes the wanted quantities at time t and points x.
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - probes: p₁ … p_K, `[rows, K · dimension]`, one after another.
  ///   - values: receives the wanted quantities; the divergences as `[rows, K]`, an estimate for each
  ///     probe.
  func evaluate(
    time: Double,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  )

  /// Writes the wanted quantities at a time for each row, as step control for each sample asks.
  ///
  /// - Parameters:
  ///   - times: t in [0, 1], `[rows]`.
  ///   - points: x, `[rows, dimension]`.
  ///   - probes: p₁ … p_K, `[rows, K · dimension]`, one after another.
  ///   - values: receives the wanted quantities; the divergences as `[rows, K]`, an estimate for each
  ///     probe.
  func evaluate(
    times: Tensor<Double>,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  )
}

extension ProbeEvaluator {
  /// Evaluates every row alone, as a block of one row: an ``evaluate(times:points:probes:into:)`` for evaluators
  /// that take any number of rows at a cost in proportion.
  ///
  /// - Parameters:
  ///   - times: t in [0, 1], `[rows]`.
  ///   - points: x, `[rows, dimension]`.
  ///   - probes: p₁ … p_K, `[rows, K · dimension]`, one after another.
  ///   - values: receives the wanted quantities; the divergences as `[rows, K]`.
  public func evaluateRowByRow(
    times: Tensor<Double>,
    points: Tensor<Double>,
    probes: Tensor<Double>,
    into values: inout FieldValues
  ) {
    var own = FieldValues([], rows: 1, dimension: points.shape[1])
    for row in 0..<points.shape[0] {
      evaluate(
        time: times[row],
        points: points.slice(row..<row + 1),
        probes: probes.slice(row..<row + 1),
        into: &own
      )
      values.copyRow(of: own, from: 0, to: row)
    }
  }
}
