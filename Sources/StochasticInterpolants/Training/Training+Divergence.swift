internal import Gradients
internal import Tensors

extension Training {
  /// t of the row of a step that is worst for a learner: the first whose loss is not finite, else the
  /// one with the largest.
  ///
  /// Draws and evaluates the rows again; only a step that failed needs it.
  func worstTime(of learner: Learner, step: Int) -> Double {
    let rows = configuration.rows
    let workspace = LearnerWorkspace(learner)
    var worst = (time: Double.nan, size: -1.0)
    let packed = Program.PackedFactors(
      learner.program.loss,
      learner.parameterBuffers
    )
    for block in 0..<blocks.count {
      let range = blocks.range(block)
      let address = RandomBlock(
        seed: configuration.seed,
        samples: block * blocks.size..<(block + 1) * blocks.size,
        step: step
      )
      let drawn = learner.objective.timeSampling.draw(
        address,
        first: range.lowerBound,
        of: rows,
        on: learner.objective.times
      )
      _ = workspace.run(
        learner,
        sample: path.sample(address, time: drawn.times),
        weights: drawn.weights,
        count: range.count,
        total: rows,
        into: .loss(learner.parameterBuffers, packed)
      )
      for (position, loss) in workspace.rowLosses.enumerated() {
        let row = position % blocks.size
        if row >= range.count { continue }
        if !loss.isFinite { return drawn.times[row] }
        if Double(loss.magnitude) > worst.size {
          worst = (drawn.times[row], Double(loss.magnitude))
        }
      }
    }
    return worst.time
  }
}
