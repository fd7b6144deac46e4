public import Integrators
public import Tensors

extension Sampler where F: DifferentiableFields {
  /// The gradient ∇ₓ log ρ of the density of what starts from a given law, through the flow.
  ///
  /// Forward the probability flow is followed from x at t₁ back to X(t₀), and from there forward
  /// with w(t) = ∇ log ρ(t, X(t)), which starts as the score of ρ(t₀) and obeys
  /// ẇ = −(∂b/∂x)ᵀ w − ∇(∇·b), the gradient of (2.52). Backward is the mirror image: forward from x
  /// at t₀ to X(t₁), and back with w, which starts as the score of ρ(t₁) (2.53). Nothing is stored
  /// along the way. It is the gradient of the log-density of the flow itself; that of the numbers
  /// ``logDensity(_:from:divergence:method:steps:spacing:times:direction:)`` returns differs from
  /// it by the integrator's error.
  ///
  /// b and ∇·b are asked for at t₀ and t₁ too. Where they have no value at 0 or 1 (<doc:Endpoints>)
  /// it is refused: take `times` inside (0, 1), with the law at the inner time.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward: ρ₀ and ρ₁ unless `times` say otherwise.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps, each way.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  /// - Returns: `[count, dimension]`.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func gradientOfLogDensity(
    _ points: Tensor<Double>,
    from start: some ScoredDensity,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward
  ) throws(SamplingError) -> Tensor<Double> {
    try checkDensityPoints(points)
    checkDensityRun(start, times: times)
    let grid = spacing.grid(steps: steps, times: times, direction: direction.reversed)
    let (count, dimension) = (points.shape[0], fields.dimension)
    try checkDensity(
      [DensityPiece(grid: grid, terms: .flow, firstStep: 0)],
      wanted: [.velocity, .divergence],
      rows: RowBlocks.first(count),
      divergence: .exact,
      ordinary: method.nodes,
      stochastic: []
    )
    let sink = SampleSink(count: count, dimension: dimension, saved: 0)
    let fields = self.fields
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let block = RowBlocks.block(index, of: count)
      var flow = Drift(fields, .flow, rows: block.rows, sign: 1)
      var solution = method.solve(&flow, from: block.padded(points), over: grid)
      if solution.outcome == .completed {
        var gradient = FlowWithGradient(fields.makeGradientEvaluator(rows: block.rows))
        solution = method.solve(
          &gradient,
          from: .concatenating([solution.state, start.score(solution.state)], along: 1),
          over: TimeGrid(grid.times.reversed())
        )
      }
      if solution.outcome != .completed {
        sink.fail(
          IntegrationFailure(
            outcome: solution.outcome.shifted(by: block.range.lowerBound),
            steps: solution.steps
          ),
          block: index
        )
        return
      }
      let kept = solution.state.slice(dimension..<2 * dimension, along: 1)
      sink.store(kept, [], block: index, evaluations: solution.evaluations)
    }
    if let failure = sink.firstFailure { throw failure }
    return sink.points
  }
}

/// (b, −∇(b·w + ∇·b)): the flow with the gradient of the log-density along it.
private struct FlowWithGradient<E: DensityGradientEvaluator>: Dynamics {
  let evaluator: E
  private var velocity = Tensor<Double>(zeros: [0])
  private var gradient = Tensor<Double>(zeros: [0])

  init(_ evaluator: E) { self.evaluator = evaluator }

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let dimension = state.shape[1] / 2
    evaluator.evaluate(
      time: time,
      points: state.slice(0..<dimension, along: 1),
      weights: state.slice(dimension..<2 * dimension, along: 1),
      velocity: &velocity,
      gradient: &gradient
    )
    derivative = .concatenating([velocity, gradient * -1], along: 1)
  }
}
