internal import Gradients
public import Integrators
public import Tensors

/// The direction in which a path is followed.
public enum Direction: String, Sendable, Hashable, Codable {
  /// From t = 0 to t = 1: ρ₀ to ρ₁.
  case forward
  /// From t = 1 to t = 0: ρ₁ to ρ₀.
  case backward
}

/// Samples, and what they cost.
public struct Samples: Sendable {
  /// The points at the last time, `[count, dimension]`.
  public let points: Tensor<Double>
  /// The points at the times asked for, in their order, each `[count, dimension]`.
  public let trajectory: [Tensor<Double>]
  /// Evaluations of the drift for each sample.
  public let evaluations: Int
  /// The times that were integrated.
  public let times: ClosedRange<Double>
}

/// Draws from ρ(t) by following the probability flow ODE or an SDE through given fields.
///
/// Forward dX = (b + εs) dt + √(2ε) dW (2.33); backward dX = (b − εs) dt + √(2ε) dW^B (2.34); ε = 0
/// is the ODE (2.32). A block of rows is followed from the first time to the last before the next
/// one; sample i is the same for any count, block and number of workers.
public struct Sampler<F: Fields>: Sendable {
  /// b and, where noise acts, s.
  public let fields: F
  /// The threads.
  public let workers: Workers

  /// A sampler through fields.
  public init(_ fields: F, workers: Workers = .shared) {
    self.fields = fields
    self.workers = workers
  }

  /// Follows the probability flow ODE from a density at the first time.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func ode(
    count: Int,
    from start: some Density,
    method: RungeKutta = .rk4,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let method = Method<EulerMaruyama>(ordinary: method, stochastic: nil)
    return try run(
      count: count,
      from: start,
      method: method,
      diffusion: .constant(0),
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction,
      saving: saving,
      seed: seed
    )
  }

  /// Follows the SDE with diffusion ε from a density at the first time.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: the method for steps on which ε acts; SRA1 has strong order 1.5 and weak order 2 for
  ///     two evaluations a step.
  ///   - diffusion: ε.
  ///   - steps: the number of steps; the ends of ε's interval are put in as further times.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sde(
    count: Int,
    from start: some Density,
    method: some StochasticMethod = SRA1(),
    diffusion: Diffusion,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let method = Method(ordinary: .heun, stochastic: method)
    return try run(
      count: count,
      from: start,
      method: method,
      diffusion: diffusion,
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction,
      saving: saving,
      seed: seed
    )
  }

  private struct Method<S: StochasticMethod>: Sendable {
    let ordinary: RungeKutta
    let stochastic: S?
  }

  private func run<S: StochasticMethod>(
    count: Int,
    from start: some Density,
    method: Method<S>,
    diffusion: Diffusion,
    steps: Int,
    spacing: StepSpacing,
    times: ClosedRange<Double>,
    direction: Direction,
    saving: [Double],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    require(count >= 0, "the number of samples is not negative, got \(count)")
    require(
      times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
      "the times of a sampler are an interval inside [0, 1], got \(times)"
    )
    require(
      start.dimension == fields.dimension,
      "the starting density has \(start.dimension) dimensions, the fields \(fields.dimension)"
    )
    let plan = try motions(diffusion, isStochastic: method.stochastic != nil, direction)
    let segments = Segment.plan(
      steps: steps,
      spacing: spacing,
      times: times,
      noise: plan.times,
      direction: direction,
      saving: saving
    )
    for segment in segments {
      let motion = segment.isNoisy ? plan.inside : plan.outside
      let isStochastic = motion.diffusion != nil && method.stochastic != nil
      try checkFields(
        over: segment,
        motion: motion,
        nodes: isStochastic ? S.tableau.nodes : method.ordinary.nodes
      )
    }
    let sink = SampleSink(count: count, dimension: fields.dimension, saved: saving.count)
    let fields = self.fields
    let sign: Double = direction == .forward ? 1 : -1
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let address = RowBlocks.block(index, of: count).address(seed: seed)
      let noise = BrownianIncrements(address.inStream(Streams.noise))
      func drift(_ motion: Motion) -> Drift<F.Evaluator> {
        Drift(
          evaluator: fields.makeEvaluator(motion.wanted, rows: RowBlocks.size),
          values: FieldValues(motion.wanted, rows: RowBlocks.size, dimension: fields.dimension),
          motion: motion,
          sign: sign
        )
      }
      var inside: Drift<F.Evaluator>?
      var outside: Drift<F.Evaluator>?
      var state = start.sample(address.inStream(Streams.base))
      var evaluations = 0
      var kept: [Tensor<Double>] = []
      for segment in segments {
        let motion = segment.isNoisy ? plan.inside : plan.outside
        var own = (segment.isNoisy ? inside : outside) ?? drift(motion)
        var solution: Solution
        if let diffusion = motion.diffusion, let stochastic = method.stochastic {
          solution = stochastic.solve(
            &own,
            from: state,
            over: segment.grid,
            noise: AdditiveNoise(diffusion: diffusion),
            increments: noise.startingAt(step: segment.firstStep),
            saving: segment.saving
          )
        } else {
          solution = method.ordinary.solve(
            &own,
            from: state,
            over: segment.grid,
            saving: segment.saving
          )
        }
        if segment.isNoisy { inside = own } else { outside = own }
        state = solution.state
        kept += solution.saved
        evaluations += solution.evaluations
        if solution.outcome != .completed {
          sink.fail(
            IntegrationFailure(
              outcome: solution.outcome.shifted(by: index * RowBlocks.size),
              steps: solution.steps
            ),
            block: index
          )
          return
        }
      }
      sink.store(state, kept, block: index, evaluations: evaluations)
    }
    if let failure = sink.firstFailure { throw .integration(failure) }
    return Samples(
      points: sink.points,
      trajectory: Segment.ordered(sink.saved, saving: saving, direction: direction),
      evaluations: sink.evaluations,
      times: times
    )
  }

  /// What paths follow where a diffusion acts and where it does not.
  private struct Motions {
    let times: ClosedRange<Double>?
    let inside: Motion
    let outside: Motion
  }

  private func motions(
    _ diffusion: Diffusion,
    isStochastic: Bool,
    _ direction: Direction
  ) throws(SamplingError) -> Motions {
    guard isStochastic, !diffusion.isZero else {
      return Motions(times: nil, inside: .flow, outside: .flow)
    }
    let inside: Motion
    switch diffusion.law {
    case .constant(let value): inside = .noise { _ in value }
    case .function(let function): inside = .noise(function)
    case .latent(let value, let ratio):
      // s = −η_z/γ holds for a standard latent; with a base N(0, C₀) the score itself is needed.
      // ε/γ is infinite where γ̇ is, as at the end of SBDM; s is finite there.
      let ends = diffusion.times.map { [$0.lowerBound, $0.upperBound] } ?? []
      let isRegular = ends.allSatisfy { ratio($0).isFinite }
      inside =
        isRegular && fields.hasStandardLatent && fields.available.contains(.denoiser)
        ? .denoiser(value: value, ratio: ratio) : .noise(value)
    case .process: inside = try processMotion(direction)
    }
    let outside: Motion
    switch diffusion.elsewhere {
    case .flow: outside = .flow
    case .process: outside = try processMotion(direction)
    }
    let own = diffusion.times ?? (fields as? any BoundedFields)?.times(of: inside.wanted)
    return Motions(times: own ?? 0...1, inside: inside, outside: outside)
  }

  private func processMotion(_ direction: Direction) throws(SamplingError) -> Motion {
    guard fields.processDiffusion(0.5) != nil else {
      throw .missing(.drift, purpose: "following the latent's process")
    }
    let fields = self.fields
    let function: @Sendable (Double) -> Double = { time in
      guard let own = fields.processDiffusion(time) else {
        fatalError("the latent's process has no diffusion at t = \(time)")
      }
      return own
    }
    return direction == .forward ? .process(function) : .noise(function)
  }

  /// Whether the fields are offered, trained and finite on a segment, where that can be known
  /// beforehand.
  private func checkFields(
    over segment: Segment,
    motion: Motion,
    nodes: [Double]
  ) throws(SamplingError) {
    let wanted = motion.wanted
    if !wanted.isSubset(of: fields.available) {
      let purpose =
        switch motion {
        case .flow: "the ODE"
        case .noise, .denoiser: "an SDE"
        case .process: "following the latent's process"
        }
      throw .missing(wanted.subtracting(fields.available), purpose: purpose)
    }
    let used =
      min(segment.grid.start, segment.grid.end)...max(segment.grid.start, segment.grid.end)
    if let bounded = fields as? any BoundedFields {
      let trained = bounded.times(of: wanted)
      if used.lowerBound < trained.lowerBound || used.upperBound > trained.upperBound {
        throw .untrained(used: used, trained: trained)
      }
    }
    // The times of the method's stages too: fields are asked there.
    let grid = segment.grid.times
    let times =
      grid
      + zip(grid, grid.dropFirst()).flatMap { start, end in
        nodes.filter { $0 > 0 && $0 < 1 }.map { start + $0 * (end - start) }
      }
    if let fault = motion.fault(on: grid) {
      throw .diffusion(time: fault.time, value: fault.value)
    }
    for time in times {
      guard let obstacle = fields.obstacle(to: wanted, at: time) else { continue }
      if wanted.contains(.score), fields.obstacle(to: .score, at: time) != nil {
        throw .singularScore(time: time)
      }
      throw .singular(obstacle)
    }
  }
}

/// Fields that know on which times they may be used.
protocol BoundedFields {
  /// The times on which what is behind some quantities was trained.
  func times(of quantities: Quantities) -> ClosedRange<Double>
}

extension LearnedFields: BoundedFields {}
