internal import Gradients
public import Integrators
public import Tensors

extension Sampler {
  /// The log-density of what starts from a given law, through the probability flow ODE in steps
  /// that each point chooses for itself.
  ///
  /// Forward log ρ(t₁, x) given ρ(t₀) (2.52), backward log ρ(t₀, x) given ρ(t₁) (2.53). The path is
  /// followed from x to where the law is given, against `direction`.
  ///
  /// A step's error is √(‖e_x‖² + w²‖e_I‖²): the tolerance's norm of the point's components, as for a path
  /// alone, and the root mean square over the probes of the log-density's errors, each by the same
  /// tolerance. Neither the weight w nor the number of probes lets the path have a larger error. The
  /// tolerance is meant for points, and a divergence that is large or estimated may ask for many more
  /// steps than the path.
  ///
  /// b and ∇·b are asked for at t₀ and t₁ too. Where they have no value at 0 or 1 (<doc:Endpoints>)
  /// it is refused: take `times` inside (0, 1), with the law at the inner time.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward: ρ₀ and ρ₁ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a point.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight w of the log-density; 0 leaves it out of the control.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  /// - Returns: the log-densities, in nats, with the evaluations of the point that needed most.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    from start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward
  ) throws(SamplingError) -> LogDensities {
    try checkDensityPoints(points)
    checkDensityRun(start, times: times)
    let request = AdaptiveDensity(
      divergence: divergence,
      method: method,
      tolerance: tolerance,
      weight: logDensityWeight,
      controller: controller,
      limits: limits,
      times: times,
      direction: direction.reversed
    )
    let run = try follow(points.shape[0], request) { points.slice($0) }
    return try checked(run, request) { finished in
      let reached = start.logDensity(run.ends.points.gatheringRows(finished))
      return run.ends.integrals.gatheringRows(finished) + reached.reshaped([finished.count, 1])
    }.logDensity
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
  ///     One without an error estimate stops the program.
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
    checkDensityRun(start, times: times, count: count)
    @Sendable func draw(_ rows: Range<Int>) -> Tensor<Double> {
      start.sample(RandomBlock(seed: seed, samples: rows).inStream(Streams.base))
    }
    let request = AdaptiveDensity(
      divergence: divergence,
      method: method,
      tolerance: tolerance,
      weight: logDensityWeight,
      controller: controller,
      limits: limits,
      times: times,
      direction: direction
    )
    let run = try follow(count, request, from: draw)
    return try checked(run, request) { finished in
      let first = start.logDensity(draw(0..<count).gatheringRows(finished))
      return first.reshaped([finished.count, 1]) - run.ends.integrals.gatheringRows(finished)
    }
  }

  /// The samples and log-densities of a run, or its failure with what was computed.
  ///
  /// - Parameters:
  ///   - run: where rows ended.
  ///   - request: what was asked for.
  ///   - logs: the log-densities of the rows that reached the end, `[rows, traces]`.
  /// - Returns: the samples, and their log-densities.
  /// - Throws: where a row did not reach the end.
  private func checked(
    _ run: (ends: DensityEnds, reports: [RowReport]),
    _ request: AdaptiveDensity,
    logs: (_ finished: [Int]) -> Tensor<Double>
  ) throws(SamplingError) -> (samples: Samples, logDensity: LogDensities) {
    let (ends, reports) = run
    let finished = reports.finished
    // A density is not asked about no points.
    let known =
      finished.isEmpty ? Tensor(zeros: [0, request.divergence.traces]) : logs(finished)
    let all =
      finished.count == reports.count ? known : .missing(reports.count, but: finished, of: known)
    let logDensity = request.divergence.logDensities(all, evaluations: ends.evaluations)
    let samples = Samples(
      points: ends.points,
      evaluations: ends.evaluations,
      times: request.times,
      reports: reports
    )
    if let unfinished = UnfinishedRun(samples, logDensity: logDensity, from: request.start) {
      throw .adaptive(unfinished)
    }
    return (samples, logDensity)
  }

  /// Follows (x, I) from the points that rows start with, each row to the end or to where it fails.
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
      rows: RowBlocks.rows(for: min(count, adaptiveRows(count))),
      divergence: divergence,
      ordinary: request.method.nodes,
      stochastic: []
    )
    let (dimension, traces) = (fields.dimension, divergence.traces)
    let tolerance = request.stateTolerance(dimension: dimension)
    let size = adaptiveRows(count)
    let sink = SampleSink(count: count, dimension: dimension + traces, saved: 0)
    let fields = self.fields
    workers.forEach((count + size - 1) / size) { index, _ in
      let rows = index * size..<min(count, (index + 1) * size)
      let blockRows = RowBlocks.rows(for: rows.count)
      guard let evaluator = fields.makeTraces(piece.terms.wanted, divergence, rows: blockRows)
      else {
        fatalError("fields that offered probes offer none now")
      }
      let state = Tensor<Double>.concatenating(
        [
          initial(rows), Tensor(zeros: [rows.count, traces]),
          divergence.draw(rows, dimension: dimension),
        ],
        along: 1
      )
      let solution = request.solve(
        tolerance: tolerance,
        velocity: fields.makeEvaluator(.velocity, rows: blockRows),
        traces: evaluator,
        from: state,
        rows: blockRows,
        dimension: dimension
      )
      sink.store(
        solution.state.slice(0..<dimension + traces, along: 1),
        [],
        rows: rows,
        evaluations: solution.rows.reduce(0) { max($0, $1.evaluations) },
        reports: solution.rows
      )
    }
    let ends = DensityEnds(
      points: sink.points.slice(0..<dimension, along: 1),
      integrals: sink.points.slice(dimension..<dimension + traces, along: 1),
      evaluations: sink.evaluations
    )
    return (ends, sink.reports)
  }
}
