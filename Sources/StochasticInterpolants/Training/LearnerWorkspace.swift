internal import Gradients
internal import Tensors

/// The memory in which one worker evaluates one objective.
final class LearnerWorkspace {
  private let batch: ObjectiveBatch
  /// The parameters and the batch.
  private let inputs: [Buffer<Float>]
  private let gradientMemory: Program<Float>.Workspace
  private let scratch: Program<Float>.Workspace
  /// The weights as the gradient's products read them, packed by each worker for itself: another's would
  /// have to come from its cache, and go back for the next packing.
  private let packed: Program<Float>.PackedFactors
  /// The version of the weights that are packed.
  private var packedVersion: Int?

  init(_ learner: Learner) {
    let program = learner.program
    batch = ObjectiveBatch(
      rows: program.rows,
      dimension: program.dimension,
      heads: program.heads
    )
    inputs =
      learner.parameterBuffers.map(\.inOwnReference)
      + [batch.time, batch.points, batch.target, batch.weight]
    gradientMemory = Program.Workspace(learner.program.gradient)
    scratch = Program.Workspace(learner.program.loss)
    packed = Program.PackedFactors(learner.program.gradient)
  }

  /// The weighted loss of each row of the last block, pairs as two halves.
  var rowLosses: [Float] { batch.rowLosses.withSpan { span in span.indices.map { span[$0] } } }

  /// What is made of one block.
  enum Output {
    /// The loss, and its gradient added to a lane or, at the lane's first block, written there.
    case gradient(lane: Int, isFirst: Bool)
    /// The loss alone, of given parameters and their packed weights.
    case loss([Buffer<Float>], Program<Float>.PackedFactors)
  }

  /// The weighted loss of one block.
  func run(
    _ learner: Learner,
    sample: InterpolantSample,
    weights: [Double],
    count: Int,
    total: Int,
    into output: Output
  ) -> Double {
    batch.fill(
      from: sample,
      kinds: learner.objective.kinds,
      usesPairs: learner.usesPairs,
      weights: weights,
      count: count,
      total: total
    )
    switch output {
    case .gradient(let lane, let isFirst):
      packWeights(learner)
      learner.program.gradient.run(
        inputs,
        outputs: [batch.rowLosses] + learner.gradientBuffers(lane: lane),
        workspace: gradientMemory,
        packed: packed,
        startingOver: isFirst
      )
    case .loss(let parameters, let packed):
      learner.program.loss.run(
        parameters + inputs.dropFirst(parameters.count),
        outputs: [batch.rowLosses],
        workspace: scratch,
        packed: packed
      )
    }
    return Kernels.sum(batch.rowLosses)
  }

  private func packWeights(_ learner: Learner) {
    if packedVersion == learner.parametersVersion { return }
    for factor in 0..<learner.program.gradient.packedFactorCount {
      packed.pack(factor, of: learner.program.gradient, from: inputs)
    }
    packedVersion = learner.parametersVersion
  }
}
