internal import Gradients
public import Integrators
public import Tensors

extension Sampler {
  /// log ρ(t₁, x) through the probability flow ODE in steps that each point chooses for itself, given
  /// ρ(t₀) (2.52).
  ///
  /// A step's error is √(‖e_x‖² + w²‖e_I‖²): the tolerance's norm of the point's components, as for a path
  /// alone, and the root mean square over the probes of the log-density's errors, each by the same
  /// tolerance. Neither the weight w nor the number of probes lets the path have a larger error. The
  /// tolerance is meant for points, and a divergence that is large or estimated may ask for many more
  /// steps than the path.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀), ρ₀ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a point.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight w of the log-density; 0 leaves it out of the control.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: t₀ and t₁.
  /// - Returns: log ρ(t₁, x), in nats; its evaluations are those of the point that needed most.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1
  ) throws(SamplingError) -> LogDensities {
    try adaptiveLogDensity(
      points,
      other: start,
      AdaptiveDensity(
        divergence: divergence,
        method: method,
        tolerance: tolerance,
        weight: logDensityWeight,
        controller: controller,
        limits: limits,
        start: times.upperBound,
        end: times.lowerBound
      )
    )
  }

  /// log ρ(t₀, x) through the probability flow ODE in steps that each point chooses for itself, given
  /// ρ(t₁) (2.53).
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - end: ρ(t₁), ρ₁ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a point.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight w of the log-density; 0 leaves it out of the control.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: t₀ and t₁.
  /// - Returns: log ρ(t₀, x), in nats; its evaluations are those of the point that needed most.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    end: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1
  ) throws(SamplingError) -> LogDensities {
    try adaptiveLogDensity(
      points,
      other: end,
      AdaptiveDensity(
        divergence: divergence,
        method: method,
        tolerance: tolerance,
        weight: logDensityWeight,
        controller: controller,
        limits: limits,
        start: times.lowerBound,
        end: times.upperBound
      )
    )
  }

  private func adaptiveLogDensity(
    _ points: Tensor<Double>,
    other: some ExplicitDensity,
    _ request: AdaptiveDensity
  ) throws(SamplingError) -> LogDensities {
    checkDensityPoints(points)
    checkDensityRun(other, from: request.start, to: request.end)
    let count = points.shape[0]
    let (ends, _) = try follow(count, request) { points.slice($0) }
    let reached = other.logDensity(ends.points).reshaped([count, 1])
    return request.divergence.logDensities(
      ends.integrals + reached,
      evaluations: ends.evaluations
    )
  }

  /// Draws by the probability flow ODE in steps that each sample chooses for itself, and returns log ρ of
  /// each sample at the last time with it.
  ///
  /// With `logDensityWeight: 0` the samples are those of `ode` with the same tolerance and key, to the
  /// last bit.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a sample.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight w of the log-density in the error; 0 leaves it out of the control.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - seed: the key of the draws.
  /// - Returns: the samples with the steps of each, and the log-density of each, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func odeWithLogDensity(
    count: Int,
    from start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64
  ) throws(SamplingError) -> (samples: Samples, logDensity: LogDensities) {
    checkDensityRun(start, from: times.lowerBound, to: times.upperBound, count: count)
    let isForward = direction == .forward
    @Sendable func draw(_ rows: Range<Int>) -> Tensor<Double> {
      start.sample(RandomBlock(seed: seed, samples: rows).inStream(Streams.base))
    }
    let (ends, reports) = try follow(
      count,
      AdaptiveDensity(
        divergence: divergence,
        method: method,
        tolerance: tolerance,
        weight: logDensityWeight,
        controller: controller,
        limits: limits,
        start: isForward ? times.lowerBound : times.upperBound,
        end: isForward ? times.upperBound : times.lowerBound
      ),
      from: draw
    )
    let first = start.logDensity(draw(0..<count)).reshaped([count, 1])
    return (
      Samples(
        points: ends.points,
        evaluations: ends.evaluations,
        times: times,
        reports: reports
      ),
      divergence.logDensities(first - ends.integrals, evaluations: ends.evaluations)
    )
  }

  /// Follows (x, I) from the points that rows start with.
  private func follow(
    _ count: Int,
    _ request: AdaptiveDensity,
    from initial: @Sendable (Range<Int>) -> Tensor<Double>
  ) throws(SamplingError) -> (ends: DensityEnds, reports: [RowReport]) {
    let looked = TimeGrid(from: request.start, to: request.end, steps: 16)
    let piece = DensityPiece(grid: looked, terms: .flow, firstStep: 0)
    let divergence = request.divergence
    try checkDensity(
      [piece],
      wanted: piece.terms.wanted,
      divergence: divergence,
      ordinary: request.method.nodes,
      stochastic: []
    )
    let (dimension, traces) = (fields.dimension, divergence.traces)
    let size = adaptiveRows(count)
    let sink = SampleSink(count: count, dimension: dimension + traces, saved: 0)
    let fields = self.fields
    workers.forEach((count + size - 1) / size) { index, _ in
      let rows = index * size..<min(count, (index + 1) * size)
      guard let evaluator = fields.makeTraces(piece.terms.wanted, divergence) else {
        fatalError("fields that offered probes offer none now")
      }
      let state = Tensor<Double>.concatenating(
        [
          initial(rows), Tensor(zeros: [rows.count, traces]),
          divergence.draw(rows, dimension: dimension),
        ],
        along: 1
      )
      let solution = request.solve(evaluator, from: state, dimension: dimension)
      if let failure = solution.failure {
        sink.fail(.adaptive(failure.shifted(by: rows.lowerBound)), firstRow: rows.lowerBound)
        return
      }
      sink.store(
        solution.state.slice(0..<dimension + traces, along: 1),
        [],
        rows: rows,
        evaluations: solution.rows.reduce(0) { max($0, $1.evaluations) },
        reports: solution.rows
      )
    }
    if let failure = sink.firstFailure { throw failure }
    let ends = DensityEnds(
      points: sink.points.slice(0..<dimension, along: 1),
      integrals: sink.points.slice(dimension..<dimension + traces, along: 1),
      evaluations: sink.evaluations
    )
    return (ends, sink.reports)
  }
}

/// What a density in steps of each point's own is asked for with.
private struct AdaptiveDensity {
  let divergence: DivergenceRule
  let method: RungeKutta
  let tolerance: ErrorTolerance
  let weight: Double
  let controller: PIDController
  let limits: StepLimits
  let start: Double
  let end: Double

  func solve(
    _ evaluator: some ProbeEvaluator,
    from initial: Tensor<Double>,
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
    var dynamics = DensityDynamics(evaluator, .flow, dimension: dimension, traces: traces)
    return method.solve(
      &dynamics,
      from: initial,
      start: start,
      end: end,
      tolerance: own,
      controller: controller,
      limits: limits,
      blockSize: RowBlocks.size
    )
  }
}
