internal import Glibc

/// Text added to the end of a file, such as a log.
enum AppendedFile {
  /// Appends to a file, which is made if it is not there, and waits until it is on the disk.
  ///
  /// A failure may leave a part of the text.
  static func append(_ text: String, to path: String) throws(FileError) {
    if text.isEmpty { return }
    let file = try Descriptor(path, flags: O_WRONLY | O_CREAT | O_APPEND, action: .write)
    try file.write([UInt8](text.utf8).span.bytes)
    try file.synchronize()
    try file.close()
  }
}
