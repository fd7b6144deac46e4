internal import Gradients
public import Integrators
public import Tensors

extension Sampler {
  /// log ρ(1, x) through the probability flow ODE with the exact divergence (2.52).
  ///
  /// log ρ(1, x) = log ρ₀(X₀) − ∫₀¹ ∇·b(τ, X_τ) dτ along the flow that ends in x. The divergence is
  /// integrated by the same method as the path, as a further component of the state.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ₀.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of equal steps from t = 1 to t = 0.
  /// - Returns: `[count]`, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    start: some ExplicitDensity,
    method: RungeKutta = .rk4,
    steps: Int
  ) throws(SamplingError) -> Tensor<Double> {
    let dimension = fields.dimension
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "points of a density in \(dimension) dimensions have the shape [count, \(dimension)], got "
        + "\(points.shape)"
    )
    let count = points.shape[0]
    let ends = try followed(
      count,
      over: TimeGrid(from: 1, to: 0, steps: steps),
      method: method
    ) { $0.padded(points) }.states
    let logStart = start.logDensity(ends.slice(0..<dimension, along: 1))
    return logStart + ends.slice(dimension..<dimension + 1, along: 1).reshaped([count])
  }
}

extension Sampler {
  /// Draws by the probability flow ODE and returns log ρ(1, x) of each sample with it (2.52).
  ///
  /// log ρ(1, X₁) = log ρ₀(X₀) − ∫₀¹ ∇·b(τ, X_τ) dτ along the path that was followed: the value that
  /// ``logDensity(_:start:method:steps:)`` finds backward, for no further evaluation.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: ρ₀.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of equal steps.
  ///   - seed: the key of the draws; the samples are those of `ode` with the same key.
  /// - Returns: the samples, and log ρ(1, ·) of each, `[count]`, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func odeWithLogDensity(
    count: Int,
    from start: some ExplicitDensity,
    method: RungeKutta = .rk4,
    steps: Int,
    seed: UInt64
  ) throws(SamplingError) -> (samples: Samples, logDensity: Tensor<Double>) {
    let ends = try followed(
      count,
      over: TimeGrid(from: 0, to: 1, steps: steps),
      method: method
    ) { block in
      start.sample(block.address(seed: seed).inStream(Streams.base))
    }
    let dimension = fields.dimension
    let origin = start.sample(
      RandomBlock(seed: seed, samples: 0..<count).inStream(Streams.base)
    )
    let change = ends.states.slice(dimension..<dimension + 1, along: 1).reshaped([count])
    return (
      Samples(
        points: ends.states.slice(0..<dimension, along: 1),
        trajectory: [],
        evaluations: ends.evaluations,
        times: 0...1
      ),
      start.logDensity(origin) - change
    )
  }

  /// Follows (x, ∫∇·b) over a grid from the states a block starts with.
  private func followed(
    _ count: Int,
    over grid: TimeGrid,
    method: RungeKutta,
    from initial: @Sendable (RowBlocks.Block) -> Tensor<Double>
  ) throws(SamplingError) -> (states: Tensor<Double>, evaluations: Int) {
    let wanted: Quantities = [.velocity, .divergence]
    if !wanted.isSubset(of: fields.available) {
      throw .missing(wanted.subtracting(fields.available), purpose: "a likelihood")
    }
    for time in grid.times {
      if let obstacle = fields.obstacle(to: wanted, at: time) { throw .singular(obstacle) }
    }
    let dimension = fields.dimension
    let sink = SampleSink(count: count, dimension: dimension + 1, saved: 0)
    let fields = self.fields
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let block = RowBlocks.block(index, of: count)
      let state = Tensor<Double>.concatenating(
        [initial(block), Tensor(zeros: [RowBlocks.size, 1])],
        along: 1
      )
      var flow = FlowWithDivergence(
        evaluator: fields.makeEvaluator(wanted, rows: RowBlocks.size),
        values: FieldValues(wanted, rows: RowBlocks.size, dimension: dimension)
      )
      let solution = method.solve(&flow, from: state, over: grid)
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
      sink.store(solution.state, [], block: index, evaluations: solution.evaluations)
    }
    if let failure = sink.firstFailure { throw failure }
    return (sink.points, sink.evaluations)
  }
}

/// (b, ∇·b): the flow with the divergence along it as a last component.
private struct FlowWithDivergence<E: FieldEvaluator>: Dynamics {
  let evaluator: E
  var values: FieldValues

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    let dimension = state.shape[1] - 1
    evaluator.evaluate(
      time: time,
      points: state.slice(0..<dimension, along: 1),
      into: &values
    )
    derivative = .concatenating(
      [values.velocity, values.divergence.reshaped([state.shape[0], 1])],
      along: 1
    )
  }
}
