internal import Gradients

extension RunDirectory {
  /// Gives a run another number of steps, so that one that is finished can go on.
  ///
  /// A learning rate that fell along a cosine over all steps after the warm-up falls over the new number of
  /// them. The warm-up stays, or is cut to one step less than all; the decay of an average of parameters
  /// stays. The steps made stay as they are: the result is not that of a training of as many steps from the
  /// start.
  ///
  /// Whatever fails, the run is the one before or the one after: its newest checkpoint is bound to both
  /// configurations before the new one takes its place.
  ///
  /// - Parameter steps: the number of steps in all, at least those made and below 2³².
  /// - Returns: the run with its new configuration.
  /// - Throws: ``FileError`` or ``RunError``, which name what is wrong.
  public func extended(to steps: Int) throws -> RunDirectory {
    let lock = try RunLock(self)
    defer { withExtendedLifetime(lock) {} }
    try checkConfiguration()
    guard let state = try newestState() else { throw withoutCheckpoints }
    guard steps >= max(1, state.step), steps < 1 << 32 else {
      throw RunError(
        path: path,
        problem: "has made \(state.step) steps and cannot have \(steps) in all; give at least "
          + "\(max(1, state.step)) and fewer than 2³²"
      )
    }
    var longer = configuration
    longer.training.steps = steps
    let rate = configuration.training.learningRate
    if case .cosine(let period, let final) = rate.decay,
      rate.warmUp + period == configuration.training.steps
    {
      // Of fewer steps than its own the warm-up keeps all but one, so that the cosine still ends with them.
      longer.training.learningRate.warmUp = min(rate.warmUp, steps - 1)
      longer.training.learningRate.decay = .cosine(
        period: steps - longer.training.learningRate.warmUp,
        final: final
      )
    }
    let text = try Self.text(of: longer)
    try CheckpointFile.encode(
      state,
      of: configuration,
      configurationChecksums: [configurationChecksum, Checksum.text(Checksum.of(Array(text.utf8)))]
    ).writeChecksummed(to: checkpointPath(state.step))
    try AtomicFile.write(text, to: file(Self.configurationName))
    // Those before belong to the configuration before.
    for old in try checkpoints().dropLast() { FileSystem.removeFile(old.path) }
    return try RunDirectory(path)
  }
}
