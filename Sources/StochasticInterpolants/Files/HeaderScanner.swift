/// What is wrong with a header, with the place.
struct HeaderProblem: Error, Equatable {
  let text: String

  init(_ text: String) { self.text = text }
}

/// Walks over the bytes of a text header; shared by the readers of `.npy` and safetensors.
struct HeaderScanner {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  var next: UInt8? { isAtEnd ? nil : bytes[position] }

  /// Spaces, tabs and line ends.
  mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      position += 1
    }
  }

  /// Moves on if the next byte, after spaces, is the given character.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard let byte = next, UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  /// Moves on if a word comes next, after spaces.
  mutating func take(word: String) -> Bool {
    skipSpaces()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(HeaderProblem) {
    if !take(character) { throw unexpected("'\(character)'") }
  }

  /// Only spaces may be left.
  mutating func expectEnd() throws(HeaderProblem) {
    skipSpaces()
    if !isAtEnd { throw unexpected("the end of the header") }
  }

  mutating func takeByte() -> UInt8? {
    guard let byte = next else { return nil }
    position += 1
    return byte
  }

  /// A whole number of 0 or more, without leading zeros.
  mutating func number(_ meaning: String) throws(HeaderProblem) -> Int {
    skipSpaces()
    let start = position
    if next == UInt8(ascii: "-") {
      throw HeaderProblem("\(meaning) at byte \(start) is negative; it must be 0 or more")
    }
    var value = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte - 0x30))
      if overflow || carry {
        throw HeaderProblem("\(meaning) at byte \(start) is larger than 2⁶³ − 1")
      }
      value = sum
      position += 1
    }
    if position == start { throw unexpected("\(meaning) (a whole number)") }
    if position > start + 1 && bytes[start] == 0x30 {
      throw HeaderProblem("\(meaning) at byte \(start) begins with 0")
    }
    return value
  }

  /// The numbers of a list up to its closing bracket; the opening one has been taken.
  ///
  /// - Parameters:
  ///   - closing: the bracket that ends the list.
  ///   - element: reads one.
  /// - Returns: the numbers, and whether a comma stood before the bracket.
  /// - Throws: what breaks the rules, with the place.
  mutating func list(
    closing: Unicode.Scalar,
    _ element: (inout HeaderScanner) throws(HeaderProblem) -> Int
  ) throws(HeaderProblem) -> (numbers: [Int], hasTrailingComma: Bool) {
    var numbers: [Int] = []
    if take(closing) { return ([], false) }
    while true {
      numbers.append(try element(&self))
      if numbers.count > Self.mostAxes {
        throw HeaderProblem("a list has more than \(Self.mostAxes) entries")
      }
      if take(closing) { return (numbers, false) }
      if !take(",") { throw unexpected("',' or '\(closing)'") }
      if take(closing) { return (numbers, true) }
    }
  }

  /// NumPy's own limit.
  static let mostAxes = 64

  /// The text of a list with all its inner brackets, taken whole.
  mutating func bracketedText() throws(HeaderProblem) -> String {
    let start = position
    var depth = 0
    while let byte = takeByte() {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: "]") || byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return String(decoding: bytes[start..<position], as: UTF8.self) }
    }
    throw unexpected("the closing bracket of the list at byte \(start)")
  }

  func unexpected(_ expected: String) -> HeaderProblem {
    let found =
      switch next {
      case nil: "its end"
      case 0: "a NUL byte"
      case .some(let byte) where (0x20..<0x7F).contains(byte):
        "'\(Character(Unicode.Scalar(byte)))'"
      case .some(let byte): "the byte 0x\(String(byte, radix: 16))"
      }
    return HeaderProblem("expected \(expected) at byte \(position), found \(found)")
  }
}
