internal import Tensors

/// A random order of 0..<count that takes no memory: each place is computed when it is asked for.
///
/// A Feistel network over the next power of four with a key from the seed; results outside the range
/// are sent through it again (cycle walking), which leaves a permutation of the range.
package struct IndexPermutation: Sendable {
  package let count: Int
  private let halfBits: Int
  private let keys: [UInt64]

  private static let rounds = 8

  package init(count: Int, seed: UInt64, stream: UInt16) {
    require(count >= 1, "a permutation needs at least one element, got \(count)")
    self.count = count
    var halfBits = 1
    while halfBits < 31 && 1 << (2 * halfBits) < count { halfBits += 1 }
    self.halfBits = halfBits
    var generator = Philox(seed: seed, stream: stream)
    keys = (0..<Self.rounds).map { _ in generator.next() }
  }

  /// The element at a place.
  package func callAsFunction(_ place: Int) -> Int {
    let mask = UInt64(1) << halfBits - 1
    var value = UInt64(place)
    repeat {
      var (left, right) = (value >> halfBits, value & mask)
      for key in keys {
        // The finaliser of SplitMix64 mixes the half with the key.
        var mixed = right &+ key
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        (left, right) = (right, left ^ (mixed ^ mixed >> 31) & mask)
      }
      value = left << halfBits | right
    } while value >= UInt64(count)
    return Int(value)
  }
}
