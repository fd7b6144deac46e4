internal import Glibc

/// Freed blocks kept for reuse, by size class: a few by each thread, the rest by all together.
///
/// A training step or a sampler asks for the same few sizes over and over; the pool turns each into a
/// pop from a list. Small blocks go back to the thread that gave them, whose cache holds them. Blocks
/// above `largestPooled` bytes go straight back to the system.
final class StoragePool: Sendable {
  static let shared = StoragePool()
  private static let alignment = 64
  private static let largestPooled = 1 << 24
  private static let mostKept = 1 << 28
  static let shelfCount = shelf(of: largestPooled) + 1

  private let shelves = Lock(Shelves())

  /// Rounds a size up to a quarter of its power of two: at most a quarter of a block is unused.
  static func sizeClass(for byteCount: Int) -> Int {
    if byteCount <= 256 { return max(64, (byteCount + 63) & ~63) }
    let power = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
    let step = max(64, 1 << (power - 2))
    return (byteCount + step - 1) / step * step
  }

  /// The place of a size class among them all.
  static func shelf(of size: Int) -> Int {
    if size <= 256 { return size / 64 - 1 }
    let power = Int.bitWidth - 1 - (size - 1).leadingZeroBitCount
    // The classes of a power are 5, 6, 7 and 8 quarters of it.
    return 4 * (power - 8) + size >> (power - 2) - 1
  }

  /// A block of a size class.
  func take(_ size: Int) -> UnsafeMutableRawPointer {
    if size <= ThreadShelves.largestKept, let block = ThreadShelves.current.shelves.take(size) {
      return block.address
    }
    if size <= Self.largestPooled, let block = shelves.withLock({ $0.take(size) }) {
      return block.address
    }
    return .allocate(byteCount: size, alignment: Self.alignment)
  }

  /// Keeps a block of a size class, or gives it back to the system.
  func give(_ address: UnsafeMutableRawPointer, size: Int) {
    let block = FreeBlock(address: address)
    if size <= ThreadShelves.largestKept {
      ThreadShelves.current.give(block, size: size)
    } else {
      giveToAll(block, size: size)
    }
  }

  fileprivate func giveToAll(_ block: FreeBlock, size: Int) {
    let isKept =
      size <= Self.largestPooled
      && shelves.withLock { shelves in
        if shelves.kept + size > Self.mostKept { return false }
        shelves.give(block, size: size)
        return true
      }
    if !isKept { block.address.deallocate() }
  }
}

/// A block that no storage has: any thread may take it, since whoever holds it is the only one who does.
private struct FreeBlock: @unchecked Sendable {
  let address: UnsafeMutableRawPointer
}

/// Lists of free blocks, one for each size class.
private struct Shelves {
  private var free = [[FreeBlock]](repeating: [], count: StoragePool.shelfCount)
  /// The bytes of all.
  private(set) var kept = 0

  mutating func take(_ size: Int) -> FreeBlock? {
    guard let block = free[StoragePool.shelf(of: size)].popLast() else { return nil }
    kept -= size
    return block
  }

  mutating func give(_ block: FreeBlock, size: Int) {
    free[StoragePool.shelf(of: size)].append(block)
    kept += size
  }

  /// Takes the blocks of all sizes up to one.
  mutating func takeAll(upTo largest: Int) -> [(block: FreeBlock, size: Int)] {
    var taken: [(block: FreeBlock, size: Int)] = []
    var size = 0
    while size < largest {
      size = StoragePool.sizeClass(for: size + 1)
      while let block = take(size) { taken.append((block, size)) }
    }
    return taken
  }
}

/// The free blocks of one thread, which go to the pool when it ends.
private final class ThreadShelves {
  /// Larger blocks cost little beside what is done with them.
  static let largestKept = 1 << 16
  /// Half the second-level cache of common processors.
  private static let mostKept = 1 << 19

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    let status = pthread_key_create(&key) { context in
      guard let context else { return }
      Unmanaged<ThreadShelves>.fromOpaque(context).takeRetainedValue().giveToAll()
    }
    require(status == 0, "the system refused a key for the memory of threads (error \(status))")
    return key
  }()

  /// Those of the calling thread.
  static var current: ThreadShelves {
    if let known = pthread_getspecific(key) {
      return Unmanaged<ThreadShelves>.fromOpaque(known).takeUnretainedValue()
    }
    let own = ThreadShelves()
    let status = pthread_setspecific(key, Unmanaged.passRetained(own).toOpaque())
    require(status == 0, "the system refused memory for a thread's key (error \(status))")
    return own
  }

  var shelves = Shelves()

  /// Takes a block in.
  ///
  /// Where there are too many all others go to the pool: the thread may be done with their sizes.
  func give(_ block: FreeBlock, size: Int) {
    if shelves.kept + size > Self.mostKept { giveToAll() }
    shelves.give(block, size: size)
  }

  private func giveToAll() {
    for (block, size) in shelves.takeAll(upTo: Self.largestKept) {
      StoragePool.shared.giveToAll(block, size: size)
    }
  }
}
