internal import Gradients
internal import Tensors

/// A state as one safetensors file, of a training of any parts.
///
/// Tensors are named `<objective>.<part>.<parameter>`, counted from 0, with the parts `parameters`, `average`,
/// `moment1` and `moment2`; the counts of each part stand in the metadata. A ``RunDirectory`` has files of its
/// own, with the names of its networks' parameters.
extension TrainingState {
  private static let kind = "swift-interpolants training state"

  /// Writes the state with a checksum, whole or not at all.
  ///
  /// - Parameter path: the file, replaced if it exists.
  /// - Throws: ``FileError``, which names what is wrong.
  public func write(to path: String) throws(FileError) {
    var file = Safetensors(metadata: [
      "kind": Self.kind, "step": "\(step)", "objectives": "\(learned.count)",
    ])
    for (index, own) in learned.enumerated() {
      func add(_ part: String, _ tensors: [Tensor<Float>]) {
        file.metadata["\(index).\(part)"] = "\(tensors.count)"
        for (place, tensor) in tensors.enumerated() {
          file["\(index).\(part).\(place)"] = .float(tensor)
        }
      }
      add("parameters", own.parameters)
      if let average = own.average { add("average", average) }
      for (number, moment) in own.moments.enumerated() { add("moment\(number + 1)", moment) }
      file.metadata["\(index).moments"] = "\(own.moments.count)"
      file.metadata["\(index).updates"] = "\(own.updates)"
    }
    try file.writeChecksummed(to: path)
  }

  /// Reads a state, which ``Training/restore(_:)`` compares with the training.
  ///
  /// - Parameter path: a file that ``write(to:)`` made.
  /// - Throws: ``FileError``, which names what is wrong.
  public init(contentsOf path: String) throws(FileError) {
    let file = try Safetensors.read(path)
    guard file.metadata["kind"] == Self.kind else {
      throw .invalidHeader(
        path: path,
        problem: "its metadata do not say that it is a \(Self.kind)"
      )
    }
    guard try file.checkIntegrity() else {
      throw .invalidHeader(path: path, problem: "it bears no checksum")
    }
    func number(_ key: String) throws(FileError) -> Int {
      guard let number = file.metadata[key].flatMap({ Int($0) }), number >= 0 else {
        throw .invalidHeader(path: path, problem: "its metadata hold no number '\(key)'")
      }
      return number
    }
    func tensors(_ part: String) throws(FileError) -> [Tensor<Float>] {
      var result: [Tensor<Float>] = []
      for place in 0..<(try number(part)) {
        result.append(try file.tensor("\(part).\(place)"))
      }
      return result
    }
    var learned: [Learned] = []
    for index in 0..<(try number("objectives")) {
      var moments: [[Tensor<Float>]] = []
      for number in 0..<(try number("\(index).moments")) {
        moments.append(try tensors("\(index).moment\(number + 1)"))
      }
      learned.append(
        Learned(
          parameters: try tensors("\(index).parameters"),
          average: file.metadata["\(index).average"] == nil
            ? nil : try tensors("\(index).average"),
          updates: try number("\(index).updates"),
          moments: moments
        )
      )
    }
    self.init(step: try number("step"), learned: learned)
  }
}
