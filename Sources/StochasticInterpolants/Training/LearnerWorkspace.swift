internal import Gradients
internal import Tensors

/// The memory in which one worker evaluates one objective.
final class LearnerWorkspace {
  private let batch: ObjectiveBatch
  private let gradientMemory: Program<Float>.Workspace
  private let scratch: Program<Float>.Workspace

  init(_ learner: Learner) {
    let program = learner.program
    batch = ObjectiveBatch(
      rows: program.rows,
      dimension: program.dimension,
      heads: program.heads
    )
    gradientMemory = Program.Workspace(learner.program.gradient)
    scratch = Program.Workspace(learner.program.loss)
  }

  /// The weighted loss of each row of the last block, pairs as two halves.
  var rowLosses: [Float] { batch.rowLosses.withSpan { span in span.indices.map { span[$0] } } }

  /// The weighted loss of one block; with a lane, adds its gradient there or, at the lane's first
  /// block, writes it.
  func run(
    _ learner: Learner,
    sample: InterpolantSample,
    weights: [Double],
    count: Int,
    total: Int,
    lane: Int?,
    isFirst: Bool,
    packed: Program<Float>.PackedFactors
  ) -> Double {
    batch.fill(
      from: sample,
      kinds: learner.objective.kinds,
      usesPairs: learner.usesPairs,
      weights: weights,
      count: count,
      total: total
    )
    let inputs =
      learner.parameterBuffers + [batch.time, batch.points, batch.target, batch.weight]
    if let lane {
      learner.program.gradient.run(
        inputs,
        outputs: [batch.rowLosses] + learner.gradientBuffers(lane: lane),
        workspace: gradientMemory,
        packed: packed,
        startingOver: isFirst
      )
    } else {
      learner.program.loss.run(
        inputs,
        outputs: [batch.rowLosses],
        workspace: scratch,
        packed: packed
      )
    }
    return Kernels.sum(batch.rowLosses)
  }
}
