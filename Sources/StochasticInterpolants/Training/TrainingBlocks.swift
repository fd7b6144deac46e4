/// How the rows of a step are cut into blocks, which depends on their number and on that of parameters.
///
/// A block is large enough for its products to run at full speed and small enough for its activations
/// to stay near the processor; few rows are cut so that several workers have something to do. Blocks
/// go to the lane of their number modulo ``mostLanes``, in order, and lanes are joined in a fixed tree:
/// a gradient does not depend on the number of workers.
struct TrainingBlocks: Sendable {
  /// The number of rows of a step.
  let rows: Int
  /// The number of rows of a block; the last may have fewer of its own.
  let size: Int
  /// The number of blocks.
  let count: Int

  static let mostLanes = 8
  private static let mostRows = 256

  /// Blocks of `rows` rows for networks with so many parameters together.
  init(rows: Int, parameters: Int) {
    self.rows = rows
    // Sharing out and joining blocks of 64 rows costs a small network a good part of what they take.
    let fewestRows = parameters < 1 << 14 ? 128 : 64
    let wanted = max(
      (rows + Self.mostRows - 1) / Self.mostRows,
      min(Self.mostLanes, (rows + fewestRows - 1) / fewestRows)
    )
    size = (rows + wanted - 1) / wanted
    count = (rows + size - 1) / size
  }

  /// Blocks of `size` rows, as many as `rows` need.
  init(rows: Int, size: Int) {
    self.rows = rows
    self.size = size
    count = (rows + size - 1) / size
  }

  /// The number of lanes of gradients.
  var laneCount: Int { min(Self.mostLanes, count) }

  /// The rows of a block that are rows of the step.
  func range(_ block: Int) -> Range<Int> { block * size..<min(rows, (block + 1) * size) }
}
