/// What the header of a `.npy` file says about the array that follows.
///
/// The header is a Python dictionary with the keys `descr`, `fortran_order` and `shape`. It is read
/// by a parser of just that, which knows no other expression.
public struct NPYHeader: Equatable, Sendable {
  /// The length of each axis; empty for a single number.
  public let shape: [Int]
  /// NumPy's name of the element type, such as `<f8`.
  public let type: String
  /// Whether the first axis, not the last, is contiguous.
  public let isFortranOrder: Bool

  let elementType: ElementType
  let bodyOffset: Int

  static let magic: [UInt8] = [0x93] + "NUMPY".utf8
  /// The largest header that is read, in bytes; NumPy's own limit is a tenth of it.
  static let mostHeaderBytes = 100_000
  static let supportedTypes =
    "f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 and b1; "

  /// Reads the header and checks that the file has exactly the bytes it describes.
  init(_ source: ByteSource) throws(FileError) {
    let path = source.path
    if source.byteCount == 0 { throw .empty(path: path) }
    let start = try source.bytes(0..<min(12, source.byteCount))
    guard start.starts(with: Self.magic.prefix(start.count)) else {
      throw .notInFormat(path: path, format: ".npy", found: Beginning.describe(start))
    }
    if start.count < 10 {
      throw .truncated(path: path, byteCount: source.byteCount, needed: 10)
    }
    let (major, minor) = (start[6], start[7])
    guard (1...3).contains(major), minor == 0 else {
      throw .notInFormat(
        path: path,
        format: ".npy",
        found: "its version is \(major).\(minor); versions 1.0, 2.0 and 3.0 are read"
      )
    }
    let prefix = major == 1 ? 10 : 12
    if start.count < prefix {
      throw .truncated(path: path, byteCount: source.byteCount, needed: prefix)
    }
    let length = start[8..<prefix].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.mostHeaderBytes else {
      throw .tooLarge(
        path: path,
        part: "the header",
        byteCount: length,
        limit: Self.mostHeaderBytes
      )
    }
    let text = try source.bytes(prefix..<prefix + length)
    let fields: HeaderFields
    do {
      fields = try HeaderFields(text)
    } catch {
      throw .invalidHeader(path: path, problem: error.text)
    }
    guard let elementType = Self.elementType(fields.type) else {
      let isRecord = fields.type.hasPrefix("[")
      throw .unsupportedType(
        path: path,
        type: fields.type,
        supported: Self.supportedTypes
          + (isRecord ? "save one field of the records" : "convert it by numpy.astype('<f8')")
      )
    }
    guard let bodyCount = elementType.byteCount(of: fields.shape),
      bodyCount <= Int.max - prefix - length
    else {
      throw .invalidHeader(
        path: path,
        problem: "the shape \(fields.shape) takes more than 2⁶³ bytes"
      )
    }
    bodyOffset = prefix + length
    let needed = bodyOffset + bodyCount
    if source.byteCount < needed {
      throw .truncated(path: path, byteCount: source.byteCount, needed: needed)
    }
    if source.byteCount > needed {
      throw .trailingBytes(path: path, byteCount: source.byteCount, needed: needed)
    }
    shape = fields.shape
    type = fields.type
    isFortranOrder = fields.isFortranOrder
    self.elementType = elementType
  }

  /// The header of version 1.0 for an array in C order; the array begins at a multiple of 64 bytes.
  static func bytes(type: String, shape: [Int]) -> [UInt8] {
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }"
    let total = (10 + text.utf8.count + 1 + 63) / 64 * 64
    let length = total - 10
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
      + [UInt8](repeating: 0x20, count: length - text.utf8.count - 1) + [0x0A]
  }

  private static func elementType(_ name: String) -> ElementType? {
    guard let order = name.first else { return nil }
    let kind: ElementType.Kind? =
      switch name.dropFirst() {
      case "b1": .bool
      case "i1": .int8
      case "i2": .int16
      case "i4": .int32
      case "i8": .int64
      case "u1": .uint8
      case "u2": .uint16
      case "u4": .uint32
      case "u8": .uint64
      case "f2": .float16
      case "f4": .float32
      case "f8": .float64
      default: nil
      }
    guard let kind else { return nil }
    let type = ElementType(kind: kind, isBigEndian: order == ">" && !name.hasSuffix("1"))
    switch order {
    case "<", ">", "=": return type
    case "|": return type.byteCount == 1 ? type : nil
    default: return nil
    }
  }
}

/// The three entries of the dictionary.
private struct HeaderFields {
  var type = ""
  var isFortranOrder = false
  var shape: [Int] = []

  init(_ text: [UInt8]) throws(HeaderProblem) {
    var scanner = HeaderScanner(text)
    var seen: [String] = []
    try scanner.expect("{")
    while !scanner.take("}") {
      let key = try Self.string(&scanner, "a key in quotation marks")
      if seen.contains(key) { throw HeaderProblem("the key '\(key)' stands there twice") }
      seen.append(key)
      try scanner.expect(":")
      switch key {
      case "descr": type = try Self.type(&scanner)
      case "fortran_order": isFortranOrder = try Self.boolean(&scanner)
      case "shape": shape = try Self.tuple(&scanner)
      default:
        throw HeaderProblem(
          "the key \(FileError.quoted(key)) is none of 'descr', 'fortran_order' and 'shape'"
        )
      }
      if scanner.take("}") { break }
      if !scanner.take(",") { throw scanner.unexpected("',' or '}'") }
    }
    try scanner.expectEnd()
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) {
      throw HeaderProblem("the key '\(key)' is missing")
    }
  }

  private static func string(
    _ scanner: inout HeaderScanner,
    _ meaning: String
  ) throws(HeaderProblem) -> String {
    let quote: UInt8
    if scanner.take("'") {
      quote = UInt8(ascii: "'")
    } else if scanner.take("\"") {
      quote = UInt8(ascii: "\"")
    } else {
      throw scanner.unexpected(meaning)
    }
    var content: [UInt8] = []
    while let byte = scanner.next, byte != quote {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else {
        throw scanner.unexpected("a plain character")
      }
      content.append(byte)
      _ = scanner.takeByte()
    }
    if scanner.takeByte() == nil { throw scanner.unexpected("the closing quotation mark") }
    return String(decoding: content, as: UTF8.self)
  }

  /// The element type; of a record, which is a list, the text stands for the name.
  private static func type(_ scanner: inout HeaderScanner) throws(HeaderProblem) -> String {
    scanner.skipSpaces()
    guard scanner.next == UInt8(ascii: "[") else {
      return try string(&scanner, "an element type in quotation marks")
    }
    return try scanner.bracketedText()
  }

  private static func boolean(_ scanner: inout HeaderScanner) throws(HeaderProblem) -> Bool {
    if scanner.take(word: "True") { return true }
    if scanner.take(word: "False") { return false }
    throw scanner.unexpected("True or False")
  }

  private static func tuple(_ scanner: inout HeaderScanner) throws(HeaderProblem) -> [Int] {
    try scanner.expect("(")
    let list = try scanner.list(closing: ")") { scanner throws(HeaderProblem) in
      let length = try scanner.number("an axis length")
      // Files from Python 2 write the lengths as long integers.
      if scanner.next == UInt8(ascii: "L") { _ = scanner.takeByte() }
      return length
    }
    if list.numbers.count == 1 && !list.hasTrailingComma {
      throw HeaderProblem(
        "the shape (\(list.numbers[0])) is no tuple; (\(list.numbers[0]),) would be one axis"
      )
    }
    return list.numbers
  }
}
