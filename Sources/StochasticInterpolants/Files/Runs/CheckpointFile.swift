internal import Gradients
internal import Tensors

/// The state of a training as one safetensors file.
///
/// Tensors are named `<field>.<part>.<parameter>` with the parts `parameters`, `average`, `moment1` and
/// `moment2`; step, seed and the optimisers' counts stand in the metadata, with the checksum of the
/// whole file and that of the run's configuration; of two where one is about to take the other's place.
enum CheckpointFile {
  static let kind = "swift-interpolants checkpoint"

  static func encode(
    _ state: TrainingState,
    of configuration: RunConfiguration,
    configurationChecksums: [String]
  ) -> Safetensors {
    var file = Safetensors(metadata: [
      "kind": kind,
      "format": "\(RunConfiguration.currentFormat)",
      "library": RunConfiguration.libraryVersion,
      "configuration": configurationChecksums.joined(separator: " "),
      "seed": "\(configuration.training.seed)",
      "step": "\(state.step)",
    ])
    for (field, learned) in zip(configuration.fields, state.learned) {
      let names = field.network.parameterLayout.map(\.name)
      func add(_ part: String, _ tensors: [Tensor<Float>]) {
        for (name, tensor) in zip(names, tensors) {
          file["\(field.kind.rawValue).\(part).\(name)"] = .float(tensor)
        }
      }
      add("parameters", learned.parameters)
      add("average", learned.average ?? [])
      for (index, moment) in learned.moments.enumerated() { add("moment\(index + 1)", moment) }
      file.metadata["\(field.kind.rawValue).updates"] = "\(learned.updates)"
    }
    return file
  }

  /// Reads a state, and checks that file, configuration and training are of one run.
  static func decode(
    _ path: String,
    of configuration: RunConfiguration,
    configurationChecksum: String
  ) throws -> TrainingState {
    func fail(_ problem: String) -> RunError { RunError(path: path, problem: problem) }
    let file = try Safetensors.read(path)
    guard file.metadata["kind"] == kind else {
      throw fail("it is a safetensors file, but no checkpoint of a run")
    }
    guard try file.checkIntegrity() else { throw fail("it bears no checksum; copy it again") }
    guard file.metadata["format"] == "\(RunConfiguration.currentFormat)" else {
      throw fail(
        "its format is \(file.metadata["format"].map { FileError.quoted($0) } ?? "not given"); "
          + "this library reads format \(RunConfiguration.currentFormat)"
      )
    }
    let configurations = file.metadata["configuration"]?.split(separator: " ") ?? []
    guard configurations.contains(configurationChecksum[...]) else {
      throw fail(
        "the run's \(RunDirectory.configurationName) is not the one of this checkpoint; undo the "
          + "change to it"
      )
    }
    func number(_ key: String) throws(RunError) -> Int {
      guard let number = file.metadata[key].flatMap({ Int($0) }), number >= 0 else {
        throw fail("its metadata hold no number '\(key)'")
      }
      return number
    }
    let names = Set(file.names)
    let learned = try configuration.fields.map { field in
      let kind = field.kind.rawValue
      let layout = field.network.parameterLayout
      func tensors(_ part: String, isEmpty: Bool) throws -> [Tensor<Float>] {
        if isEmpty { return [] }
        return try layout.map { entry in
          try file.tensor("\(kind).\(part).\(entry.name)", shape: entry.shape)
        }
      }
      func isEmpty(_ part: String) -> Bool { !names.contains("\(kind).\(part).\(layout[0].name)") }
      let momentCount =
        switch configuration.training.optimizer {
        case .adam, .adamW: 2
        case .sgd: 1
        }
      return TrainingState.Learned(
        parameters: try tensors("parameters", isEmpty: false),
        average: configuration.training.averageDecay == nil
          ? nil : try tensors("average", isEmpty: isEmpty("average")),
        updates: try number("\(kind).updates"),
        moments: try (1...momentCount).map { index in
          try tensors("moment\(index)", isEmpty: isEmpty("moment\(index)"))
        }
      )
    }
    return TrainingState(step: try number("step"), learned: learned)
  }
}
