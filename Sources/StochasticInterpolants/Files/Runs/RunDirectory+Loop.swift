extension RunDirectory {
  /// How a loop over steps ended.
  public enum Outcome: Sendable, Hashable {
    /// All steps are made.
    case finished
    /// It was asked to stop, and stored this step.
    case stopped(step: Int)
  }

  /// Trains to the last step, or until it is asked to stop, and stores checkpoints on the way.
  ///
  /// - Parameters:
  ///   - training: the training that ``training(isVerifying:workers:)`` gave.
  ///   - isStopping: asked after each step; true stores the step and ends.
  ///   - onStep: called after each step.
  /// - Returns: how it ended.
  /// - Throws: ``FileError`` where a checkpoint cannot be stored; ``RunError`` where another process
  ///   trains the run or has trained or extended it since this training was read, or where the training diverged,
  ///   which names the step, objective and time, and the checkpoint that is kept.
  public func train(
    _ training: inout Training<AnyPath>,
    isStopping: () -> Bool = { false },
    onStep: (TrainingStep) -> Void = { _ in }
  ) throws -> Outcome {
    let lock = try RunLock(self)
    defer { withExtendedLifetime(lock) {} }
    // The run was read before the lock was taken.
    try checkConfiguration()
    if let newest = try checkpoints().last, newest.step > training.step {
      throw RunError(
        path: path,
        problem: "was trained to step \(newest.step) after it was read at step \(training.step); "
          + "read its training again"
      )
    }
    let log = MetricsLog(directory: path, configuration: configuration)
    try log.cut(after: training.step)
    try bringWeights(to: training)
    var steps: [TrainingStep] = []
    while true {
      let step: TrainingStep?
      do {
        step = try training.next()
      } catch {
        try log.append(steps)
        throw RunError(path: path, problem: "\(error)\(try kept())")
      }
      guard let step else { return .finished }
      steps.append(step)
      onStep(step)
      let isLast = step.step == configuration.training.steps
      let isStopping = isStopping()
      if isLast || isStopping || step.step % configuration.checkpoints.interval == 0 {
        try save(training, steps: steps)
        steps = []
      }
      if isStopping && !isLast { return .stopped(step: step.step) }
    }
  }

  private func kept() throws(FileError) -> String {
    try checkpoints().last.map { "; the checkpoint of step \($0.step) is kept" } ?? ""
  }
}
