/// The counter-based generator Philox 4x32-10 as a sequence of words.
///
/// For code that wants a `RandomNumberGenerator`. Numbers that must not depend on the order in
/// which they are asked for are drawn through ``RandomBlock`` instead, from the same generator: with the same
/// seed and stream they are the same numbers, so that a program that uses both takes another stream.
///
/// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3. SC 2011.
public struct Philox: RandomNumberGenerator, Sendable {
  /// The key.
  public let seed: UInt64
  /// The stream.
  public let stream: UInt16

  private var block: UInt64 = 0
  private var pending: UInt64?

  /// The sequence of one seed and stream, from its start.
  public init(seed: UInt64, stream: UInt16 = 0) {
    self.seed = seed
    self.stream = stream
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    if let word = pending {
      pending = nil
      return word
    }
    let words = Kernels.philox(
      stream: stream,
      sample: block >> 32,
      step: 0,
      block: UInt32(truncatingIfNeeded: block),
      seed: seed
    )
    block += 1
    pending = UInt64(words.2) << 32 | UInt64(words.3)
    return UInt64(words.0) << 32 | UInt64(words.1)
  }

  /// A random order of 0..<count, by Fisher and Yates.
  public static func permutation(count: Int, seed: UInt64, stream: UInt16 = 0) -> [Int] {
    require(count >= 0, "a permutation needs a count that is not negative, got \(count)")
    var generator = Philox(seed: seed, stream: stream)
    return Array(0..<count).shuffled(using: &generator)
  }
}
