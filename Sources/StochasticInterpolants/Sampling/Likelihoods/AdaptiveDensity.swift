internal import Gradients
internal import Integrators
internal import Tensors

/// What a density in steps of each point's own is asked for with.
struct AdaptiveDensity {
  let divergence: DivergenceRule
  let method: RungeKutta
  let tolerance: ErrorTolerance
  let weight: Double
  let controller: PIDController
  let limits: StepLimits
  let start: Double
  let end: Double

  func solve(
    velocity: some FieldEvaluator,
    traces evaluator: some ProbeEvaluator,
    from initial: Tensor<Double>,
    rows: Int,
    dimension: Int
  ) -> AdaptiveSolution {
    let traces = divergence.traces
    require(
      weight >= 0 && weight.isFinite,
      "the weight of a log-density in the error is finite and not negative, got \(weight)"
    )
    var own = tolerance
    let ofPoints = tolerance.weights ?? [Double](repeating: 1, count: dimension)
    require(
      ofPoints.count == dimension,
      "the tolerance has \(ofPoints.count) weights for points of \(dimension) components"
    )
    // The norm is a mean over the components that have a weight. These factors make it the root of the sum
    // of the squares of both norms apart, for any number of probes.
    let moving = Double(max(1, ofPoints.filter { $0 > 0 }.count))
    let counted = weight > 0 ? moving + Double(traces) : moving
    let ofPath = (counted / moving).squareRoot()
    let ofTraces = weight * (counted / Double(traces)).squareRoot()
    // Probes do not move and have no error.
    let probes = initial.shape[1] - dimension - traces
    own.weights =
      ofPoints.map { ofPath * $0 } + [Double](repeating: ofTraces, count: traces)
      + [Double](repeating: 0, count: probes)
    var dynamics = ControlledDensityDynamics(
      velocity: velocity,
      traces: evaluator,
      rows: rows,
      dimension: dimension,
      traces: traces
    )
    return method.solve(
      &dynamics,
      from: initial,
      start: start,
      end: end,
      tolerance: own,
      controller: controller,
      limits: limits,
      blockSize: rows
    )
  }
}
