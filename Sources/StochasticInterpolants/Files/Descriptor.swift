// The system's calls, and copies of bytes: with MappedFile the place in Files where pointers live.

internal import Glibc
internal import Tensors

#if _endian(big)
  #error("Files holds little-endian formats and copies them as they are: convert bytes here")
#endif

/// An open file, closed when the last reference goes.
final class Descriptor {
  private(set) var number: Int32
  let path: String
  let action: FileError.Action

  /// Opens `path`, which stands in for the name in errors unless `named` says otherwise.
  init(
    _ path: String,
    flags: Int32,
    permissions: mode_t = 0o666,
    action: FileError.Action,
    named name: String? = nil
  ) throws(FileError) {
    self.path = name ?? path
    self.action = action
    number = -1
    let code = FileFault.next()
    if let code { throw SystemError.error(code, path: self.path, action: action) }
    repeat {
      number = open(path, flags | O_CLOEXEC, permissions)
    } while number < 0 && errno == EINTR
    if number < 0 { throw SystemError.error(errno, path: self.path, action: action) }
  }

  /// A further reference to an open file, with its position and its way of writing.
  init(duplicating open: Int32, path: String, action: FileError.Action) throws(FileError) {
    (self.path, self.action) = (path, action)
    number = fcntl(open, F_DUPFD_CLOEXEC, 0)
    if number < 0 { throw SystemError.error(errno, path: path, action: action) }
  }

  /// Throws unless an open file of this number can be written.
  static func checkWritable(_ open: Int32, path: String) throws(FileError) {
    let flags = fcntl(open, F_GETFL)
    if flags < 0 { throw SystemError.error(errno, path: path, action: .write) }
    if flags & O_ACCMODE == O_RDONLY { throw .noPermission(path: path, action: .write) }
  }

  deinit { if number >= 0 { _ = Glibc.close(number) } }

  private func failure(_ code: Int32) -> FileError {
    SystemError.error(code, path: path, action: action)
  }

  func status() throws(FileError) -> FileStatus {
    var record = stat()
    if fstat(number, &record) != 0 { throw failure(errno) }
    return FileStatus(record)
  }

  /// Reads from `offset`, or from the current position if nil, until `destination` is full or the
  /// file ends; the number of bytes read.
  func read(into destination: inout MutableRawSpan, at offset: Int?) throws(FileError) -> Int {
    let number = self.number
    let (done, code) = destination.withUnsafeMutableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        let length = min(part.count, 1 << 30)
        let result =
          if let offset {
            pread(number, part.baseAddress, length, off_t(offset + done))
          } else {
            Glibc.read(number, part.baseAddress, length)
          }
        if result < 0 && errno == EINTR { continue }
        if result < 0 { return (done, errno) }
        if result == 0 { break }
        done += result
      }
      return (done, Int32(0))
    }
    if code != 0 { throw failure(code) }
    return done
  }

  /// Writes all bytes.
  func write(_ source: RawSpan) throws(FileError) {
    let number = self.number
    let code: Int32 = source.withUnsafeBytes { bytes in
      if let code = FileFault.next() { return code }
      var done = 0
      while done < bytes.count {
        let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let result = Glibc.write(number, part.baseAddress, min(part.count, 1 << 30))
        if result < 0 && errno == EINTR { continue }
        if result < 0 { return errno }
        if result == 0 { return ENOSPC }
        done += result
      }
      return 0
    }
    if code != 0 { throw failure(code) }
  }

  func setPermissions(_ permissions: mode_t) throws(FileError) {
    if fchmod(number, permissions) != 0 { throw failure(errno) }
  }

  /// Waits until the content is on the disk.
  func synchronize() throws(FileError) {
    if let code = FileFault.next() { throw failure(code) }
    // Some file systems cannot synchronise a directory, or a device, and say so.
    if fsync(number) != 0 && errno != EINVAL && errno != ENOTSUP { throw failure(errno) }
  }

  /// Closes, and reports what the system reports only then.
  func close() throws(FileError) {
    let code = FileFault.next()
    let result = Glibc.close(number)
    number = -1
    if let code { throw failure(code) }
    if result != 0 && errno != EINTR { throw failure(errno) }
  }
}

/// What stands at a path.
struct FileStatus {
  enum Kind { case file, directory, stream, device }
  let kind: Kind
  let byteCount: Int
  let permissions: mode_t

  init(_ record: stat) {
    kind =
      switch record.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFIFO, S_IFSOCK: .stream
      default: .device
      }
    byteCount = Int(record.st_size)
    permissions = record.st_mode & 0o7777
  }

  /// What stands at a path, links followed; nil for nothing.
  static func of(_ path: String, action: FileError.Action) throws(FileError) -> FileStatus? {
    var record = stat()
    if stat(path, &record) == 0 { return FileStatus(record) }
    if errno == ENOENT { return nil }
    throw SystemError.error(errno, path: path, action: action)
  }
}

/// Directories and names.
package enum FileSystem {
  /// The path behind symbolic links, or the path itself where there is none.
  static func resolve(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The place at which a file of this path stands or would stand, by whatever links to what is there.
  package static func place(_ path: String) -> String {
    let resolved = resolve(path)
    if resolved != path { return resolved }
    let name = PathName(path)
    return PathName.join(resolve(name.directory), name.name)
  }

  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  static func rename(_ old: String, to new: String) throws(FileError) {
    let code = FileFault.next()
    if let code { throw SystemError.error(code, path: new, action: .write) }
    if Glibc.rename(old, new) != 0 { throw SystemError.error(errno, path: new, action: .write) }
  }

  /// Makes a directory; false if something of that name exists.
  static func makeDirectory(_ path: String) throws(FileError) -> Bool {
    let code = FileFault.next()
    if let code { throw SystemError.error(code, path: path, action: .write) }
    if mkdir(path, 0o777) == 0 { return true }
    if errno == EEXIST { return false }
    throw SystemError.error(errno, path: path, action: .write)
  }

  /// The names in a directory, sorted, without `.` and `..`.
  static func contents(of path: String) throws(FileError) -> [String] {
    guard let directory = opendir(path) else {
      throw SystemError.error(errno, path: path, action: .read)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func removeFile(_ path: String) { _ = unlink(path) }

  /// Removes a directory and all below it; links are removed, not followed.
  static func removeTree(_ path: String) {
    var record = stat()
    guard lstat(path, &record) == 0 else { return }
    guard record.st_mode & S_IFMT == S_IFDIR else { return removeFile(path) }
    for name in (try? contents(of: path)) ?? [] { removeTree(path + "/" + name) }
    _ = rmdir(path)
  }

  /// Waits until a directory's names are on the disk.
  static func synchronizeDirectory(_ path: String) throws(FileError) {
    let directory: Descriptor
    do {
      directory = try Descriptor(path, flags: O_RDONLY | O_DIRECTORY, action: .write)
    } catch .noPermission {
      return  // one may write into a directory that one may not list
    }
    try directory.synchronize()
  }

  /// The bytes of memory this machine has.
  package static let physicalMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
}

/// The system's error numbers.
enum SystemError {
  static func error(_ code: Int32, path: String, action: FileError.Action) -> FileError {
    switch code {
    case ENOENT: .missing(path: path)
    case ENOTDIR: .notADirectory(path: path)
    case EISDIR: .isDirectory(path: path)
    case EACCES, EPERM, EROFS: .noPermission(path: path, action: action)
    default: .failed(path: path, action: action, code: code)
    }
  }

  static func message(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }

  /// What to do about it, where that is known.
  static func hint(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: "; make room or choose another disk"
    case ENAMETOOLONG: "; choose a shorter name"
    case EINVAL: "; check the path for characters no file name can have"
    default: ""
    }
  }
}

extension [UInt8] {
  /// Appends bytes.
  mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }

  /// Copies as many bytes as `destination` takes from `offset` on, which the caller has checked.
  func copy(from offset: Int, into destination: inout MutableRawSpan) {
    withUnsafeBytes { source in
      destination.withUnsafeMutableBytes {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + $0.count]))
      }
    }
  }
}

extension Tensor {
  /// Calls `body` with the bytes of the elements.
  func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withSpan { elements throws(Failure) in
      try elements.withUnsafeBufferPointer { pointer throws(Failure) in
        try body(UnsafeRawBufferPointer(pointer).bytes)
      }
    }
  }

  /// Calls `body` with the bytes of the elements for writing.
  mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withMutableSpan { elements throws(Failure) in
      try elements.withUnsafeMutableBufferPointer { pointer throws(Failure) in
        var bytes = UnsafeMutableRawBufferPointer(pointer).mutableBytes
        return try body(&bytes)
      }
    }
  }
}
