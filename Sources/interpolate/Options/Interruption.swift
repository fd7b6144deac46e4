import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a wish to stop; the second one ends the process at once.
enum Interruption {
  private static let flag = Atomic<Bool>(false)

  static var isWanted: Bool { flag.load(ordering: .relaxed) }

  private static func address(_ handler: __sighandler_t?) -> Int {
    unsafeBitCast(handler, to: Int.self)
  }

  static func watch() {
    for number in [SIGINT, SIGTERM] {
      let earlier = signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
      // A shell lets what it runs in the background, and nohup what it starts, ignore a signal.
      if address(earlier) == address(SIG_IGN) { signal(number, SIG_IGN) }
    }
  }
}
