/// Offsets handed out and taken back, best fit first.
struct Arena {
  private(set) var highWater = 0
  private var free: [(offset: Int, count: Int)] = []

  /// Sizes are multiples of 16 elements, so that every value starts on a cache line.
  static func rounded(_ count: Int) -> Int { Swift.max(16, (count + 15) / 16 * 16) }

  mutating func take(_ count: Int) -> Int {
    var best: Int?
    for (index, block) in free.enumerated() where block.count >= count {
      if best.map({ block.count < free[$0].count }) ?? true { best = index }
    }
    guard let best else {
      defer { highWater += count }
      return highWater
    }
    let block = free[best]
    if block.count == count {
      free.remove(at: best)
    } else {
      free[best] = (block.offset + count, block.count - count)
    }
    return block.offset
  }

  mutating func release(offset: Int, count: Int) {
    let position = free.firstIndex { $0.offset > offset } ?? free.endIndex
    free.insert((offset, count), at: position)
    if position + 1 < free.count, offset + count == free[position + 1].offset {
      free[position].count += free[position + 1].count
      free.remove(at: position + 1)
    }
    if position > 0, free[position - 1].offset + free[position - 1].count == free[position].offset {
      free[position - 1].count += free[position].count
      free.remove(at: position)
    }
  }
}
