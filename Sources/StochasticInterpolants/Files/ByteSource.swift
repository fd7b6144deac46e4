internal import Glibc
internal import Tensors

/// Bytes to be read in any order: a file, or bytes in memory.
///
/// A file is not mapped: one that shrinks while it is read is an error, not a crash. A pipe is read
/// into memory first. Nothing is allocated for a file's content before its size is known.
struct ByteSource {
  /// What stands for the source in errors.
  let path: String
  let byteCount: Int
  private let file: Descriptor?
  private let memory: [UInt8]

  init(_ bytes: [UInt8], named name: String) {
    path = name
    byteCount = bytes.count
    file = nil
    memory = bytes
  }

  init(path: String) throws(FileError) {
    if path.utf8.contains(0) { throw .failed(path: path, action: .read, code: EINVAL) }
    let file = try Descriptor(path, flags: O_RDONLY, action: .read)
    let status = try file.status()
    switch status.kind {
    case .directory: throw .isDirectory(path: path)
    case .device: throw .notAFile(path: path)
    case .stream:
      memory = try Self.readAll(file)
      byteCount = memory.count
      self.file = nil
    case .file:
      memory = []
      byteCount = status.byteCount
      self.file = file
    }
    self.path = path
    if byteCount == 0 { throw .empty(path: path) }
  }

  private static func readAll(_ file: Descriptor) throws(FileError) -> [UInt8] {
    var result: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      var span = part.mutableSpan
      var bytes = span.mutableBytes
      let count = try file.read(into: &bytes, at: nil)
      result.append(contentsOf: part[..<count])
      if count < part.count { return result }
      if result.count > FileSystem.physicalMemory / 2 {
        throw .tooLarge(
          path: file.path,
          part: "the pipe's content",
          byteCount: result.count,
          limit: FileSystem.physicalMemory / 2
        )
      }
    }
  }

  /// Fills `destination` from `offset` on; an error if the source is shorter.
  func read(into destination: inout MutableRawSpan, at offset: Int) throws(FileError) {
    let needed = offset + destination.byteCount
    guard needed <= byteCount else {
      throw .truncated(path: path, byteCount: byteCount, needed: needed)
    }
    guard let file else { return memory.copy(from: offset, into: &destination) }
    let count = try file.read(into: &destination, at: offset)
    if offset + count < needed {
      throw .truncated(path: path, byteCount: offset + count, needed: needed)
    }
  }

  /// The bytes of a range; an error if the source is shorter, before anything is allocated.
  func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    guard range.upperBound <= byteCount else {
      throw .truncated(path: path, byteCount: byteCount, needed: range.upperBound)
    }
    var result = [UInt8](repeating: 0, count: range.count)
    var span = result.mutableSpan
    var bytes = span.mutableBytes
    try read(into: &bytes, at: range.lowerBound)
    return result
  }

  /// A tensor of elements that stand row by row from `offset` on.
  ///
  /// Elements of the tensor's own type are read straight into its storage, others by way of a
  /// buffer of a megabyte. The caller has checked that the product of the shape does not overflow.
  func tensor<Scalar>(
    of type: ElementType,
    shape: [Int],
    at offset: Int,
    as _: Scalar.Type = Scalar.self
  ) throws(FileError) -> Tensor<Scalar> {
    let count = shape.reduce(1, *)
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    guard !overflow, size <= FileSystem.physicalMemory else {
      throw .tooLarge(
        path: path,
        part: "an array of shape \(shape)",
        byteCount: overflow ? Int.max : size,
        limit: FileSystem.physicalMemory
      )
    }
    guard offset + count * type.byteCount <= byteCount else {
      throw .truncated(
        path: path,
        byteCount: byteCount,
        needed: offset + count * type.byteCount
      )
    }
    var tensor = Tensor<Scalar>(uninitialized: shape)
    if type == ElementType(of: Scalar.self) {
      try tensor.withMutableBytes { bytes throws(FileError) in try read(into: &bytes, at: offset) }
      return tensor
    }
    try tensor.withMutableSpan { elements throws(FileError) in
      let step = (1 << 20) / type.byteCount
      var part = [UInt8](repeating: 0, count: min(step, count) * type.byteCount)
      for start in stride(from: 0, to: count, by: step) {
        let length = min(step, count - start)
        if length * type.byteCount < part.count {
          part.removeLast(part.count - length * type.byteCount)
        }
        var span = part.mutableSpan
        var bytes = span.mutableBytes
        try read(into: &bytes, at: offset + start * type.byteCount)
        type.convert(part.span.bytes, into: &elements, from: start)
      }
    }
    return tensor
  }
}
