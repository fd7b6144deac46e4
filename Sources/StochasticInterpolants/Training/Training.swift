internal import Gradients
public import Tensors

/// The training of the fields of a bridge: `while let step = try training.next() { … }`.
///
/// A step draws rows of the path, evaluates each objective's loss and gradient over blocks of rows in
/// parallel, and moves the parameters. Every number it draws is addressed by (seed, row, step), and
/// sums are joined in a fixed order: the run is the same to the last bit for any number of workers.
/// A training owns its state and cannot be copied.
public struct Training<Path: InterpolantPath>: ~Copyable, Sendable {
  /// The interpolant and the densities it bridges.
  public let path: Path
  /// What is learned.
  public let objectives: [Objective]
  /// How it is learned.
  public let configuration: TrainingConfiguration
  /// The map from the user's coordinates to those of `path`; nil where they are the same.
  public let standardization: Standardization?
  /// The number of steps made.
  public internal(set) var step = 0

  let learners: [Learner]
  private let workspaces: PerWorker<[LearnerWorkspace]>
  private let heldOut: Path?
  let blocks: TrainingBlocks
  private let workers: Workers
  /// The pieces of all learners' parameters, cut into as many runs as there are workers.
  private let shares: [[(learner: Int, pieces: Range<Int>)]]

  init(
    path: Path,
    heldOut: Path?,
    objectives: [Objective],
    configuration: TrainingConfiguration,
    standardization: Standardization?,
    workers: Workers
  ) throws(TrainingError) {
    configuration.check()
    if objectives.isEmpty { throw .noObjective }
    if standardization != nil,
      path.interpolant.source != nil || path.interpolant.latentCovariance != nil
    {
      throw .standardizedBase
    }
    if let own = path.interpolant.dimension, own != path.dimension {
      throw .interpolantDimension(interpolant: own, densities: path.dimension)
    }
    if let heldOut, heldOut.dimension != path.dimension {
      throw .heldOutDimension(heldOut: heldOut.dimension, densities: path.dimension)
    }
    for (index, objective) in objectives.enumerated() {
      for kind in objective.kinds {
        if objectives[..<index].contains(where: { $0.kinds.contains(kind) }) {
          throw .repeatedObjective(kind)
        }
        try Self.check(kind, over: objective.times, with: path.interpolant)
      }
      if objective.network.dimension != path.dimension {
        throw .dimensionMismatch(
          objective: objective.kinds[0],
          network: objective.network.dimension,
          densities: path.dimension
        )
      }
    }
    self.path = path
    self.heldOut = heldOut
    self.objectives = objectives
    self.configuration = configuration
    self.standardization = standardization
    self.workers = workers
    let blocks = TrainingBlocks(
      rows: configuration.rows,
      parameters: objectives.reduce(0) { $0 + $1.network.parameterCount }
    )
    self.blocks = blocks
    let learners = objectives.enumerated().map { index, objective in
      Learner(
        objective: objective,
        usesPairs: objective.usesPairs(with: path.interpolant),
        configuration: configuration,
        blocks: blocks,
        index: index
      )
    }
    self.learners = learners
    workspaces = PerWorker(count: workers.count) { learners.map(LearnerWorkspace.init) }
    shares = Self.shares(of: learners.map(\.pieceCount), among: workers.count)
  }

  /// Cuts the pieces of all learners, one after another, into as many runs as there are workers, the same
  /// ones at each step: where each worker takes one, what it joins is in its cache when it moves it.
  private static func shares(
    of counts: [Int],
    among workers: Int
  ) -> [[(learner: Int, pieces: Range<Int>)]] {
    let total = counts.reduce(0, +)
    return (0..<workers).map { worker in
      let run = worker * total / workers..<(worker + 1) * total / workers
      var first = 0
      return counts.enumerated().compactMap { learner, count in
        defer { first += count }
        let own = run.clamped(to: first..<first + count)
        return own.isEmpty ? nil : (learner, own.lowerBound - first..<own.upperBound - first)
      }
    }
  }

  /// Whether an interpolant has what the target of a field is made of.
  private static func check(
    _ kind: VectorField,
    over times: ClosedRange<Double>,
    with interpolant: some Interpolant
  ) throws(TrainingError) {
    switch kind {
    case .score, .denoiser:
      if !interpolant.hasLatent { throw .noLatent(objective: kind) }
    case .baseDenoiser:
      if !interpolant.hasBasePoint { throw .noBasePoint }
    case .drift:
      if interpolant.process(times.lowerBound) == nil { throw .noProcess }
    case .velocity, .conditionalVelocity, .targetDenoiser: break
    }
  }

  /// Makes one step, or returns nil after the last.
  ///
  /// Throws ``TrainingError/diverged(step:objective:time:loss:gradientNorm:)`` before the parameters
  /// are touched where a loss or gradient is not finite, or a gradient too large for the optimiser, and
  /// ``TrainingError/parametersNotFinite(step:objective:)`` where the step leaves a parameter that is not.
  public mutating func next() throws(TrainingError) -> TrainingStep? {
    if step >= configuration.steps { return nil }
    let start = ContinuousClock.now
    let losses = evaluate(path, over: blocks, step: step, withGradients: true)
    let (learners, shares) = (self.learners, self.shares)
    workers.forEach(shares.count) { share, _ in
      for (index, pieces) in shares[share] { learners[index].joinLanes(pieces: pieces) }
    }
    let norms = learners.map(\.gradientNorm)
    for (index, learner) in learners.enumerated()
    where !losses[index].isFinite || !norms[index].isFinite
      || norms[index] * gradientScale(norms[index]) >= configuration.optimizer.gradientBound
    {
      throw .diverged(
        step: step + 1,
        objective: learner.objective.kinds[0],
        time: worstTime(of: learner, step: step),
        loss: losses[index],
        gradientNorm: norms[index]
      )
    }
    let rate = configuration.learningRate(step)
    let updates = learners.indices.map { index in
      learners[index].beginUpdate(
        rate: rate,
        gradientScale: gradientScale(norms[index])
      )
    }
    workers.forEach(shares.count) { share, _ in
      for (index, pieces) in shares[share] {
        learners[index].move(pieces: pieces, by: updates[index])
      }
    }
    for (learner, update) in zip(learners, updates) {
      learner.endUpdate(update)
      if !learner.hasFiniteParameters {
        throw .parametersNotFinite(step: step + 1, objective: learner.objective.kinds[0])
      }
    }
    step += 1
    let seconds = start.duration(to: .now) / .seconds(1)
    let isHeldOutStep =
      step % configuration.heldOutInterval == 0 || step == configuration.steps
    let heldOutLosses: [Double]? =
      if isHeldOutStep, let heldOut {
        // Of parameters that a model uses, and the same draws at every step: those of no step of a training,
        // which has fewer than 2³².
        evaluate(heldOut, over: heldOutBlocks, step: Int(UInt32.max), withGradients: false)
      } else {
        nil
      }
    return TrainingStep(
      step: step,
      losses: losses,
      gradientNorms: norms,
      learningRate: rate,
      rowsPerSecond: Double(configuration.rows) / seconds,
      heldOutLosses: heldOutLosses
    )
  }

  private func gradientScale(_ norm: Double) -> Double {
    configuration.gradientNormLimit.map { GradientClipping.scale(norm: norm, maximum: $0) } ?? 1
  }

  /// At least 4,096 rows in blocks of the size of a step's.
  private var heldOutBlocks: TrainingBlocks {
    TrainingBlocks(rows: max(configuration.rows, 4_096), size: blocks.size)
  }

  /// The loss of each objective over rows of a path: with gradients that of the parameters to be moved, and the
  /// lanes are filled; without, of those that a model uses.
  private func evaluate(
    _ path: Path,
    over blocks: TrainingBlocks,
    step: Int,
    withGradients: Bool
  ) -> [Double] {
    let (rows, learners) = (blocks.rows, self.learners)
    let seed = configuration.seed
    let blockLosses = Buffer<Double>(zeros: learners.count * blocks.count)
    let used: [LearnerWorkspace.Output] =
      withGradients
      ? []
      : learners.map { learner in
        let parameters = learner.modelParameterBuffers
        return LearnerWorkspace.Output.loss(
          parameters,
          Program.PackedFactors(learner.program.loss, parameters)
        )
      }
    let workspaces = self.workspaces
    // One objective after the other: its weights and gradients stay near the processor from block to block.
    workers.forEach(learners.count * blocks.laneCount) { task, worker in
      let (index, lane) = (task / blocks.laneCount, task % blocks.laneCount)
      let learner = learners[index]
      let objective = learner.objective
      workspaces.withValue(of: worker) { workspaces in
        for block in stride(from: lane, to: blocks.count, by: blocks.laneCount) {
          let range = blocks.range(block)
          // The last block is padded with further samples of the same law, of weight 0.
          let address = RandomBlock(
            seed: seed,
            samples: block * blocks.size..<(block + 1) * blocks.size,
            step: step
          )
          let drawn = objective.timeSampling.draw(
            address,
            first: range.lowerBound,
            of: rows,
            on: objective.times
          )
          let sample = path.sample(address, time: drawn.times)
          let loss = workspaces[index].run(
            learner,
            sample: sample,
            weights: drawn.weights,
            count: range.count,
            total: rows,
            into: withGradients
              ? .gradient(lane: lane, isFirst: block == lane) : used[index]
          )
          blockLosses.withMutableSpan { $0[index * blocks.count + block] = loss }
        }
      }
    }
    return (0..<learners.count).map { index in
      blockLosses.slice(index * blocks.count..<(index + 1) * blocks.count).withSpan { span in
        var sum = 0.0
        for block in 0..<span.count { sum += span[block] }
        return sum
      }
    }
  }

  /// The parameters that a model uses, for each objective in order.
  public var parameters: [[Tensor<Float>]] { learners.map(\.modelParameters) }
}
