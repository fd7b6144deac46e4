internal import Gradients
internal import Tensors

extension RunDirectory {
  /// A stored state of the training.
  public struct Checkpoint: Sendable, Hashable {
    /// The number of steps made.
    public let step: Int
    /// The file.
    public let path: String
  }

  /// The stored states, the earliest first; none in a run of format 1.
  public func checkpoints() throws(FileError) -> [Checkpoint] {
    let directory = file(Self.checkpointsName)
    guard try FileStatus.of(directory, action: .read) != nil else { return [] }
    return try FileSystem.contents(of: directory).compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
        let step = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
      else { return nil }
      return Checkpoint(step: step, path: directory + "/" + name)
    }.sorted { $0.step < $1.step }
  }

  private static let prefix = "step-"
  private static let suffix = ".safetensors"

  func checkpointPath(_ step: Int) -> String {
    let digits = String(step)
    let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
    return file(Self.checkpointsName) + "/" + Self.prefix + zeros + digits + Self.suffix
  }

  /// Stores a training: the steps since the last time, a checkpoint, the bridge's weights.
  ///
  /// What is stored before stays whole whatever fails.
  ///
  /// - Parameters:
  ///   - training: the training at hand.
  ///   - steps: the steps made since it was stored last.
  /// - Throws: ``FileError``, which names what is wrong.
  public func save(
    _ training: borrowing Training<AnyPath>,
    steps: [TrainingStep]
  ) throws(FileError) {
    let log = MetricsLog(directory: path, configuration: configuration)
    if training.step == 0 { try log.cut(after: 0) }
    try log.append(steps)
    try CheckpointFile.encode(
      training.state,
      of: configuration,
      configurationChecksums: [configurationChecksum]
    ).writeChecksummed(to: checkpointPath(training.step))
    try saveWeights(of: training)
    for old in try checkpoints().dropLast(configuration.checkpoints.keep) {
      FileSystem.removeFile(old.path)
    }
  }

  /// Stores the bridge's weights where the file has those of another step or is damaged.
  ///
  /// A process that was killed between the two files of a save left a checkpoint that is newer than the weights.
  /// Weights that say no step are of another program and stay until the next save.
  func bringWeights(to training: borrowing Training<AnyPath>) throws(FileError) {
    if let stored = try? Safetensors.read(file(Self.weightsName)),
      (try? stored.checkIntegrity()) != nil
    {
      guard let step = stored.metadata["step"], step != "\(training.step)" else { return }
    }
    try saveWeights(of: training)
  }

  private func saveWeights(of training: borrowing Training<AnyPath>) throws(FileError) {
    var weights = Safetensors(metadata: [
      // The word by which PyTorch's loaders know a file of theirs.
      "format": "pt",
      "library": RunConfiguration.libraryVersion,
      "step": "\(training.step)",
    ])
    for (field, parameters) in zip(configuration.fields, training.parameters) {
      for (entry, tensor) in zip(field.network.parameterLayout, parameters) {
        weights["\(field.kind.rawValue).\(entry.name)"] = .float(tensor)
      }
    }
    try weights.writeChecksummed(to: file(Self.weightsName))
  }

  /// The newest stored state; nil where there is none.
  func newestState() throws -> TrainingState? {
    let checkpoints = try checkpoints()
    guard let newest = checkpoints.last else { return nil }
    do {
      return try state(of: newest)
    } catch {
      let whole = checkpoints.dropLast().last { isWhole($0) }
      throw RunError(
        path: newest.path,
        problem: Self.withoutPath("\(error)", newest.path)
          + (whole.map {
            "; the checkpoint of step \($0.step) is whole: remove this file to resume from there"
          } ?? "; no checkpoint before it is whole")
      )
    }
  }

  /// Whether a stored state can be read and is one of this run.
  public func isWhole(_ checkpoint: Checkpoint) -> Bool { (try? state(of: checkpoint)) != nil }

  private func state(of checkpoint: Checkpoint) throws -> TrainingState {
    try CheckpointFile.decode(
      checkpoint.path,
      of: configuration,
      configurationChecksum: configurationChecksum
    )
  }

  private static func withoutPath(_ text: String, _ path: String) -> String {
    let prefix = FileError.shown(path) + ": "
    return text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
  }
}
