internal import Glibc
internal import Tensors

/// A file seen as memory: the system reads the parts that are looked at, and may forget them again.
///
/// A file that is shortened while it is mapped ends the process when a missing part is looked at
/// (SIGBUS): whoever maps a file leaves it alone. Unchecked: the memory behind the pointer is only read.
final class MappedFile: @unchecked Sendable {
  let path: String
  let byteCount: Int
  private let base: UnsafeMutableRawPointer

  init(_ path: String) throws(FileError) {
    // Without waiting for whoever writes to a pipe.
    let file = try Descriptor(path, flags: O_RDONLY | O_NONBLOCK, action: .read)
    let status = try file.status()
    switch status.kind {
    case .file: break
    case .directory: throw .isDirectory(path: path)
    case .stream, .device: throw .notAFile(path: path)
    }
    if status.byteCount == 0 { throw .empty(path: path) }
    guard
      let base = mmap(nil, status.byteCount, PROT_READ, MAP_SHARED, file.number, 0),
      base != MAP_FAILED
    else { throw SystemError.error(errno, path: path, action: .read) }
    self.path = path
    self.base = base
    byteCount = status.byteCount
  }

  /// Lets the system take back the memory in which it holds the parts up to an offset.
  func forget(upTo offset: Int) {
    let whole = min(offset, byteCount) & ~0xFFFF
    if whole > 0 { _ = madvise(base, whole, MADV_DONTNEED) }
  }

  deinit { munmap(base, byteCount) }

  /// Calls `body` with the bytes of a range.
  func withBytes<Result>(_ range: Range<Int>, _ body: (RawSpan) -> Result) -> Result {
    require(
      range.lowerBound >= 0 && range.upperBound <= byteCount,
      "the bytes \(range) are outside a mapped file of \(byteCount)"
    )
    return body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count).bytes)
  }
}
