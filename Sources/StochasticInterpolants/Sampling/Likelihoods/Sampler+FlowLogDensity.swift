internal import Gradients
public import Integrators
public import Tensors

extension Sampler {
  /// log ρ(t₁, x) through the probability flow ODE, given ρ(t₀) (2.52).
  ///
  /// log ρ(t₁, x) = log ρ(t₀, X(t₀)) − ∫ ∇·b(τ, X(τ)) dτ along the flow that ends in x. The divergence
  /// is asked for at the times of the grid alone and integrated by a `GridQuadrature` of the
  /// method's order; on grids too short or too uneven for one it is a further component of the state. With
  /// Hutchinson's estimates each of K probes gives a log-density, and their mean is returned: without
  /// bias, with a standard error.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀), ρ₀ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps from t₁ to t₀.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  /// - Returns: log ρ(t₁, x), in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1
  ) throws(SamplingError) -> LogDensities {
    try flowLogDensity(
      points,
      other: start,
      over: spacing.grid(steps: steps, times: times, direction: .backward),
      divergence: divergence,
      method: method
    )
  }

  /// log ρ(t₀, x) through the probability flow ODE, given ρ(t₁) (2.53).
  ///
  /// log ρ(t₀, x) = log ρ(t₁, X(t₁)) + ∫ ∇·b(τ, X(τ)) dτ along the flow that starts in x.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - end: ρ(t₁), ρ₁ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps from t₀ to t₁.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  /// - Returns: log ρ(t₀, x), in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    end: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1
  ) throws(SamplingError) -> LogDensities {
    try flowLogDensity(
      points,
      other: end,
      over: spacing.grid(steps: steps, times: times, direction: .forward),
      divergence: divergence,
      method: method
    )
  }

  private func flowLogDensity(
    _ points: Tensor<Double>,
    other: some ExplicitDensity,
    over grid: TimeGrid,
    divergence: DivergenceRule,
    method: RungeKutta
  ) throws(SamplingError) -> LogDensities {
    checkDensityPoints(points)
    checkDensityRun(other, from: grid.start, to: grid.end)
    let ends = try followFlow(
      points.shape[0],
      over: grid,
      divergence: divergence,
      method: method
    ) { $0.padded(points) }
    let reached = other.logDensity(ends.points).reshaped([points.shape[0], 1])
    return divergence.logDensities(ends.integrals + reached, evaluations: ends.evaluations)
  }

  /// Draws by the probability flow ODE and returns log ρ of each sample at the last time with it.
  ///
  /// log ρ(t₁, X(t₁)) = log ρ(t₀, X(t₀)) − ∫ ∇·b dτ along the path that was followed (2.52), and backward
  /// with t₀ and t₁ exchanged (2.53): the value that ``logDensity(_:start:divergence:method:steps:spacing:times:)``
  /// finds from the sample, without a path of its own.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - seed: the key of the draws; the samples are those of `ode` with the same key.
  /// - Returns: the samples, and the log-density of each, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func odeWithLogDensity(
    count: Int,
    from start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64
  ) throws(SamplingError) -> (samples: Samples, logDensity: LogDensities) {
    checkDensityRun(start, from: times.lowerBound, to: times.upperBound, count: count)
    let ends = try followFlow(
      count,
      over: spacing.grid(steps: steps, times: times, direction: direction),
      divergence: divergence,
      method: method
    ) { start.sample($0.address(seed: seed).inStream(Streams.base)) }
    let origin = start.sample(
      RandomBlock(seed: seed, samples: 0..<count).inStream(Streams.base)
    )
    let first = start.logDensity(origin).reshaped([count, 1])
    return (
      Samples(
        points: ends.points,
        trajectory: [],
        evaluations: ends.evaluations,
        times: times
      ),
      divergence.logDensities(first - ends.integrals, evaluations: ends.evaluations)
    )
  }

  private func followFlow(
    _ count: Int,
    over grid: TimeGrid,
    divergence: DivergenceRule,
    method: RungeKutta,
    from initial: @Sendable (RowBlocks.Block) -> Tensor<Double>
  ) throws(SamplingError) -> DensityEnds {
    try followDensity(
      count,
      over: [DensityPiece(grid: grid, terms: .flow, firstStep: 0)],
      divergence: divergence,
      ordinary: method,
      stochastic: EulerMaruyama(),
      seed: 0,
      from: initial
    )
  }

  func checkDensityPoints(_ points: Tensor<Double>) {
    require(
      points.rank == 2 && points.shape[1] == fields.dimension,
      "points of a density in \(fields.dimension) dimensions have the shape "
        + "[count, \(fields.dimension)], got \(points.shape)"
    )
  }

  /// Stops the program where the density at one end, the times or a number of samples fit no likelihood.
  func checkDensityRun(
    _ density: some Density,
    from start: Double,
    to end: Double,
    count: Int = 0
  ) {
    SamplerRun(
      count: count,
      times: min(start, end)...max(start, end),
      direction: .forward,
      finishing: .none,
      saving: [],
      seed: 0
    ).check(start: density, dimension: fields.dimension)
  }
}

extension DivergenceRule {
  /// The log-densities of each probe, `[count, traces]`, as estimates.
  func logDensities(_ logs: Tensor<Double>, evaluations: Int) -> LogDensities {
    if probes == nil {
      return LogDensities(exact: logs.reshaped([logs.shape[0]]), evaluations: evaluations)
    }
    return LogDensities(meanOf: logs, evaluations: evaluations)
  }
}
