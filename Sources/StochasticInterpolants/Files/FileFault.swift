internal import Glibc
internal import Synchronization

/// A failure put in on purpose: the n-th file operation of a task reports an error.
///
/// Tests count n upwards until nothing fails any more, so that every open, write, fsync, close,
/// mkdir and rename of a save has failed once.
package final class FileFault: Sendable {
  /// The fault of the current task, nil outside tests.
  @TaskLocal package static var current: FileFault?

  private let remaining: Atomic<Int>
  private let code: Int32

  /// - Parameters:
  ///   - operation: how many operations succeed before one fails.
  ///   - code: the error number it fails with; no space left on the device unless given.
  package init(afterOperations operation: Int, code: Int32 = ENOSPC) {
    self.remaining = Atomic(operation)
    self.code = code
  }

  /// Whether the failure has happened.
  package var hasOccurred: Bool { remaining.load(ordering: .relaxed) < 0 }

  /// Counts an operation; its error number if this is the one to fail.
  static func next() -> Int32? {
    guard let current else { return nil }
    let before = current.remaining.subtract(1, ordering: .relaxed).oldValue
    return before == 0 ? current.code : nil
  }
}
