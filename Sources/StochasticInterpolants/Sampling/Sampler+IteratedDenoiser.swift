internal import Gradients
internal import Integrators
public import Tensors

extension Sampler {
  /// Draws by the iterated denoiser (5.14), the DDIM step: X at the next time is E[x_s | x_t = X] (5.13).
  ///
  /// X ← (β(s)/β(t)) X + (α(s) − α(t)β(s)/β(t)) η_z(t, X), one evaluation of η_z a step. A consistent method
  /// of first order for the probability flow ODE of a one-sided interpolant; the last step to t = 1, where
  /// α = 0, is η₁. No division by α: it needs no way around t = 1.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time.
  ///   - schedule: α and β of the one-sided interpolant the fields belong to; fields of an interpolant that
  ///     draws x₀ too, of one that is not linear in x₁, and those whose latent or x₁ has another factor than α or
  ///     β, are refused.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are passed.
  ///   - targetMean: E[x₁], `[dimension]`, which the first step from β = 0 needs.
  ///   - seed: the key of the draws.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func iteratedDenoiser(
    count: Int,
    from start: some Density,
    schedule: some Schedule,
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    targetMean: Tensor<Double>? = nil,
    seed: UInt64
  ) throws(SamplingError) -> Samples {
    SamplerRun(
      count: count,
      times: times,
      direction: .forward,
      finishing: .none,
      saving: [],
      seed: seed
    ).check(start: start, dimension: fields.dimension)
    if let own = fields as? any InterpolantFields, own.hasBasePoint {
      throw .twoSided(purpose: "the iterated denoiser")
    }
    if let targetMean {
      require(
        targetMean.shape == [fields.dimension],
        "the mean of x₁ has \(fields.dimension) components, got the shape \(targetMean.shape)"
      )
    }
    guard fields.available.contains(.denoiser), fields.hasStandardLatent else {
      throw .missing(.denoiser, purpose: "the iterated denoiser, from a latent N(0, Id),")
    }
    let grid = spacing.grid(steps: steps, times: times, direction: .forward).times
    // Nothing is asked of the fields at the last time.
    try fields.checkOffered(
      .denoiser,
      over: grid[0]...grid[grid.count - 2],
      purpose: "the iterated denoiser"
    )
    for time in grid.dropLast() {
      if let obstacle = fields.obstacle(to: .denoiser, at: time) { throw .singular(obstacle) }
      try fields.checkTrained(.denoiser, at: time)
    }
    if let own = fields as? any InterpolantFields {
      for time in grid {
        guard let linear = own.linearCoefficients(time) else {
          throw .notLinear(purpose: "the iterated denoiser")
        }
        let pairs = [
          ("α", schedule.alpha(time).value, own.latent(time)),
          ("β", schedule.beta(time).value, linear.beta.value),
        ]
        for (name, given, known) in pairs where !given.isClose(to: known) {
          throw .otherSchedule(
            purpose: "the iterated denoiser",
            time: time,
            coefficient: name,
            given: given,
            fields: known
          )
        }
      }
    }
    let conversions = grid.map { OneSidedConversions(schedule, at: $0) }
    // One number through every step tells whether a limit is missing, before anything is drawn.
    let probe = Tensor<Double>(zeros: [1, fields.dimension])
    do {
      for (earlier, later) in zip(conversions, conversions.dropFirst()) {
        _ = try earlier.mean(at: later, denoiser: probe, points: probe, targetMean: targetMean)
      }
    } catch {
      throw .singular(error)
    }
    let sink = SampleSink(count: count, dimension: fields.dimension, saved: 0)
    let fields = self.fields
    workers.forEach(RowBlocks.blockCount(count)) { index, _ in
      let block = RowBlocks.block(index, of: count)
      let address = block.address(seed: seed)
      let evaluator = fields.makeEvaluator(.denoiser, rows: block.rows)
      var values = FieldValues(.denoiser, rows: block.rows, dimension: fields.dimension)
      var state = start.sample(address.inStream(Streams.base))
      for step in 0..<steps {
        evaluator.evaluate(time: grid[step], points: state, into: &values)
        let mean = try? conversions[step].mean(
          at: conversions[step + 1],
          denoiser: values.denoiser,
          points: state,
          targetMean: targetMean
        )
        guard let mean, mean.firstNonFinite == nil else {
          let position = mean?.firstNonFinite ?? 0
          sink.fail(
            IntegrationFailure(
              outcome: .nonFiniteField(
                time: grid[step],
                row: block.range.lowerBound + position / fields.dimension,
                component: position % fields.dimension
              ),
              steps: step
            ),
            block: index
          )
          return
        }
        state = mean
      }
      sink.store(state, [], block: index, evaluations: steps)
    }
    if let failure = sink.firstFailure { throw failure }
    return Samples(
      points: sink.points,
      trajectory: [],
      evaluations: sink.evaluations,
      times: times
    )
  }
}
