internal import Gradients
public import Tensors

/// All that the further steps of a training depend on, beside its description.
///
/// Random numbers are addressed by (seed, row, step): the step is the generator's position. A training
/// of the same description that takes up a state makes the same steps, to the last bit.
public struct TrainingState: Sendable, Equatable {
  /// The part of one objective.
  public struct Learned: Sendable, Equatable {
    /// The parameters, in the order of the network's layout.
    public var parameters: [Tensor<Float>]
    /// Their average; empty before the first step, nil where none is kept.
    public var average: [Tensor<Float>]?
    /// The number of updates the optimiser has made, where it counts them.
    public var updates: Int
    /// The optimiser's lists of tensors; each empty before the first step.
    public var moments: [[Tensor<Float>]]

    /// The part of one objective.
    ///
    /// - Parameters:
    ///   - parameters: in the order of the network's layout.
    ///   - average: their average, where one is kept.
    ///   - updates: the number of updates the optimiser has made.
    ///   - moments: the optimiser's lists of tensors.
    public init(
      parameters: [Tensor<Float>],
      average: [Tensor<Float>]?,
      updates: Int,
      moments: [[Tensor<Float>]]
    ) {
      self.parameters = parameters
      self.average = average
      self.updates = updates
      self.moments = moments
    }
  }

  /// The number of steps made.
  public var step: Int
  /// The parts of the objectives, in their order.
  public var learned: [Learned]

  /// A state.
  ///
  /// - Parameters:
  ///   - step: the number of steps made.
  ///   - learned: the parts of the objectives, in their order.
  public init(step: Int, learned: [Learned]) {
    self.step = step
    self.learned = learned
  }
}

extension Training {
  /// All that the further steps depend on.
  public var state: TrainingState { TrainingState(step: step, learned: learners.map(\.state)) }

  /// Takes up a state of a training of the same description.
  ///
  /// - Parameter state: what ``state`` gave.
  /// - Throws: ``TrainingError/foreignState(problem:)`` where counts or shapes are others; nothing is
  ///   changed then.
  public mutating func restore(_ state: TrainingState) throws(TrainingError) {
    guard state.learned.count == learners.count else {
      throw .foreignState(
        problem: "it has \(state.learned.count) objectives, the training \(learners.count)"
      )
    }
    guard (0...configuration.steps).contains(state.step) else {
      throw .foreignState(
        problem: "it is of step \(state.step), the training has \(configuration.steps)"
      )
    }
    for (learner, own) in zip(learners, state.learned) {
      if let problem = learner.problem(with: own, step: state.step) {
        throw .foreignState(problem: "\(learner.objective.kinds[0].rawValue): \(problem)")
      }
    }
    for (learner, own) in zip(learners, state.learned) { learner.restore(own, step: state.step) }
    step = state.step
  }
}
