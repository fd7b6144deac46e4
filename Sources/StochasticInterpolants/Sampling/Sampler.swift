internal import Gradients
public import Integrators
public import Tensors

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

  /// Follows the probability flow ODE from a density at the first time, in steps that are given.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
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
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let run = SamplerRun(
      count: count,
      times: times,
      direction: direction,
      finishing: finishing,
      saving: saving,
      seed: seed
    )
    let grid = spacing.grid(steps: steps, times: times, direction: direction).including(saving)
    return try follow(run, from: start, over: grid, .flow, nodes: { _ in method.nodes }) {
      drift,
      _,
      segment,
      block in
      Stretch(
        method.solve(&drift, from: block.state, over: segment.grid, saving: segment.saving),
        firstRow: block.firstRow
      )
    }
  }

  /// Follows the SDE with diffusion ε from a density at the first time, in steps that are given.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: the method for steps on which ε acts; SRA1 has strong order 1.5 and weak order 2 for
  ///     two evaluations a step. Others are steps of Heun's method for the ODE.
  ///   - diffusion: ε.
  ///   - steps: the number of steps; the ends of ε's interval are put in as further times.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sde<Method: StochasticMethod>(
    count: Int,
    from start: some Density,
    method: Method = SRA1(),
    diffusion: Diffusion,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let run = SamplerRun(
      count: count,
      times: times,
      direction: direction,
      finishing: finishing,
      saving: saving,
      seed: seed
    )
    let grid = spacing.grid(steps: steps, times: times, direction: direction).including(saving)
    let plan = try motions(diffusion, direction, over: times)
    let noises = SegmentTable<AdditiveNoise>()
    return try follow(
      run,
      from: start,
      over: grid,
      plan,
      nodes: { $0.diffusion == nil ? RungeKutta.heun.nodes : Method.tableau.nodes }
    ) { drift, motion, segment, block in
      guard let diffusion = motion.diffusion else {
        return Stretch(
          RungeKutta.heun.solve(
            &drift,
            from: block.state,
            over: segment.grid,
            saving: segment.saving
          ),
          firstRow: block.firstRow
        )
      }
      let increments = BrownianIncrements(block.address.inStream(Streams.noise))
      let noise = noises.value(of: segment) {
        AdditiveNoise(diffusion: diffusion).tabulated(over: segment.grid)
      }
      return Stretch(
        method.solve(
          &drift,
          from: block.state,
          over: segment.grid,
          noise: noise,
          increments: increments.startingAt(step: segment.firstStep),
          saving: segment.saving
        ),
        firstRow: block.firstRow
      )
    }
  }
}
