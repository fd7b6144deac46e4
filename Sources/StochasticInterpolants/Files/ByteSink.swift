/// Where the bytes of a new file go; small pieces are collected before they are written.
package struct ByteSink: ~Copyable {
  private let file: Descriptor
  private var pending: [UInt8] = []
  private static let enough = 1 << 16

  init(_ file: Descriptor) { self.file = file }

  /// Writes bytes.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    pending.append(contentsOf: bytes)
    if pending.count >= Self.enough { try flush() }
  }

  /// Writes text in UTF-8.
  package mutating func write(_ text: String) throws(FileError) {
    pending.append(contentsOf: text.utf8)
    if pending.count >= Self.enough { try flush() }
  }

  /// Writes bytes as they stand in memory.
  package mutating func write(_ bytes: RawSpan) throws(FileError) {
    try flush()
    if bytes.byteCount > 0 { try file.write(bytes) }
  }

  mutating func flush() throws(FileError) {
    if pending.isEmpty { return }
    try file.write(pending.span.bytes)
    pending.removeAll(keepingCapacity: true)
  }
}
