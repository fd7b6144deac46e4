internal import Glibc

/// Files that are there whole or not at all.
///
/// The content goes to a temporary file beside the target, to the disk, and only then takes the
/// target's name; the directory follows to the disk. Whatever fails, a full disk among it, the
/// temporary file is removed and an earlier file of that name is as it was. (Only the last step can
/// fail with the new file in place, whole.) After a crash of the process a file
/// `.partial-…` may be left over.
///
/// A link is followed; an earlier file's permissions are kept. A pipe or a device is written to directly, and so is
/// what `/dev/stdout` and its like stand for: appended to where the shell opened a file for that.
public enum AtomicFile {
  private static let temporaryPrefix = ".partial-"

  /// The name of the file that one of this name was to become, its first 40 characters; nil for any other file.
  static func target(ofTemporary name: String) -> String? {
    guard name.hasPrefix(temporaryPrefix) else { return nil }
    return String(name.dropFirst(temporaryPrefix.count).drop { $0 != "-" }.dropFirst())
  }

  /// Writes bytes.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - path: the file, replaced if it exists; its directory must exist.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { sink throws(FileError) in try sink.write(bytes) }
  }

  /// Writes text in UTF-8.
  ///
  /// - Parameters:
  ///   - text: the content of the file.
  ///   - path: the file, replaced if it exists; its directory must exist.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(to: path) { sink throws(FileError) in try sink.write(text) }
  }

  /// Checks that a file can be written at a path, before what it is to hold is computed; leaves nothing
  /// behind.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``FileError``, which names what is wrong.
  public static func checkWritable(_ path: String) throws(FileError) {
    let target = try Target(path)
    if target.isStream { return }
    let directory = PathName(target.path).directory
    guard let status = try FileStatus.of(directory, action: .write) else {
      throw .missingDirectory(path: path, directory: directory)
    }
    guard status.kind == .directory else { throw .notADirectory(path: path) }
    if !FileSystem.isWritable(directory) { throw .noPermission(path: path, action: .write) }
  }

  /// Where a file goes, links followed, and what stands there.
  private struct Target {
    let path: String
    let earlier: FileStatus?
    /// The open file that the path stands for.
    let descriptor: Int32?
    /// Whether a pipe, a device or an open file stands there.
    var isStream: Bool {
      descriptor != nil || earlier?.kind == .stream || earlier?.kind == .device
    }

    init(_ path: String) throws(FileError) {
      try PathName.check(path)
      descriptor = PathName.descriptor(path)
      // Behind the name may be a file, which is not to be replaced.
      if let descriptor {
        try Descriptor.checkWritable(descriptor, path: path)
        (self.path, earlier) = (path, nil)
        return
      }
      self.path = FileSystem.resolve(path)
      earlier = try FileStatus.of(self.path, action: .write)
      switch earlier?.kind {
      case .directory: throw .isDirectory(path: path)
      case .stream, .device: break
      case .file:
        if !FileSystem.isWritable(self.path) { throw .noPermission(path: path, action: .write) }
      case nil:
        if self.path.hasSuffix("/") { throw .isDirectory(path: path) }
      }
    }
  }

  /// Writes what `body` writes.
  ///
  /// - Parameters:
  ///   - path: the file, replaced if it exists; its directory must exist.
  ///   - body: writes the content.
  /// - Throws: ``FileError``, which names what is wrong.
  package static func write(
    to path: String,
    _ body: (inout ByteSink) throws(FileError) -> Void
  ) throws(FileError) {
    let target = try Target(path)
    if target.isStream {
      let file =
        if let descriptor = target.descriptor {
          try Descriptor(duplicating: descriptor, path: path, action: .write)
        } else {
          try Descriptor(path, flags: O_WRONLY, action: .write)
        }
      try fill(file, body)
      return try file.close()
    }
    let name = PathName(target.path)
    let temporary = PathName.join(
      name.directory,
      "\(temporaryPrefix)\(PathName.suffix())-\(name.short)"
    )
    let file: Descriptor
    do {
      file = try Descriptor(
        temporary,
        flags: O_WRONLY | O_CREAT | O_EXCL,
        action: .write,
        named: path
      )
    } catch .missing {
      throw .missingDirectory(path: path, directory: name.directory)
    }
    do throws(FileError) {
      if let earlier = target.earlier { try file.setPermissions(earlier.permissions) }
      try fill(file, body)
      try file.synchronize()
      try file.close()
      try FileSystem.rename(temporary, to: target.path)
    } catch {
      FileSystem.removeFile(temporary)
      throw error
    }
    try FileSystem.synchronizeDirectory(name.directory)
  }

  private static func fill(
    _ file: Descriptor,
    _ body: (inout ByteSink) throws(FileError) -> Void
  ) throws(FileError) {
    var sink = ByteSink(file)
    try body(&sink)
    try sink.flush()
  }
}

/// A path taken apart.
struct PathName {
  /// What comes before the last `/`; `.` where there is none.
  let directory: String
  /// What comes after it.
  let name: String

  init(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    name = parts.last.map(String.init) ?? ""
    let directories = parts.dropLast().joined(separator: "/")
    directory =
      path.hasPrefix("/") ? "/" + directories : directories.isEmpty ? "." : directories
  }

  /// The beginning of the name: with a suffix it is still shorter than the longest name allowed.
  var short: String { String(String.UnicodeScalarView(name.unicodeScalars.prefix(40))) }

  /// The number of the open file that a path stands for, as 1 for `/dev/stdout`; nil for any other.
  static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      let folders = ["/dev/fd/", "/proc/self/fd/"]
      guard let folder = folders.first(where: path.hasPrefix) else { return nil }
      return Int32(path.dropFirst(folder.count))
    }
  }

  static func join(_ directory: String, _ name: String) -> String {
    directory == "." ? name : directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  /// Eight digits that no other writer has: names are not numbers anyone computes with.
  static func suffix() -> String {
    let digits = String(UInt32.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// A NUL would end the path early in the system's eyes, and name another file.
  static func check(_ path: String) throws(FileError) {
    if path.isEmpty { throw .missing(path: path) }
    if path.utf8.contains(0) { throw .failed(path: path, action: .write, code: EINVAL) }
  }
}
