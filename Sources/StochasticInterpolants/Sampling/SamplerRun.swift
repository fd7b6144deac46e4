internal import Gradients
internal import Integrators
internal import Tensors

/// What a run of a sampler is asked for, whatever its steps.
struct SamplerRun: Sendable {
  let count: Int
  let times: ClosedRange<Double>
  let direction: Direction
  let finishing: FinishingStep
  let saving: [Double]
  let seed: UInt64
  /// The number of rows that are followed together, but for the last, where steps are those of each; nil for
  /// blocks, padded, with fixed steps.
  var controlledRows: Int?

  /// The first time.
  var start: Double { direction.start(of: times) }

  /// The last time.
  var end: Double { direction.end(of: times) }

  /// Stops the program where the wishes fit no run.
  func check(start: some Density, dimension: Int) {
    require(count >= 0, "the number of samples is not negative, got \(count)")
    require(
      times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
      "the times of a sampler are an interval inside [0, 1], got \(times)"
    )
    require(
      start.dimension == dimension,
      "the starting density has \(start.dimension) dimensions, the fields \(dimension)"
    )
    let savable = times.lowerBound - Segment.tolerance...times.upperBound + Segment.tolerance
    for time in saving {
      require(
        savable.contains(time),
        "the time \(time) to be saved is outside the times of the sampler, \(times)"
      )
    }
    require(
      finishing.isNone || end != (direction == .forward ? 1 : 0),
      "a finishing step leads from a time inside (0, 1) to the end; these times end at \(end)"
    )
  }
}

extension Sampler {
  /// Follows every block through the segments of a run.
  ///
  /// - Parameters:
  ///   - run: the wishes.
  ///   - start: the density at the first time.
  ///   - grid: the times at which a segment may be cut and the fields are looked at beforehand.
  ///   - plan: what is followed where noise acts and where it does not.
  ///   - nodes: the places in a step at which the method asks the fields.
  ///   - check: what else is to be seen to on a segment before paths are followed.
  ///   - advance: integrates one block over one segment.
  /// - Returns: the samples, and what they cost.
  /// - Throws: ``SamplingError`` of a check beforehand, of the first rows that failed, or with step control of
  ///   all rows that failed.
  func follow(
    _ run: SamplerRun,
    from start: some Density,
    over grid: TimeGrid,
    _ plan: MotionPlan,
    nodes: (Motion) -> [Double],
    check: (Segment, Motion) throws(SamplingError) -> Void = { (_, _) throws(SamplingError) in },
    advance:
      @Sendable (inout Drift<F.Evaluator>, Motion, Segment, FollowedBlock) -> Stretch
  ) throws(SamplingError) -> Samples {
    run.check(start: start, dimension: fields.dimension)
    let segments = Segment.plan(
      grid,
      times: run.times,
      noise: plan.times,
      direction: run.direction,
      saving: run.saving
    )
    for segment in segments {
      let motion = plan.motion(of: segment)
      try checkFields(
        over: segment,
        motion: motion,
        nodes: nodes(motion),
        // Steps that samples choose are not known beforehand.
        parts: run.controlledRows == nil ? 1 : 16
      )
      try check(segment, motion)
    }
    let last = plan.motion(of: segments[segments.count - 1])
    let finishing = run.finishing.wanted(of: fields, motion: last, direction: run.direction)
    try fields.checkOffered(finishing, over: run.end...run.end, purpose: FinishingStep.purpose)
    try checkValue(of: finishing, at: run.end)
    try run.finishing.check(fields, at: run.end)
    let sink = SampleSink(count: run.count, dimension: fields.dimension, saved: run.saving.count)
    let fields = self.fields
    let together = run.controlledRows ?? RowBlocks.shared(run.count)
    workers.forEach((run.count + together - 1) / together) { index, _ in
      let rows = index * together..<min(run.count, (index + 1) * together)
      func drift(_ motion: Motion) -> Drift<F.Evaluator> {
        Drift(fields, motion, rows: RowBlocks.rows(for: rows.count), sign: run.direction.sign)
      }
      let address =
        run.controlledRows == nil
        ? RowBlocks.Block(range: rows).address(seed: run.seed)
        : RandomBlock(seed: run.seed, samples: rows)
      var block = BlockProgress(
        rows: rows,
        address: address,
        state: start.sample(address.inStream(Streams.base))
      )
      var (inside, outside): (Drift<F.Evaluator>?, Drift<F.Evaluator>?)
      for segment in segments {
        guard let followed = block.followed else {
          block.pass(segment)
          continue
        }
        let motion = plan.motion(of: segment)
        var own = (segment.isNoisy ? inside : outside) ?? drift(motion)
        let stretch = advance(&own, motion, segment, followed)
        if segment.isNoisy { inside = own } else { outside = own }
        if let failure = stretch.failure {
          sink.fail(failure, firstRow: rows.lowerBound)
          return
        }
        block.add(stretch)
      }
      if !run.finishing.isNone, var ends = block.followed?.state {
        var evaluators = BlockEvaluators(fields, finishing)
        for part in RowBlocks(count: ends.shape[0]) {
          let end = evaluators.withEvaluator(rows: part.rows) { evaluator, values in
            run.finishing.end(
              of: part.padded(ends),
              time: run.end,
              motion: last,
              direction: run.direction,
              evaluator: evaluator,
              wanted: finishing,
              values: &values
            )
          }
          part.write(end, into: &ends)
        }
        if let outcome = block.finish(ends, at: run.end) {
          let steps = segments.reduce(0) { $0 + $1.grid.stepCount }
          sink.fail(
            .integration(IntegrationFailure(outcome: outcome, steps: steps)),
            firstRow: rows.lowerBound
          )
          return
        }
      }
      sink.store(
        block.state,
        block.saved,
        rows: rows,
        evaluations: block.evaluations,
        reports: block.reports
      )
    }
    if let failure = sink.firstFailure { throw failure }
    let samples = Samples(
      points: sink.points,
      trajectory: Segment.ordered(sink.saved, saving: run.saving, direction: run.direction),
      evaluations: sink.evaluations,
      times: run.times,
      reports: sink.reports
    )
    if let unfinished = UnfinishedRun(samples, from: run.start) { throw .adaptive(unfinished) }
    return samples
  }
}
