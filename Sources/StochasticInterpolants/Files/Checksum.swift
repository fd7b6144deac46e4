/// The CRC-32 of zlib, gzip and PNG, which Python's `zlib.crc32` computes as well.
///
/// It finds accidents of disks and copies; against an adversary it is no protection.
package struct Checksum {
  /// tables[k][b] is the CRC of the byte b followed by k zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<8 * 256 {
      let before = tables[index - 256]
      tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
    }
    return tables
  }()

  private var state: UInt32 = 0xFFFF_FFFF

  /// The CRC of what was taken in.
  var value: UInt32 { ~state }

  /// Eight hexadecimal digits.
  var text: String { Self.text(value) }

  static func text(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// The CRC of bytes at once.
  package static func of(_ bytes: [UInt8]) -> UInt32 {
    var checksum = Checksum()
    checksum.update(bytes.span.bytes)
    return checksum.value
  }

  /// Takes in bytes, eight at a time.
  mutating func update(_ bytes: RawSpan) {
    let count = bytes.byteCount
    var crc = state
    var position = 0
    Self.tables.withUnsafeBufferPointer { table in
      while position + 8 <= count {
        let word = bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
        let low = UInt32(truncatingIfNeeded: word) ^ crc
        let high = UInt32(truncatingIfNeeded: word >> 32)
        crc =
          table[7 * 256 + Int(low & 0xFF)] ^ table[6 * 256 + Int(low >> 8 & 0xFF)]
          ^ table[5 * 256 + Int(low >> 16 & 0xFF)] ^ table[4 * 256 + Int(low >> 24)]
        crc ^=
          table[3 * 256 + Int(high & 0xFF)] ^ table[2 * 256 + Int(high >> 8 & 0xFF)]
          ^ table[256 + Int(high >> 16 & 0xFF)] ^ table[Int(high >> 24)]
        position += 8
      }
      while position < count {
        let byte = bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
        crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
        position += 1
      }
    }
    state = crc
  }
}
