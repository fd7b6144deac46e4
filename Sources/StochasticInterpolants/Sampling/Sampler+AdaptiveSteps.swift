internal import Gradients
public import Integrators
internal import Tensors

extension Sampler {
  /// Follows the probability flow ODE in steps that each sample chooses for itself.
  ///
  /// Every sample has its own time, step and controller, so that it is the same alone and among
  /// others. A learned field answers in Float, to some 10⁻⁶ of its size: a tolerance below that asks
  /// for steps that rounding decides.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, by the method's dense output.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func ode(
    count: Int,
    from start: some Density,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let run = adaptiveRun(count, times, direction, finishing, saving, seed)
    return try follow(
      run,
      from: start,
      over: StepSpacing.uniform.grid(steps: 16, times: times, direction: direction),
      .flow,
      nodes: { _ in method.nodes }
    ) { drift, _, segment, block in
      Stretch(
        method.solve(
          &drift,
          from: block.state,
          start: segment.grid.start,
          end: segment.grid.end,
          tolerance: tolerance,
          controller: controller,
          limits: limits,
          saving: segment.saving,
          blockSize: drift.rows
        )
      )
    }
  }

  /// Follows the SDE with diffusion ε in steps that each sample chooses for itself, along the path of a
  /// Brownian tree.
  ///
  /// A rejected step is refined along the same path, so that rejections do not change the law; one seed
  /// is one path for every tolerance. Where ε does not act, steps are those of the Dormand–Prince method.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - method: the method for steps on which ε acts, one with an error estimate.
  ///     One without an error estimate stops the program.
  ///   - diffusion: ε.
  ///   - tolerance: how large the error of a step may be.
  ///   - controller: how step lengths follow errors.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, or backward from the last.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, moved to the nearest leaf of the tree.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sde<Method: StochasticMethod>(
    count: Int,
    from start: some Density,
    method: Method = SRA1(),
    diffusion: Diffusion,
    tolerance: ErrorTolerance,
    controller: PIDController = PIDController(),
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    let run = adaptiveRun(count, times, direction, finishing, saving, seed)
    let plan = try motions(diffusion, direction, over: times)
    return try follow(
      run,
      from: start,
      over: StepSpacing.uniform.grid(steps: 16, times: times, direction: direction),
      plan,
      nodes: { $0.diffusion == nil ? RungeKutta.dormandPrince.nodes : Method.tableau.nodes }
    ) { drift, motion, segment, block in
      guard let diffusion = motion.diffusion else {
        return Stretch(
          RungeKutta.dormandPrince.solve(
            &drift,
            from: block.state,
            start: segment.grid.start,
            end: segment.grid.end,
            tolerance: tolerance,
            controller: controller,
            limits: limits,
            saving: segment.saving,
            blockSize: drift.rows
          )
        )
      }
      // Segments are stretches of one run: each has a tree of its own, in parts of the stream that no
      // other uses.
      let tree = BrownianTree(
        block.address.inStream(Streams.noise).part(3 * segment.index),
        noise: AdditiveNoise(diffusion: diffusion),
        from: segment.grid.start,
        to: segment.grid.end
      )
      return Stretch(
        method.solve(
          &drift,
          from: block.state,
          tree: tree,
          tolerance: tolerance,
          controller: controller,
          limits: limits,
          saving: segment.saving,
          blockSize: drift.rows
        )
      )
    }
  }

  /// How many rows are followed together: more than a block has, so that rows which end early make
  /// room for others, and the same number by each worker, so that none waits long for another's last.
  ///
  /// A block that runs out of rows computes empty slots: the more rows, the smaller their share. Their number is
  /// bounded by the memory they take.
  func adaptiveRows(_ count: Int) -> Int {
    let blocks = max(16, (1 << 14) / (RowBlocks.size * fields.dimension))
    let most = blocks * RowBlocks.size * workers.count
    let parts = workers.count * max(1, (count + most - 1) / most)
    return max(16, (count + parts - 1) / parts)
  }

  private func adaptiveRun(
    _ count: Int,
    _ times: ClosedRange<Double>,
    _ direction: Direction,
    _ finishing: FinishingStep,
    _ saving: [Double],
    _ seed: UInt64
  ) -> SamplerRun {
    SamplerRun(
      count: count,
      times: times,
      direction: direction,
      finishing: finishing,
      saving: saving,
      seed: seed,
      controlledRows: adaptiveRows(count)
    )
  }
}
