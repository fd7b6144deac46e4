internal import Gradients
internal import Integrators
internal import Tensors

/// A stretch of the times of a density's paths.
struct DensityPiece: Sendable {
  let grid: TimeGrid
  let terms: DensityTerms
  /// The position of the first step in the whole grid, which addresses its noise.
  let firstStep: Int
}

/// Where paths ended.
struct DensityEnds {
  /// x, `[paths, dimension]`.
  let points: Tensor<Double>
  /// I, `[paths, traces]`.
  let integrals: Tensor<Double>
  let evaluations: Int
}

extension Sampler {
  /// Follows (x, I) over pieces of the times from the points each block starts with.
  func followDensity<S: StochasticMethod>(
    _ count: Int,
    over pieces: [DensityPiece],
    divergence: DivergenceRule,
    ordinary: RungeKutta,
    stochastic: S,
    seed: UInt64,
    from initial: @Sendable (RowBlocks.Block) -> Tensor<Double>
  ) throws(SamplingError) -> DensityEnds {
    let wanted = pieces.reduce(into: Quantities()) { $0.formUnion($1.terms.wanted) }
    try checkDensity(
      pieces,
      wanted: wanted,
      rows: RowBlocks.first(count),
      divergence: divergence,
      ordinary: ordinary.nodes,
      stochastic: S.tableau.nodes
    )
    let (dimension, traces) = (fields.dimension, divergence.traces)
    let sink = SampleSink(count: count, dimension: dimension + traces, saved: 0)
    let fields = self.fields
    // Once for all blocks: the moments of ε over the steps.
    let noises = pieces.map { piece in
      piece.terms.diffusion.map { AdditiveNoise(diffusion: $0).tabulated(over: piece.grid) }
    }
    // A polynomial through the grid's times has the order of a high one, but not its small constant.
    let quadratures = pieces.map { piece in
      piece.terms.diffusion == nil && ordinary.order <= 4
        ? GridQuadrature(piece.grid, order: ordinary.order) : nil
    }
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let block = RowBlocks.block(index, of: count)
      let state = Tensor<Double>.concatenating(
        [
          initial(block), Tensor(zeros: [block.rows, traces]),
          divergence.draw(block, dimension: dimension),
        ],
        along: 1
      )
      let run = DensityBlock(
        pieces: pieces,
        noises: noises,
        quadratures: quadratures,
        ordinary: ordinary,
        stochastic: stochastic,
        increments: BrownianIncrements(block.address(seed: seed).inStream(Streams.noise)),
        rows: block.rows,
        dimension: dimension,
        traces: traces
      )
      let result = run.follow(
        state,
        makeVelocity: { fields.makeEvaluator(.velocity, rows: block.rows) }
      ) { own in
        guard let evaluator = fields.makeTraces(own, divergence, rows: block.rows) else {
          fatalError("fields that offered probes offer none now")
        }
        return evaluator
      }
      if result.outcome != .completed {
        sink.fail(
          IntegrationFailure(
            outcome: result.outcome.shifted(by: block.range.lowerBound),
            steps: result.steps
          ),
          block: index
        )
        return
      }
      let kept = result.state.slice(0..<dimension + traces, along: 1)
      sink.store(kept, [], block: index, evaluations: result.evaluations)
    }
    if let failure = sink.firstFailure { throw failure }
    return DensityEnds(
      points: sink.points.slice(0..<dimension, along: 1),
      integrals: sink.points.slice(dimension..<dimension + traces, along: 1),
      evaluations: sink.evaluations
    )
  }

  /// Whether the fields offer what a likelihood needs and are finite where it asks for them.
  func checkDensity(
    _ pieces: [DensityPiece],
    wanted: Quantities,
    rows: Int,
    divergence: DivergenceRule,
    ordinary: [Double],
    stochastic: [Double]
  ) throws(SamplingError) {
    divergence.check()
    for piece in pieces {
      let times = piece.grid.times
      let range = min(times[0], piece.grid.end)...max(times[0], piece.grid.end)
      try fields.checkOffered(piece.terms.wanted, over: range, purpose: "a likelihood")
      let nodes = piece.terms.diffusion == nil ? ordinary : stochastic
      let stages = zip(times, times.dropFirst()).flatMap { start, end in
        nodes.filter { $0 > 0 && $0 < 1 }.map { start + $0 * (end - start) }
      }
      if let diffusion = piece.terms.diffusion {
        for end in [range.lowerBound, range.upperBound]
        where DiffusionIntegral.diverges(diffusion, at: end, of: range) {
          throw .divergentDiffusion(time: end)
        }
        if let fault = Motion.noise(diffusion).fault(on: times + stages) { throw fault }
        if let fault = DiffusionNodes.fault(of: diffusion, over: times) {
          throw .diffusion(time: fault.time, value: fault.value)
        }
      }
      for time in times + stages { try checkValue(of: piece.terms.wanted, at: time) }
    }
    if fields.makeTraces(wanted, divergence, rows: rows) == nil { throw .noProbes }
  }
}

extension Fields {
  /// What evaluates fields with their divergences, exact or by probes; nil where probes are wanted and
  /// not offered.
  func makeTraces(
    _ wanted: Quantities,
    _ divergence: DivergenceRule,
    rows: Int
  ) -> (any ProbeEvaluator)? {
    if let probes = divergence.probes {
      return makeProbeEvaluator(wanted, rows: rows, probes: probes)
    }
    let exact = makeEvaluator(wanted, rows: rows)
    return ExactTraces(exact, wanted, rows: rows, dimension: dimension)
  }
}

/// The paths of one block.
private struct DensityBlock<S: StochasticMethod> {
  struct Result {
    var state: Tensor<Double>
    var outcome = Outcome.completed
    var evaluations = 0
    var steps = 0

    mutating func add(_ solution: Solution) {
      outcome = solution.outcome
      evaluations += solution.evaluations
      steps += solution.steps
    }
  }

  let pieces: [DensityPiece]
  /// The noise of each piece, nil where there is none.
  let noises: [AdditiveNoise?]
  /// How the divergence of each piece is integrated from its values at the grid's times; nil where there is
  /// noise, where the grid has none and for methods of high order: the integral is a component of the state.
  let quadratures: [GridQuadrature?]
  let ordinary: RungeKutta
  let stochastic: S
  let increments: BrownianIncrements
  let rows: Int
  let dimension: Int
  let traces: Int

  /// Follows the pieces one after another; a piece without noise does not ask for the score, which
  /// may be singular there.
  func follow<V: FieldEvaluator>(
    _ state: Tensor<Double>,
    makeVelocity: () -> V,
    makeEvaluator: (Quantities) -> any ProbeEvaluator
  ) -> Result {
    var result = Result(state: state)
    var evaluators: [Quantities: any ProbeEvaluator] = [:]
    for (index, piece) in pieces.enumerated() where result.outcome == .completed {
      let own = evaluators[piece.terms.wanted] ?? makeEvaluator(piece.terms.wanted)
      evaluators[piece.terms.wanted] = own
      if let quadrature = quadratures[index] {
        follow(piece.grid, quadrature, makeVelocity(), own, &result)
      } else {
        follow(piece, noises[index], own, &result)
      }
    }
    return result
  }

  /// Follows the probability flow, with divergences at the times of the grid.
  private func follow(
    _ grid: TimeGrid,
    _ quadrature: GridQuadrature,
    _ velocity: some FieldEvaluator,
    _ evaluator: some ProbeEvaluator,
    _ result: inout Result
  ) {
    let columns = result.state.shape[1]
    let probes = result.state.slice(dimension + traces..<columns, along: 1)
    var dynamics = FlowWithDivergence(
      velocity: velocity,
      traces: evaluator,
      probes: probes,
      rows: rows,
      dimension: dimension,
      traceCount: traces
    )
    let (solution, integral) = ordinary.solve(
      &dynamics,
      from: result.state.slice(0..<dimension, along: 1),
      over: grid,
      quadrature: quadrature
    )
    result.add(solution)
    if solution.outcome == .completed {
      let before = result.state.slice(dimension..<dimension + traces, along: 1)
      result.state = .concatenating([solution.state, before + integral, probes], along: 1)
    }
  }

  private func follow(
    _ piece: DensityPiece,
    _ noise: AdditiveNoise?,
    _ evaluator: some ProbeEvaluator,
    _ result: inout Result
  ) {
    var dynamics = DensityDynamics(
      evaluator,
      piece.terms,
      rows: rows,
      dimension: dimension,
      traces: traces
    )
    let solution: Solution
    if let noise {
      solution = stochastic.solve(
        &dynamics,
        from: result.state,
        over: piece.grid,
        noise: noise,
        increments: increments.startingAt(step: piece.firstStep),
        noisyComponents: dimension
      )
    } else {
      solution = ordinary.solve(&dynamics, from: result.state, over: piece.grid)
    }
    result.state = solution.state
    result.add(solution)
  }
}
