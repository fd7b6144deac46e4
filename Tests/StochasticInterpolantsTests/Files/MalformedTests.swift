import StochasticInterpolants
import Testing

/// An input that must be refused, and how.
struct Malformed: Sendable, CustomStringConvertible {
  /// The cases of ``FileError`` that content can lead to, with what varies in their lines.
  enum Outcome: Sendable {
    case empty
    case truncated(Int, needs: Int)
    case trailing(Int, described: Int)
    case headerTooLarge(Int)
    case format(String)
    case type(String)
    case header(String)
  }

  let description: String
  let bytes: [UInt8]
  let outcome: Outcome

  init(_ description: String, _ bytes: [UInt8], _ outcome: Outcome) {
    self.description = description
    self.bytes = bytes
    self.outcome = outcome
  }

  /// Whether the error is of the outcome's case.
  func matches(_ error: FileError) -> Bool {
    switch (outcome, error) {
    case (.empty, .empty), (.truncated, .truncated), (.trailing, .trailingBytes),
      (.headerTooLarge, .tooLarge), (.format, .notInFormat), (.type, .unsupportedType),
      (.header, .invalidHeader):
      true
    default: false
    }
  }

  /// The whole line that is to be printed.
  func line(path: String, format: String) -> String {
    let save = format == ".npy" ? "save the array by numpy.save" : "save the tensors by safetensors"
    let text =
      switch outcome {
      case .empty: "is empty (0 bytes); save it again"
      case .truncated(let count, let needed):
        "is truncated: has \(count) bytes, needs \(needed); copy or save it again"
      case .trailing(let count, let described):
        "has \(count) bytes, \(count - described) more than the \(described) its header "
          + "describes; save it again"
      case .headerTooLarge(let count):
        "the header takes \(count) bytes, more than the limit of "
          + "\(format == ".npy" ? 100_000 : 100_000_000); check that it is undamaged, or split it"
      case .format(let found): "is not a \(format) file: \(found); \(save)"
      case .type(let name):
        "holds elements of type '\(name)'; supported: f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 "
          + "and b1; "
          + (name.hasPrefix("[")
            ? "save one field of the records" : "convert it by numpy.astype('<f8')")
      case .header(let problem): "has an invalid header: \(problem); save it again"
      }
    return "\(path): \(text)"
  }
}

@Suite("Malformed files")
struct MalformedTests {
  private func check(
    _ error: FileError?,
    _ input: Malformed,
    path: String = "x",
    format: String
  ) throws {
    let error = try #require(error, "\(input)")
    #expect(input.matches(error), "\(input)")
    #expect(error.description == input.line(path: path, format: format), "\(input)")
    #expect(!error.description.contains { $0.isNewline })
  }

  @Test("Inputs that are no .npy files", arguments: Malformed.npy)
  func npy(_ input: Malformed) throws {
    try check(fileError { _ = try NPY.read(bytes: input.bytes, name: "x") }, input, format: ".npy")
  }

  @Test("Inputs that are no safetensors files", arguments: Malformed.safetensors)
  func safetensors(_ input: Malformed) throws {
    try check(
      fileError { _ = try Safetensors.read(bytes: input.bytes, name: "x") },
      input,
      format: "safetensors"
    )
  }

  @Test("The same from a file", arguments: [true, false])
  func files(isNPY: Bool) throws {
    let scratch = try ScratchDirectory()
    for input in isNPY ? Malformed.npy : Malformed.safetensors {
      let path = scratch["x"]
      try AtomicFile.write(input.bytes, to: path)
      let error = fileError {
        if isNPY { _ = try NPY.read(path) } else { _ = try Safetensors.read(path) }
      }
      try check(error, input, path: path, format: isNPY ? ".npy" : "safetensors")
    }
  }

  @Test("Valid files cut anywhere, or longer by anything, are refused")
  func cut() throws {
    for fixture in FileFixtures.all.npy {
      let bytes = FileFixtures.bytes(fixture.file)
      for count in 0..<bytes.count {
        #expect(throws: FileError.self) {
          try NPY.read(bytes: Array(bytes[..<count]), name: "cut")
        }
      }
      #expect(throws: FileError.self) { try NPY.read(bytes: bytes + [0], name: "long") }
    }
    for fixture in FileFixtures.all.safetensors {
      let bytes = FileFixtures.bytes(fixture.file)
      for count in 0..<bytes.count {
        #expect(throws: FileError.self) {
          try Safetensors.read(bytes: Array(bytes[..<count]), name: "cut")
        }
      }
      #expect(throws: FileError.self) { try Safetensors.read(bytes: bytes + [0], name: "long") }
    }
  }
}
