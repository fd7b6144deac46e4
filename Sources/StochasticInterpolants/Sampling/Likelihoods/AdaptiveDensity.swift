internal import Gradients
internal import Integrators
internal import Tensors

/// What a density in steps of each point's own is asked for with.
struct AdaptiveDensity {
  let divergence: DivergenceRule
  let method: RungeKutta
  /// That of a point's components.
  let tolerance: ErrorTolerance
  /// The weight of the log-density in the error of a step.
  let weight: Double
  let controller: PIDController
  let limits: StepLimits
  let times: ClosedRange<Double>
  /// That in which paths are followed.
  let direction: Direction

  /// The time at which paths begin.
  var start: Double { direction.start(of: times) }

  /// The time at which paths end.
  var end: Double { direction.end(of: times) }

  /// The tolerance of the state (x, I₁ … I_K, p₁ … p_K) of a path.
  ///
  /// The norm is a mean over the components that have a weight. The factors here make it the root
  /// of the sum of the squares of both norms apart, for any number of probes, which do not move and
  /// have no error. Weights that fit no density stop the program.
  ///
  /// - Parameter dimension: d.
  /// - Returns: the tolerance, with a weight for each component of the state, 0 for probes.
  func stateTolerance(dimension: Int) -> ErrorTolerance {
    require(
      weight >= 0 && weight.isFinite,
      "the weight of a log-density in the error is finite and not negative, got \(weight)"
    )
    let ofPoints = tolerance.weights ?? [Double](repeating: 1, count: dimension)
    require(
      ofPoints.count == dimension,
      "the tolerance has \(ofPoints.count) weights for points of \(dimension) components"
    )
    let traces = divergence.traces
    let moving = Double(max(1, ofPoints.filter { $0 > 0 }.count))
    let counted = weight > 0 ? moving + Double(traces) : moving
    let ofPath = (counted / moving).squareRoot()
    let ofTraces = weight * (counted / Double(traces)).squareRoot()
    let probes = (divergence.probes ?? 0) * dimension
    var own = tolerance
    own.weights =
      ofPoints.map { ofPath * $0 } + [Double](repeating: ofTraces, count: traces)
      + [Double](repeating: 0, count: probes)
    return own
  }

  /// Follows the states of a block.
  ///
  /// - Parameters:
  ///   - tolerance: that of the state.
  ///   - velocity: evaluates b.
  ///   - evaluator: evaluates b and its divergences.
  ///   - initial: the states to begin with.
  ///   - rows: the number of rows of a block.
  ///   - dimension: d.
  /// - Returns: the states at the end, and the steps of each.
  func solve(
    tolerance: ErrorTolerance,
    velocity: some FieldEvaluator,
    traces evaluator: some ProbeEvaluator,
    from initial: Tensor<Double>,
    rows: Int,
    dimension: Int
  ) -> AdaptiveSolution {
    var dynamics = ControlledDensityDynamics(
      velocity: velocity,
      traces: evaluator,
      rows: rows,
      dimension: dimension,
      traces: divergence.traces
    )
    return method.solve(
      &dynamics,
      from: initial,
      start: start,
      end: end,
      tolerance: tolerance,
      controller: controller,
      limits: limits,
      blockSize: rows
    )
  }
}
