import Foundation
import Tensors
import Testing

/// Freed memory comes back: to the thread that freed it, and to the others when that thread ends.
@Suite struct StoragePoolTests {
  static func address(of buffer: Buffer<Float>) -> UInt {
    buffer.withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
  }

  /// The addresses of `buffers` blocks of one size class that are held at the same time.
  static func addresses(_ buffers: Int, count: Int) -> Set<UInt> {
    let held = (0..<buffers).map { _ in Buffer<Float>(uninitialized: count) }
    return Set(held.map(address(of:)))
  }

  /// Runs a body on a thread of its own, whose free blocks are none at first.
  static func onAThread<Result: Sendable>(
    _ body: @escaping @Sendable () -> Result
  ) -> Result {
    let result = Lock<Result?>(nil)
    Thread {
      let own = body(); result.withLock { $0 = own }
    }.start()
    while true {
      if let own = result.withLock({ $0 }) { return own }
      usleep(100)
    }
  }

  @Test(arguments: [10, 1_000, 13_000]) func aThreadGetsBackWhatItGave(_ count: Int) {
    let (first, second) = Self.onAThread {
      (Self.addresses(3, count: count), Self.addresses(3, count: count))
    }
    #expect(first.count == 3)
    #expect(first == second)
  }

  // What other tests take from the process's one pool would be missing here: these run in a process of their own.

  @Test func blocksOfAThreadThatEndedComeBack() async {
    await #expect(processExitsWith: .success) {
      let count = 9_000
      let given = StoragePoolTests.onAThread { StoragePoolTests.addresses(8, count: count) }
      // A thread gives its free blocks back after its body has returned.
      let end = ContinuousClock.now + .seconds(20)
      var back = StoragePoolTests.addresses(64, count: count)
      while given.isDisjoint(with: back), ContinuousClock.now < end {
        usleep(1_000)
        back = StoragePoolTests.addresses(64, count: count)
      }
      #expect(given.count == 8 && !given.isDisjoint(with: back))
    }
  }

  /// A thread keeps half a mebibyte of the blocks that it frees, here ten, and then gives them to all: after
  /// 64 it has four, and 60 are for every thread, while this one lives.
  @Test func aThreadKeepsLittle() async {
    await #expect(processExitsWith: .success) {
      let count = 11_000
      let (here, there) = StoragePoolTests.onAThread {
        let here = StoragePoolTests.addresses(64, count: count)
        return (here, StoragePoolTests.onAThread { StoragePoolTests.addresses(64, count: count) })
      }
      #expect(here.intersection(there).count == 60)
    }
  }
}
