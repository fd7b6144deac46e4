internal import Glibc

/// Directories that are there whole or not at all.
public enum AtomicDirectory {
  /// Makes a directory, lets `body` fill it, and only then gives it its name.
  ///
  /// The work happens in `<name>.partial-…` beside the target. If anything fails, that is removed and
  /// what stood at the path is as it was. An empty directory at the path is replaced, but for the working
  /// directory, whose new content no program that stands in it would see.
  ///
  /// Replacing a directory that is not empty takes two renames: a crash between them leaves the
  /// earlier one, whole, under `<name>.replaced-…`.
  ///
  /// - Parameters:
  ///   - path: the directory to make; the one that holds it must exist.
  ///   - replacing: whether a directory with content at the path is removed in exchange.
  ///   - marker: the name of a file every directory of this kind holds; one without it is never
  ///     replaced, so that a mistaken path costs nobody a home directory.
  ///   - body: fills the directory at the path it is given; best by ``AtomicFile``, which sees to it
  ///     that the content is on the disk.
  /// - Returns: what `body` returns.
  /// - Throws: ``FileError``, which names what is wrong, or what `body` throws.
  public static func write<Result>(
    to path: String,
    replacing: Bool = false,
    marker: String,
    _ body: (String) throws -> Result
  ) throws -> Result {
    try PathName.check(path)
    let target = PathName(FileSystem.resolve(path))
    let final = PathName.join(target.directory, target.name)
    let isReplacing = try isOccupied(final, path: path, replacing: replacing, marker: marker)
    let partial = try makePartial(of: target, path: path)
    do {
      let result = try body(partial)
      try FileSystem.synchronizeDirectory(partial)
      if isReplacing {
        let aside = PathName.join(
          target.directory,
          "\(target.short).replaced-\(PathName.suffix())"
        )
        try FileSystem.rename(final, to: aside)
        do {
          try FileSystem.rename(partial, to: final)
        } catch {
          _ = Glibc.rename(aside, final)
          throw error
        }
        FileSystem.removeTree(aside)
      } else {
        try FileSystem.rename(partial, to: final)
      }
      try FileSystem.synchronizeDirectory(target.directory)
      return result
    } catch {
      FileSystem.removeTree(partial)
      throw error
    }
  }

  /// Checks what stands at the target: true for a directory with content that may be replaced.
  private static func isOccupied(
    _ target: String,
    path: String,
    replacing: Bool,
    marker: String
  ) throws(FileError) -> Bool {
    guard let status = try FileStatus.of(target, action: .write) else { return false }
    guard status.kind == .directory else { throw .notADirectory(path: path) }
    let contents = try FileSystem.contents(of: target)
    if contents.isEmpty {
      if target == FileSystem.resolve(".") { throw .workingDirectory(path: path) }
      return false
    }
    if !replacing { throw .alreadyExists(path: path) }
    if !contents.contains(marker) { throw .notReplaceable(path: path, marker: marker) }
    return true
  }

  private static func makePartial(of target: PathName, path: String) throws(FileError) -> String {
    while true {
      let partial = PathName.join(
        target.directory,
        "\(target.short).partial-\(PathName.suffix())"
      )
      do {
        if try FileSystem.makeDirectory(partial) { return partial }
      } catch .missing {
        throw .missingDirectory(path: path, directory: target.directory)
      } catch .noPermission {
        throw .noPermission(path: path, action: .write)
      }
    }
  }
}
