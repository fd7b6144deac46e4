/// What the header of a safetensors file says: a JSON object with one entry a tensor.
///
/// Read by a parser of just that form, which sees duplicate names, as a dictionary would not.
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let typeName: String
    let type: ElementType
    let shape: [Int]
    /// The bytes of the tensor, counted from the end of the header.
    let range: Range<Int>
  }

  private(set) var metadata: [String: String] = [:]
  /// In the order of their bytes.
  private(set) var entries: [Entry] = []
  let bodyOffset: Int

  static let mostHeaderBytes = 100_000_000
  static let types: [(name: String, kind: ElementType.Kind)] = [
    ("F64", .float64), ("F32", .float32), ("F16", .float16), ("BF16", .bfloat16),
    ("I64", .int64), ("I32", .int32), ("I16", .int16), ("I8", .int8),
    ("U64", .uint64), ("U32", .uint32), ("U16", .uint16), ("U8", .uint8), ("BOOL", .bool),
  ]

  init(_ source: ByteSource) throws(FileError) {
    let path = source.path
    if source.byteCount == 0 { throw .empty(path: path) }
    let start = try source.bytes(0..<min(9, source.byteCount))
    if start.count == 9, start[8] != UInt8(ascii: "{") {
      throw .notInFormat(path: path, format: "safetensors", found: Beginning.describe(start))
    }
    if start.count < 9 {
      throw .truncated(path: path, byteCount: source.byteCount, needed: 10)
    }
    let length = start[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.mostHeaderBytes) else {
      throw .tooLarge(
        path: path,
        part: "the header",
        byteCount: Int(clamping: length),
        limit: Self.mostHeaderBytes
      )
    }
    bodyOffset = 8 + Int(length)
    let text = try source.bytes(8..<bodyOffset)
    if String(validating: text, as: UTF8.self) == nil {
      throw .invalidHeader(path: path, problem: "it is not UTF-8 text")
    }
    do throws(HeaderProblem) {
      try parse(text, path: path)
    } catch {
      throw .invalidHeader(path: path, problem: error.text)
    }
    let end: Int
    do throws(HeaderProblem) {
      end = try checkRanges()
    } catch {
      throw .invalidHeader(path: path, problem: error.text)
    }
    let (needed, overflow) = bodyOffset.addingReportingOverflow(end)
    if overflow || source.byteCount < needed {
      throw .truncated(
        path: path,
        byteCount: source.byteCount,
        needed: overflow ? Int.max : needed
      )
    }
    if source.byteCount > needed {
      throw .trailingBytes(path: path, byteCount: source.byteCount, needed: needed)
    }
  }

  /// Tensors follow each other without holes; the end of the last one.
  private mutating func checkRanges() throws(HeaderProblem) -> Int {
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    var before = "the header"
    for entry in entries {
      let name = FileError.quoted(entry.name)
      if entry.range.lowerBound < end {
        throw HeaderProblem(
          "\(name) begins at byte \(entry.range.lowerBound) of the data, inside \(before), which "
            + "ends at \(end)"
        )
      }
      if entry.range.lowerBound > end {
        throw HeaderProblem(
          "between \(before) and \(name) the bytes \(end)..<\(entry.range.lowerBound) belong to "
            + "no tensor"
        )
      }
      end = entry.range.upperBound
      before = name
    }
    return end
  }
}

extension SafetensorsHeader {
  private mutating func parse(_ text: [UInt8], path: String) throws(HeaderProblem) {
    var scanner = HeaderScanner(text)
    var names: Set<String> = []
    var hasMetadata = false
    try scanner.object { scanner, name throws(HeaderProblem) in
      if name == "__metadata__" {
        if hasMetadata { throw HeaderProblem("'__metadata__' stands there twice") }
        hasMetadata = true
        try scanner.object { scanner, key throws(HeaderProblem) in
          let value = try scanner.jsonString("a text")
          if metadata.updateValue(value, forKey: key) != nil {
            throw HeaderProblem("the metadata hold \(FileError.quoted(key)) twice")
          }
        }
      } else {
        if !names.insert(name).inserted {
          throw HeaderProblem("the tensor \(FileError.quoted(name)) stands there twice")
        }
        entries.append(try Self.entry(name, &scanner))
      }
    }
    try scanner.expectEnd()
  }

  private static func entry(
    _ name: String,
    _ scanner: inout HeaderScanner
  ) throws(HeaderProblem) -> Entry {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    let quoted = FileError.quoted(name)
    try scanner.object { scanner, key throws(HeaderProblem) in
      let isRepeated: Bool
      switch key {
      case "dtype":
        isRepeated = typeName != nil
        typeName = try scanner.jsonString("a type")
      case "shape":
        isRepeated = shape != nil
        shape = try scanner.jsonNumbers("an axis length")
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try scanner.jsonNumbers("an offset")
      default:
        throw HeaderProblem(
          "\(quoted) has the key \(FileError.quoted(key)), which is none of 'dtype', 'shape' and "
            + "'data_offsets'"
        )
      }
      if isRepeated { throw HeaderProblem("\(quoted) has the key '\(key)' twice") }
    }
    guard let typeName, let shape, let offsets else {
      let missing = typeName == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw HeaderProblem("\(quoted) has no '\(missing)'")
    }
    guard let known = types.first(where: { $0.name == typeName }) else {
      throw HeaderProblem(
        "\(quoted) has the type \(FileError.quoted(typeName)); supported: "
          + types.map(\.name).joined(separator: ", ")
      )
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw HeaderProblem(
        "\(quoted) has the offsets \(offsets); they must be a beginning and an end that is not "
          + "before it"
      )
    }
    let type = ElementType(kind: known.kind)
    guard let byteCount = type.byteCount(of: shape) else {
      throw HeaderProblem("\(quoted) has the shape \(shape), which takes more than 2⁶³ bytes")
    }
    guard byteCount == offsets[1] - offsets[0] else {
      throw HeaderProblem(
        "\(quoted) has \(offsets[1] - offsets[0]) bytes, but the shape \(shape) of \(typeName) "
          + "takes \(byteCount)"
      )
    }
    return Entry(
      name: name,
      typeName: typeName,
      type: type,
      shape: shape,
      range: offsets[0]..<offsets[1]
    )
  }
}
