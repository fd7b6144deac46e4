/// What the beginning of a PNG file announces, and whether the rest is there.
///
/// ISO/IEC 15948, sections 5.2 and 5.3: a signature, then chunks of length, name, data, checksum.
struct PNGHeader: Sendable {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The bytes of the signature, of a chunk's length and name, and of the size in the first chunk.
  static let length = 24

  /// What is wrong with a file.
  struct Flaw: Error {
    let reason: String
  }

  let width: Int
  let height: Int

  init(_ bytes: [UInt8]) throws(Flaw) {
    guard !bytes.isEmpty else { throw Flaw(reason: "the file is empty") }
    let start = bytes.prefix(Self.signature.count)
    guard Self.signature.starts(with: start) else {
      throw Flaw(reason: "it does not begin with the PNG signature")
    }
    guard bytes.count >= Self.length else { throw Flaw(reason: "the file is cut off") }
    guard Array(bytes[12..<16]) == Array("IHDR".utf8) else {
      throw Flaw(reason: "the first chunk is not IHDR")
    }
    self.width = Self.number(bytes, at: 16)
    self.height = Self.number(bytes, at: 20)
    guard width > 0, height > 0 else {
      throw Flaw(reason: "its header announces \(width) × \(height) pixels")
    }
  }

  /// Whether the chunks follow each other up to the end chunk.
  static func isComplete(_ bytes: [UInt8]) -> Bool {
    var position = signature.count
    while position + 12 <= bytes.count {
      let next = position + 12 + number(bytes, at: position)
      if bytes[(position + 4)..<(position + 8)].elementsEqual("IEND".utf8) {
        return next <= bytes.count
      }
      position = next
    }
    return false
  }

  /// A big-endian number of four bytes.
  private static func number(_ bytes: [UInt8], at index: Int) -> Int {
    bytes[index..<(index + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}
