internal import Tensors

/// Rows cut into blocks of one size, the last one of as few rows as it needs.
///
/// What a row becomes does not depend on the others: a sample is the same in any batch. 128 rows keep
/// the activations of a layer of width 256 in the second-level cache. The last block is padded to a
/// multiple of 16, so that one point does not cost what 128 do and programs, which are recorded for a number
/// of rows, are of eight sizes at most.
struct RowBlocks: Sequence, IteratorProtocol {
  /// The number of rows of every block but the last.
  static let size = 128

  /// What the number of rows of a block is a multiple of: with fewer, passes over the weights take longer
  /// than the products.
  private static let grain = 16

  /// The number of rows, padding included, of a block that is to hold some.
  static func rows(for count: Int) -> Int {
    Swift.min(size, Swift.max(1, (count + grain - 1) / grain) * grain)
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
