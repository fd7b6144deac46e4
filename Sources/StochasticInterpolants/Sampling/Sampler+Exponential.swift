internal import Gradients
internal import Integrators
internal import Tensors

extension Sampler {
  /// Follows the SDE with diffusion ε, or for ε = 0 the probability flow ODE, by `ExponentialHeun`, which
  /// takes a linear part of the drift and the noise it lets grow exactly.
  ///
  /// Between centred isotropic Gaussians, with ``LinearPart/gaussian(_:baseVariance:targetVariance:)``, one
  /// step has the law of the end. In general its order is 2, weak with noise; it stays stable where ε or
  /// the coefficient is so large that the steps of other methods are too long.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - linear: the part of the drift that is taken exactly.
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
  public func exponential(
    count: Int,
    from start: some Density,
    linear: LinearPart,
    diffusion: Diffusion = .constant(0),
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
    let table = SegmentTable<ExponentialSteps>()
    let sign = direction.sign
    // Its stages stand where those of Heun's method do.
    return try follow(
      run,
      from: start,
      over: grid,
      plan,
      nodes: { _ in RungeKutta.heun.nodes },
      check: { (segment, motion) throws(SamplingError) in
        guard let diffusion = motion.diffusion else { return }
        let method = ExponentialHeun(linear: linear.coefficient(of: motion, sign: sign))
        let grid = segment.grid.times
        // Long steps are integrated in panels, which have nodes of their own.
        let asked = zip(grid, grid.dropFirst()).flatMap { method.diffusionTimes(from: $0, to: $1) }
        if let fault = Motion.noise(diffusion).fault(on: asked) { throw fault }
      }
    ) { drift, motion, segment, block in
      let own = linear.coefficient(of: motion, sign: sign)
      var nonlinear = NonlinearDrift(drift: drift, linear: own)
      let steps = table.value(of: segment) {
        ExponentialHeun(linear: own)
          .steps(over: segment.grid, diffusion: motion.diffusion ?? { _ in 0 })
      }
      let increments = BrownianIncrements(block.address.inStream(Streams.noise))
        .startingAt(step: segment.firstStep)
      return Stretch(
        steps.solve(
          &nonlinear,
          from: block.state,
          increments: motion.diffusion == nil ? nil : increments,
          saving: segment.saving
        ),
        firstRow: block.firstRow
      )
    }
  }
}
