internal import Gradients
public import Integrators
public import Tensors

extension Sampler {
  /// The log-density of what starts from a given law, through the probability flow ODE.
  ///
  /// Forward log ρ(t₁, x) = log ρ(t₀, X(t₀)) − ∫ ∇·b(τ, X(τ)) dτ along the flow that ends in x
  /// (2.52), backward log ρ(t₀, x) = log ρ(t₁, X(t₁)) + ∫ ∇·b(τ, X(τ)) dτ along the flow that
  /// starts in x (2.53). The path is followed from x to where the law is given, against
  /// `direction`.
  ///
  /// For methods of an order up to 4 the divergence is asked for at the times of the grid alone and
  /// integrated by a `GridQuadrature` of that order; for others, and on grids too short or too uneven
  /// for one, its integral is a further component of the state. With Hutchinson's estimates each of K probes gives a
  /// log-density, and their mean is returned: without bias, with a standard error.
  ///
  /// b and ∇·b are asked for at t₀ and t₁ too. Where they have no value at 0 or 1 (<doc:Endpoints>)
  /// it is refused: take `times` inside (0, 1), with the law at the inner time.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward: ρ₀ and ρ₁ unless `times` say otherwise.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  /// - Returns: the log-densities, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    from start: some ExplicitDensity,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward
  ) throws(SamplingError) -> LogDensities {
    try checkDensityPoints(points)
    checkDensityRun(start, times: times)
    let ends = try followFlow(
      points.shape[0],
      over: spacing.grid(steps: steps, times: times, direction: direction.reversed),
      divergence: divergence,
      method: method
    ) { $0.padded(points) }
    let reached = start.logDensity(ends.points).reshaped([points.shape[0], 1])
    return divergence.logDensities(ends.integrals + reached, evaluations: ends.evaluations)
  }

  /// Draws by the probability flow ODE and returns log ρ of each sample at the last time with it.
  ///
  /// log ρ(t₁, X(t₁)) = log ρ(t₀, X(t₀)) − ∫ ∇·b dτ along the path that was followed (2.52), and
  /// backward with t₀ and t₁ exchanged (2.53): the value that
  /// ``logDensity(_:from:divergence:method:steps:spacing:times:direction:)`` finds from the sample,
  /// without a path of its own.
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
    checkDensityRun(start, times: times, count: count)
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

  func checkDensityPoints(_ points: Tensor<Double>) throws(SamplingError) {
    require(
      points.rank == 2 && points.shape[1] == fields.dimension,
      "points of a density in \(fields.dimension) dimensions have the shape "
        + "[count, \(fields.dimension)], got \(points.shape)"
    )
    if let position = points.firstNonFinite {
      throw .pointNotFinite(
        row: position / fields.dimension,
        component: position % fields.dimension
      )
    }
  }

  /// Stops the program where the density at one end, the times or a number of samples fit no likelihood.
  func checkDensityRun(
    _ density: some Density,
    times: ClosedRange<Double>,
    count: Int = 0
  ) {
    SamplerRun(
      count: count,
      times: times,
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
