internal import Gradients
internal import Tensors

/// The memory in which one worker evaluates one objective.
final class LearnerWorkspace {
  private let batch: ObjectiveBatch
  private let gradientMemory: Program<Float>.Workspace
  private let scratch: Program<Float>.Workspace

  init(_ learner: Learner) {
    batch = ObjectiveBatch(rows: learner.program.rows, dimension: learner.program.dimension)
    gradientMemory = Program.Workspace(learner.program.gradient)
    scratch = Program.Workspace(learner.program.loss)
  }

  /// The weighted loss of one block; with a lane, adds its gradient there.
  func run(
    _ learner: Learner,
    sample: InterpolantSample,
    count: Int,
    total: Int,
    lane: Int?
  ) -> Double {
    batch.fill(
      from: sample,
      kind: learner.objective.kind,
      usesPairs: learner.usesPairs,
      count: count,
      total: total
    )
    let inputs =
      learner.parameters.map(\.buffer) + [batch.time, batch.points, batch.target, batch.weight]
    if let lane {
      learner.program.gradient.run(
        inputs,
        outputs: [batch.rowLosses] + learner.gradientBuffers(lane: lane),
        workspace: gradientMemory
      )
    } else {
      learner.program.loss.run(inputs, outputs: [batch.rowLosses], workspace: scratch)
    }
    return Kernels.sum(batch.rowLosses)
  }
}

extension Learner {
  /// The objective's times for uniform numbers on [0, 1): t₀ + (t₁ − t₀)(u + 2⁻⁵⁴), never an end.
  func times(_ uniform: Tensor<Double>) -> Tensor<Double> {
    let span = objective.times.upperBound - objective.times.lowerBound
    return uniform.reshaped([uniform.count]).affine(
      scale: span,
      offset: objective.times.lowerBound + span * 0x1p-54
    )
  }
}
