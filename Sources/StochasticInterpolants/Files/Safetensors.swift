public import Tensors

/// Named tensors and textual metadata in the safetensors format.
///
/// Written: F64 and F32, names sorted, header padded so that every tensor is aligned; equal content
/// gives equal bytes. Read besides: F16 and BF16, which become `Float`, and integers and booleans,
/// which become `Double`. Tensors must follow each other without holes or overlaps and fill the file.
public struct Safetensors: Sendable {
  /// A tensor of either scalar.
  public enum Value: Sendable, Equatable {
    /// From F32, F16 or BF16.
    case float(Tensor<Float>)
    /// From F64, integers or booleans.
    case double(Tensor<Double>)

    /// The length of each axis.
    public var shape: [Int] {
      switch self {
      case .float(let tensor): tensor.shape
      case .double(let tensor): tensor.shape
      }
    }
  }

  /// Texts by name, such as `format`.
  public var metadata: [String: String]
  private var values: [String: Value] = [:]
  private var source = "(in memory)"

  /// A file without tensors yet.
  ///
  /// - Parameter metadata: texts by name.
  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// The names of the tensors, sorted by their bytes.
  public var names: [String] { values.keys.sorted(by: Self.precedes) }

  /// The tensor of a name, or nil.
  ///
  /// - Precondition: a name set is not `__metadata__`, which the format keeps for itself.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set {
      require(name != "__metadata__", "a tensor cannot bear the name '__metadata__'")
      values[name] = newValue
    }
  }

  /// A tensor that must be there.
  ///
  /// - Parameters:
  ///   - name: its name.
  ///   - scalar: `Double` takes either kind; `Float` takes what was F32, F16 or BF16.
  ///   - shape: the shape it must have; any unless given.
  /// - Returns: the tensor, widened where `Double` is asked for.
  /// - Throws: ``FileError`` where the name is missing, or shape or type are others.
  public func tensor<Scalar>(
    _ name: String,
    as scalar: Scalar.Type = Scalar.self,
    shape: [Int]? = nil
  ) throws(FileError) -> Tensor<Scalar> {
    guard let value = values[name] else {
      throw .missingTensor(path: source, name: name, available: names)
    }
    if let shape, value.shape != shape {
      throw .wrongShape(
        path: source,
        shape: value.shape,
        expected: "\(shape) for \(FileError.quoted(name))"
      )
    }
    switch value {
    case .float(let tensor): return (tensor as? Tensor<Scalar>) ?? Tensor(tensor)
    case .double(let tensor):
      if let tensor = tensor as? Tensor<Scalar> { return tensor }
      throw .unsupportedType(
        path: source,
        type: "F64",
        supported: "F32 for \(FileError.quoted(name))"
      )
    }
  }
}

extension Safetensors {
  /// Reads a file.
  ///
  /// - Parameter path: a file or a pipe.
  /// - Returns: its tensors and metadata.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func read(_ path: String) throws(FileError) -> Safetensors {
    try Safetensors(ByteSource(path: path))
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: a whole safetensors file.
  ///   - name: stands for the path in errors.
  /// - Returns: its tensors and metadata.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func read(bytes: [UInt8], name: String) throws(FileError) -> Safetensors {
    try Safetensors(ByteSource(bytes, named: name))
  }

  private init(_ file: ByteSource) throws(FileError) {
    let header = try SafetensorsHeader(file)
    metadata = header.metadata
    source = file.path
    // Elements of one byte become eight: what the file takes in memory is known before it is read.
    let size = header.entries.reduce(0) { $0 + $1.range.count / $1.type.byteCount * 8 }
    guard size <= FileSystem.physicalMemory else {
      throw .tooLarge(
        path: file.path,
        part: "what it holds, in memory,",
        byteCount: size,
        limit: FileSystem.physicalMemory
      )
    }
    for entry in header.entries {
      let offset = header.bodyOffset + entry.range.lowerBound
      switch entry.type.kind {
      case .float32, .float16, .bfloat16:
        values[entry.name] = .float(
          try file.tensor(of: entry.type, shape: entry.shape, at: offset)
        )
      default:
        values[entry.name] = .double(
          try file.tensor(of: entry.type, shape: entry.shape, at: offset)
        )
      }
    }
  }

  /// Writes the file so that a failure leaves an earlier file of that name as it was.
  ///
  /// - Parameter path: the file, replaced if it exists.
  /// - Throws: ``FileError``, which names what is wrong.
  public func write(to path: String) throws(FileError) {
    let order = order
    try AtomicFile.write(to: path) { sink throws(FileError) in
      try sink.write(header(order))
      for (_, value) in order {
        switch value {
        case .float(let tensor):
          try tensor.withBytes { bytes throws(FileError) in try sink.write(bytes) }
        case .double(let tensor):
          try tensor.withBytes { bytes throws(FileError) in try sink.write(bytes) }
        }
      }
    }
  }

  /// The bytes of the file that ``write(to:)`` writes.
  public func bytes() -> [UInt8] {
    let order = order
    var bytes = header(order)
    for (_, value) in order {
      switch value {
      case .float(let tensor): tensor.withBytes { bytes.append($0) }
      case .double(let tensor): tensor.withBytes { bytes.append($0) }
      }
    }
    return bytes
  }

  /// Writes the file with the CRC-32 of header and data under `crc32` in its metadata, which
  /// ``checkIntegrity()`` compares.
  ///
  /// - Parameter path: the file, replaced if it exists.
  /// - Throws: ``FileError``, which names what is wrong.
  public func writeChecksummed(to path: String) throws(FileError) {
    var file = self
    file.metadata[Self.checksumKey] = Checksum.text(checksum())
    try file.write(to: path)
  }

  /// Compares the file's content with the checksum in its metadata.
  ///
  /// - Returns: whether there is a checksum.
  /// - Throws: ``FileError/damaged(path:checksum:expected:)`` where they differ.
  @discardableResult public func checkIntegrity() throws(FileError) -> Bool {
    guard let expected = metadata[Self.checksumKey] else { return false }
    let found = Checksum.text(checksum())
    if found != expected { throw .damaged(path: source, checksum: found, expected: expected) }
    return true
  }

  static let checksumKey = "crc32"

  /// The CRC-32 of the file with eight zeros in the place of the checksum.
  private func checksum() -> UInt32 {
    var file = self
    file.metadata[Self.checksumKey] = Checksum.text(0)
    let order = file.order
    var checksum = Checksum()
    checksum.update(file.header(order).span.bytes)
    for (_, value) in order {
      switch value {
      case .float(let tensor): tensor.withBytes { checksum.update($0) }
      case .double(let tensor): tensor.withBytes { checksum.update($0) }
      }
    }
    return checksum.value
  }

  /// The wider type first, so that every tensor begins at a multiple of its element's size; then by
  /// name, as the reference implementation does.
  private var order: [(name: String, value: Value)] {
    names.map { ($0, values[$0]) }.compactMap { name, value in value.map { (name, $0) } }
      .sorted { first, second in
        let (left, right) = (first.1.byteWidth, second.1.byteWidth)
        return left != right ? left > right : Self.precedes(first.0, second.0)
      }
  }

  private func header(_ order: [(name: String, value: Value)]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { Self.precedes($0.key, $1.key) }
        .map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var end = 0
    for (name, value) in order {
      let start = end
      end += value.shape.reduce(1, *) * value.byteWidth
      let axes = value.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(JSONText.quoted(name)):{\"dtype\":\"F\(value.byteWidth * 8)\",\"shape\":[\(axes)],"
          + "\"data_offsets\":[\(start),\(end)]}"
      )
    }
    var text = [UInt8]("{\(members.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
  }

  private static func precedes(_ first: String, _ second: String) -> Bool {
    first.utf8.lexicographicallyPrecedes(second.utf8)
  }
}

extension Safetensors.Value {
  fileprivate var byteWidth: Int {
    switch self {
    case .float: 4
    case .double: 8
    }
  }
}
