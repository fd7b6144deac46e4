internal import Tensors

/// Rows cut into blocks of one constant size, the last one padded.
///
/// Programs are recorded for this many rows, and what a row becomes does not depend on the others: a
/// sample is the same in any batch. 128 rows keep the activations of a layer of width 256 in the
/// second-level cache.
struct RowBlocks: Sequence, IteratorProtocol {
  /// The number of rows of every block, a multiple of 16.
  static let size = 128

  /// One block: the rows `range` of the whole.
  struct Block: Sendable {
    let range: Range<Int>

    /// The block's rows of a matrix, followed by repeats of the last row.
    func padded(_ points: Tensor<Double>) -> Tensor<Double> {
      if range.count == RowBlocks.size { return points.slice(range) }
      let last = points.slice(range.upperBound - 1..<range.upperBound)
      let padding = last.broadcast(to: [RowBlocks.size - range.count, points.shape[1]])
      return .concatenating([points.slice(range), padding])
    }

    /// The samples of the block's rows; padding repeats the last, so that it can fail only where the
    /// last does.
    func address(seed: UInt64) -> RandomBlock {
      if range.count == RowBlocks.size { return RandomBlock(seed: seed, samples: range) }
      return RandomBlock(
        seed: seed,
        samples: (0..<RowBlocks.size).map { Swift.min(range.lowerBound + $0, range.upperBound - 1) }
      )
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

  /// The number of blocks that `count` rows need.
  static func blockCount(_ count: Int) -> Int { (count + size - 1) / size }

  /// Block `index` of `count` rows.
  static func block(_ index: Int, of count: Int) -> Block {
    Block(range: index * size..<Swift.min(count, (index + 1) * size))
  }

  mutating func next() -> Block? {
    guard position < Self.blockCount(count) else { return nil }
    defer { position += 1 }
    return Self.block(position, of: count)
  }
}
