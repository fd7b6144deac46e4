import Foundation
import Tensors
import Testing

/// Freed memory comes back: to the thread that freed it, and to the others when that thread ends.
@Suite struct StoragePoolTests {
  private static func address(of buffer: Buffer<Float>) -> UInt {
    buffer.withMutableSpan { span in
      span.withUnsafeMutableBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
  }

  /// The addresses of `buffers` blocks of one size class that are held at the same time.
  private static func addresses(_ buffers: Int, count: Int) -> Set<UInt> {
    let held = (0..<buffers).map { _ in Buffer<Float>(uninitialized: count) }
    return Set(held.map(address(of:)))
  }

  /// Runs a body on a thread of its own, whose free blocks are none at first.
  private static func onAThread<Result: Sendable>(
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

  @Test func blocksOfAThreadThatEndedComeBack() {
    // Of a size class that no other test here asks for.
    let count = 14_900
    let given = Self.onAThread { Self.addresses(5, count: count) }
    #expect(given.count == 5)
    // A thread gives its free blocks back after its body has returned.
    let end = ContinuousClock.now + .seconds(20)
    var back = Self.addresses(64, count: count)
    while !given.isSubset(of: back), ContinuousClock.now < end {
      usleep(1_000)
      back = Self.addresses(64, count: count)
    }
    #expect(given.isSubset(of: back))
  }

  /// A thread keeps half a mebibyte of the blocks that it frees, here ten of 64; the others are for every
  /// thread, while this one lives.
  @Test func aThreadKeepsLittle() {
    let count = 11_000
    let (here, there) = Self.onAThread {
      let here = Self.addresses(64, count: count)
      return (here, Self.onAThread { Self.addresses(64, count: count) })
    }
    // Tests that run beside this one may take some of the 54.
    #expect((27...54).contains(here.intersection(there).count))
  }
}
