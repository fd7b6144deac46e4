internal import Tensors

/// Rows cut into blocks, the last one of as few rows as it needs.
///
/// What a row becomes does not depend on the others: a sample is the same in any batch. 128 rows keep
/// the activations of a layer of width 256 in the second-level cache. The last block is padded to one of
/// twelve sizes, so that one point does not cost what 128 do and there are few programs, which are recorded
/// for a number of rows.
struct RowBlocks: Sequence, IteratorProtocol {
  /// The most rows of a block.
  static let size = 128

  /// The number of rows, padding included, of a block that is to hold some: a power of two up to 16, above a
  /// multiple of 16.
  static func rows(for count: Int) -> Int {
    if count > 16 { return Swift.min(size, (count + 15) / 16 * 16) }
    return (0...4).map { 1 << $0 }.first { $0 >= count } ?? 16
  }

  /// One block: the rows `range` of the whole.
  struct Block: Sendable {
    let range: Range<Int>

    /// The number of rows, padding included.
    var rows: Int { RowBlocks.rows(for: range.count) }

    /// The rows' places in the whole; padding repeats the last, so that it can fail only where the last
    /// does.
    var places: [Int] {
      (0..<rows).map { Swift.min(range.lowerBound + $0, range.upperBound - 1) }
    }

    /// The block's rows of a matrix, followed by repeats of the last row.
    ///
    /// - Parameters:
    ///   - points: the whole.
    ///   - rows: how many rows are wanted, at least as many as the block has.
    /// - Returns: `rows` rows, or the block's own number unless it is given.
    func padded(_ points: Tensor<Double>, to rows: Int? = nil) -> Tensor<Double> {
      let rows = rows ?? self.rows
      if range.count == rows { return points.slice(range) }
      let last = points.slice(range.upperBound - 1..<range.upperBound)
      let padding = last.broadcast(to: [rows - range.count, points.shape[1]])
      return .concatenating([points.slice(range), padding])
    }

    /// The samples of the block's rows, padding included.
    func address(seed: UInt64) -> RandomBlock {
      if range.count == rows { return RandomBlock(seed: seed, samples: range) }
      return RandomBlock(seed: seed, samples: places)
    }

    /// Copies the block's own rows into the rows of the whole.
    func write(_ values: Tensor<Double>, into whole: inout Tensor<Double>) {
      if values.count == 0 { return }
      whole.copyRows(from: values, count: range.count, at: range.lowerBound)
    }
  }

  private let count: Int
  private var position = 0

  init(count: Int) { self.count = count }

  /// The number of rows of every block but the last of those that workers share out.
  ///
  /// More than 16 and fewer than 256 are two blocks, the first a multiple of 16. It is the same for any number
  /// of workers, so that the first block that fails is.
  static func shared(_ count: Int) -> Int {
    Swift.min(size, Swift.max(16, ((count + 1) / 2 + 15) / 16 * 16))
  }

  /// The number of rows, padding included, of the first of the blocks that workers share out.
  static func first(_ count: Int) -> Int { rows(for: Swift.min(count, shared(count))) }

  /// The number of blocks of `count` rows that workers share out.
  static func blockCount(_ count: Int) -> Int { (count + shared(count) - 1) / shared(count) }

  /// Block `index` of `count` rows that workers share out.
  static func block(_ index: Int, of count: Int) -> Block {
    Block(range: index * shared(count)..<Swift.min(count, (index + 1) * shared(count)))
  }

  mutating func next() -> Block? {
    guard position < count else { return nil }
    defer { position += Self.size }
    return Block(range: position..<Swift.min(count, position + Self.size))
  }
}
