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
  ///   - steps: the number of equal steps.
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
  ///   - method: the method for steps on which ε acts.
  ///   - diffusion: ε.
  ///   - steps: the number of equal steps; the ends of ε's interval are put in as further times.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sde(
    count: Int,
    from start: some Density,
    method: some StochasticMethod = StochasticHeun(),
    diffusion: Diffusion,
    steps: Int,
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
    let isNoisy = method.stochastic != nil && diffusion.value > 0
    let wanted: Quantities = isNoisy ? [.velocity, .score] : .velocity
    if !wanted.isSubset(of: fields.available) {
      throw .missing(
        wanted.subtracting(fields.available),
        purpose: isNoisy ? "an SDE" : "the ODE"
      )
    }
    let segments = Segment.plan(
      steps: steps,
      times: times,
      noise: isNoisy ? noiseTimes(diffusion) : nil,
      direction: direction,
      saving: saving
    )
    for segment in segments {
      try checkFields(over: segment, isNoisy: segment.isNoisy)
    }
    let sink = SampleSink(count: count, dimension: fields.dimension, saved: saving.count)
    let fields = self.fields
    let sign: Double = direction == .forward ? 1 : -1
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let address = RowBlocks.block(index, of: count).address(seed: seed)
      let noise = BrownianIncrements(address.inStream(Streams.noise))
      var drift = Drift(
        evaluator: fields.makeEvaluator(wanted, rows: RowBlocks.size),
        values: FieldValues(wanted, rows: RowBlocks.size, dimension: fields.dimension),
        diffusion: sign * diffusion.value
      )
      var state = start.sample(address.inStream(Streams.base))
      var evaluations = 0
      var kept: [Tensor<Double>] = []
      for segment in segments {
        drift.isNoisy = segment.isNoisy
        var solution: Solution
        if segment.isNoisy, let stochastic = method.stochastic {
          solution = stochastic.solve(
            &drift,
            from: state,
            over: segment.grid,
            variance: { 2 * diffusion.value * ($1 - $0) },
            increments: noise.startingAt(step: segment.firstStep),
            saving: segment.saving
          )
        } else {
          solution = method.ordinary.solve(
            &drift,
            from: state,
            over: segment.grid,
            saving: segment.saving
          )
        }
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

  /// Where a diffusion acts.
  private func noiseTimes(_ diffusion: Diffusion) -> ClosedRange<Double> {
    diffusion.times ?? (fields as? any BoundedFields)?.scoreTimes ?? 0...1
  }

  /// Whether the fields are trained and finite on a segment, where that can be known beforehand.
  private func checkFields(over segment: Segment, isNoisy: Bool) throws(SamplingError) {
    guard isNoisy, let bounded = fields as? any BoundedFields else { return }
    let used =
      min(segment.grid.start, segment.grid.end)...max(segment.grid.start, segment.grid.end)
    let trained = bounded.scoreTimes
    if used.lowerBound < trained.lowerBound || used.upperBound > trained.upperBound {
      throw .untrained(used: used, trained: trained)
    }
    for end in [used.lowerBound, used.upperBound] where bounded.isScoreSingular(at: end) {
      throw .singularScore(time: end)
    }
  }
}

/// Fields that know beforehand where their score may be used.
protocol BoundedFields {
  /// The times on which the score was trained.
  var scoreTimes: ClosedRange<Double> { get }
  /// Whether the score is infinite at a time.
  func isScoreSingular(at time: Double) -> Bool
}

extension LearnedFields: BoundedFields {
  var scoreTimes: ClosedRange<Double> { times(of: .score) }

  func isScoreSingular(at time: Double) -> Bool {
    field(.score) == nil && interpolant.latent(time).value == 0
  }
}
