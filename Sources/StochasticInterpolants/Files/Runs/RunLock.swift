internal import Glibc

/// A run while it is trained: no second process writes into it.
///
/// The system lets go of the lock when the process ends, however it ends.
final class RunLock {
  private let file: Descriptor

  /// Takes the lock on a run's configuration, and removes what a killed process left unfinished.
  init(_ run: RunDirectory) throws {
    let path = run.file(RunDirectory.configurationName)
    do {
      // NFS makes an exclusive lock of a file that is open for writing only.
      file = try Descriptor(path, flags: O_RDWR, action: .write)
    } catch FileError.noPermission {
      // The file itself is not written.
      file = try Descriptor(path, flags: O_RDONLY, action: .read)
    }
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      if code != EWOULDBLOCK {
        throw SystemError.error(code, path: file.path, action: .write)
      }
      throw RunError(
        path: run.path,
        problem: "is being trained by another process; wait for it or stop it"
      )
    }
    try Self.removeUnfinished(of: run)
  }

  /// Removes the temporary files of the run's own process.
  ///
  /// Others write beside the run's files without its lock, such as a process that samples the run.
  private static func removeUnfinished(of run: RunDirectory) throws(FileError) {
    let own = [
      RunDirectory.configurationName, RunDirectory.weightsName,
      MetricsLog.tableName, MetricsLog.linesName,
    ]
    for name in try FileSystem.contents(of: run.path) {
      guard let target = AtomicFile.target(ofTemporary: name), own.contains(target) else {
        continue
      }
      FileSystem.removeFile(run.file(name))
    }
    let checkpoints = run.file(RunDirectory.checkpointsName)
    if try FileStatus.of(checkpoints, action: .read) == nil { return }
    let unfinished = try FileSystem.contents(of: checkpoints)
      .filter { AtomicFile.target(ofTemporary: $0) != nil }
    for name in unfinished { FileSystem.removeFile(checkpoints + "/" + name) }
  }

  // To close the file is not enough: a process that is being started has a copy of it for a moment.
  deinit { flock(file.number, LOCK_UN) }
}
