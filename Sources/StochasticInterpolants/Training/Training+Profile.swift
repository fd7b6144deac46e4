public import Gradients
public import Tensors

extension Training {
  /// The recorded loss and gradient of each objective over one block of rows, in the order of
  /// ``objectives``; each prints as a list of its operations with places and shapes.
  public var programs: [Program<Float>] { learners.map(\.program.gradient) }

  /// Measures the operations of ``programs`` on a block of draws, on this thread.
  ///
  /// A step runs each program once a block; the drawing of rows, the joining of gradients and the
  /// update are not in it.
  ///
  /// - Parameter runs: the number of runs, at least 1, of which the median counts.
  /// - Returns: a profile for each objective.
  public func profile(runs: Int = 21) -> [ProgramProfile] {
    let address = RandomBlock(seed: configuration.seed, samples: 0..<blocks.size, step: step)
    return learners.map { learner in
      let (program, objective) = (learner.program, learner.objective)
      let drawn = objective.timeSampling.draw(
        address,
        first: 0,
        of: configuration.rows,
        on: objective.times
      )
      let batch = ObjectiveBatch(
        rows: program.rows,
        dimension: program.dimension,
        heads: program.heads
      )
      batch.fill(
        from: path.sample(address, time: drawn.times),
        kinds: objective.kinds,
        usesPairs: learner.usesPairs,
        weights: drawn.weights,
        count: blocks.size,
        total: configuration.rows
      )
      let width = program.heads * program.dimension
      let data: [(Buffer<Float>, [Int])] = [
        (batch.time, [program.rows, 1]), (batch.points, [program.rows, program.dimension]),
        (batch.target, [program.rows, width]), (batch.weight, [program.rows, 1]),
      ]
      return program.gradient.profile(
        learner.parameters + data.map { Tensor(shape: $1, storage: $0.storage) },
        runs: runs
      )
    }
  }
}
