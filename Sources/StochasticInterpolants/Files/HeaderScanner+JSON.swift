extension HeaderScanner {
  /// An object: `member` is called after each key and colon, and reads the value.
  mutating func object(
    _ member: (inout HeaderScanner, String) throws(HeaderProblem) -> Void
  ) throws(HeaderProblem) {
    try expect("{")
    if take("}") { return }
    while true {
      let key = try jsonString("a key in quotation marks")
      try expect(":")
      try member(&self, key)
      if take("}") { return }
      if !take(",") { throw unexpected("',' or '}'") }
    }
  }

  /// An array of whole numbers of 0 or more.
  mutating func jsonNumbers(_ meaning: String) throws(HeaderProblem) -> [Int] {
    try expect("[")
    let list = try list(closing: "]") { scanner throws(HeaderProblem) in
      try scanner.number(meaning)
    }
    if list.hasTrailingComma {
      throw HeaderProblem("a list ends in a comma before byte \(position)")
    }
    return list.numbers
  }

  /// A string with its escapes resolved; the bytes are known to be UTF-8.
  mutating func jsonString(_ meaning: String) throws(HeaderProblem) -> String {
    if !take("\"") { throw unexpected("\(meaning)") }
    var content: [UInt8] = []
    while let byte = next {
      if byte < 0x20 { throw unexpected("a character of a string") }
      _ = takeByte()
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content.append(contentsOf: String(try escape()).utf8)
      default: content.append(byte)
      }
    }
    throw unexpected("the closing quotation mark")
  }

  private mutating func escape() throws(HeaderProblem) -> Unicode.Scalar {
    guard let byte = takeByte() else { throw unexpected("an escape") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard first < 0xDC00, takeByte() == UInt8(ascii: "\\"), takeByte() == UInt8(ascii: "u") else {
        throw HeaderProblem("a lone surrogate before byte \(position)")
      }
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      else { throw HeaderProblem("a lone surrogate before byte \(position)") }
      return scalar
    default:
      throw HeaderProblem("an unknown escape before byte \(position)")
    }
  }

  private mutating func hexadecimal() throws(HeaderProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = takeByte(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
        byte < 0x80
      else { throw HeaderProblem("four hexadecimal digits expected before byte \(position)") }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

/// Writing of JSON strings.
enum JSONText {
  /// A string in quotation marks, with what must be escaped escaped.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
