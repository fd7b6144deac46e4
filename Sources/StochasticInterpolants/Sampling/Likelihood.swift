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
    let wanted: Quantities = [.velocity, .divergence]
    if !wanted.isSubset(of: fields.available) {
      throw .missing(wanted.subtracting(fields.available), purpose: "a likelihood")
    }
    let dimension = fields.dimension
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "points of a density in \(dimension) dimensions have the shape [count, \(dimension)], got "
        + "\(points.shape)"
    )
    let count = points.shape[0]
    let sink = SampleSink(count: count, dimension: dimension + 1, saved: 0)
    let grid = TimeGrid(from: 1, to: 0, steps: steps)
    for time in grid.times {
      if let obstacle = fields.obstacle(to: wanted, at: time) { throw .singular(obstacle) }
    }
    let fields = self.fields
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let block = RowBlocks.block(index, of: count)
      let state = Tensor<Double>.concatenating(
        [block.padded(points), Tensor(zeros: [RowBlocks.size, 1])],
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
    if let failure = sink.firstFailure { throw .integration(failure) }
    let ends = sink.points
    let logStart = start.logDensity(ends.slice(0..<dimension, along: 1))
    return logStart + ends.slice(dimension..<dimension + 1, along: 1).reshaped([count])
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
