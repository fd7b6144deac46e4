internal import Tensors

/// A walk through a tree from the root to the nodes of an interval.
///
/// It remembers nodes it has been to: a step after another meets a few new ones only. What it
/// forgets is drawn again, the same.
struct TreeWalk {
  private let tree: BrownianTree
  private let components: Int
  private var laws: [Int: SplitLaw] = [:]
  /// Where the noise of whole trees stands among ``numbers``.
  private var roots: [Int: Int] = [:]
  /// Where that of the halves of nodes does.
  private var known: [Address: Int] = [:]
  /// Increments, then areas, of a whole tree; or of a node's left half, then of its right one.
  ///
  /// In one array: a step of a row meets some twenty new nodes, each of a few numbers.
  private var numbers: [Double] = []
  /// Those of the node that was drawn last; kept for their memory.
  private var normals = Tensor<Double>(zeros: [0])
  /// Increments, then areas, of what was asked for last.
  private var result: [Double] = []

  /// How many laws, and how many rows of nodes, are remembered before all are forgotten: some
  /// megabytes.
  private static let most = 1 << 14

  /// A node of a row.
  private struct Address: Hashable {
    let row: Int
    let node: Int
  }

  /// What stands for all rows at once in the place of a row.
  private static let allRows = -1

  init(_ tree: BrownianTree, components: Int) {
    self.tree = tree
    self.components = components
  }

  /// A node: its place among those of its level, counted from 2^level, and its leaves.
  private struct Node {
    let index: Int
    let leaves: Range<Int>

    var middle: Int { (leaves.lowerBound + leaves.upperBound) / 2 }
    var left: Node { Node(index: 2 * index, leaves: leaves.lowerBound..<middle) }
    var right: Node { Node(index: 2 * index + 1, leaves: middle..<leaves.upperBound) }
  }

  /// The noise between two leaves for one row of the tree's, written into a row of `noise`.
  mutating func noise(
    ofRow row: Int,
    from first: Int,
    to last: Int,
    into noise: inout StepNoise,
    at slot: Int
  ) {
    let block = tree.block
    let sample = block.samples.map { Int($0[row]) } ?? Int(block.firstSample) + row
    find(
      row,
      RandomBlock(seed: block.seed, stream: block.stream, samples: sample..<sample + 1),
      from: first,
      to: last
    )
    let components = self.components
    noise.increment.withMutableSpan { increment in
      for index in 0..<components { increment[slot * components + index] = result[index] }
    }
    noise.area?.withMutableSpan { area in
      for index in 0..<components {
        area[slot * components + index] = result[components + index]
      }
    }
  }

  /// The noise between two leaves for every row of the tree.
  mutating func noise(from first: Int, to last: Int) -> StepNoise {
    find(Self.allRows, tree.block, from: first, to: last)
    let (half, shape) = (result.count / 2, [tree.block.count, components])
    return StepNoise(
      increment: Tensor(Array(result[..<half]), shape: shape),
      area: Tensor(Array(result[half...]), shape: shape)
    )
  }

  /// Leaves the noise between two leaves in ``result``.
  private mutating func find(_ row: Int, _ block: RandomBlock, from first: Int, to last: Int) {
    require(
      first >= 0 && first < last && last <= tree.leafCount,
      "the leaves \(first) to \(last) are no interval of a tree of \(tree.leafCount) leaves"
    )
    let block = block.part(2)
    if known.count * block.count > Self.most {
      known.removeAll(keepingCapacity: true)
      roots.removeAll(keepingCapacity: true)
      numbers.removeAll(keepingCapacity: true)
    }
    let whole = roots[row] ?? addRoot(block)
    roots[row] = whole
    // Taken out, so that the walk may write it beside what it remembers.
    var values: [Double] = []
    swap(&values, &result)
    let count = 2 * block.count * components
    if values.count != count { values = [Double](repeating: 0, count: count) }
    let node = Node(index: 1, leaves: 0..<tree.leafCount)
    part(row, block, node, whole, first..<last, into: &values)
    swap(&values, &result)
  }

  /// Draws the noise of the whole tree, and returns its place.
  private mutating func addRoot(_ block: RandomBlock) -> Int {
    let moments = tree.moments(ofNode: 1, leaves: 0..<tree.leafCount)
    let normals = block.normal(columns: 2 * components)
    let noise = StepNoise(
      moments: moments,
      first: normals.slice(0..<components, along: 1),
      second: normals.slice(components..<2 * components, along: 1)
    )
    let place = numbers.count
    numbers += noise.increment.elements
    numbers += noise.area?.elements ?? []
    return place
  }

  /// Writes the noise of those of a node's leaves that are wanted, given the place of the node's own.
  private mutating func part(
    _ row: Int,
    _ block: RandomBlock,
    _ node: Node,
    _ own: Int,
    _ wanted: Range<Int>,
    into values: inout [Double]
  ) {
    let hasFirst = wanted.lowerBound <= node.leaves.lowerBound
    let hasLast = wanted.upperBound >= node.leaves.upperBound
    if hasFirst && hasLast {
      for index in values.indices { values[index] = numbers[own + index] }
      return
    }
    let left = halves(row, block, node, own)
    let right = left + values.count
    if wanted.upperBound <= node.middle {
      return part(row, block, node.left, left, wanted, into: &values)
    }
    if wanted.lowerBound >= node.middle {
      return part(row, block, node.right, right, wanted, into: &values)
    }
    let first = Double(node.middle - max(wanted.lowerBound, node.leaves.lowerBound))
    let second = Double(min(wanted.upperBound, node.leaves.upperBound) - node.middle)
    // As StepNoise.followed(by:size:nextSize:).
    let (a, b) = (first / (first + second), second / (first + second))
    func joined(
      _ left: (increment: Double, area: Double),
      _ right: (increment: Double, area: Double)
    ) -> (Double, Double) {
      (
        left.increment + right.increment,
        a * left.area + b * right.area + b / 2 * left.increment - a / 2 * right.increment
      )
    }
    let count = values.count / 2
    if hasLast {
      part(row, block, node.left, left, wanted, into: &values)
      for index in 0..<count {
        (values[index], values[count + index]) = joined(
          (values[index], values[count + index]),
          (numbers[right + index], numbers[right + count + index])
        )
      }
    } else if hasFirst {
      part(row, block, node.right, right, wanted, into: &values)
      for index in 0..<count {
        (values[index], values[count + index]) = joined(
          (numbers[left + index], numbers[left + count + index]),
          (values[index], values[count + index])
        )
      }
    } else {
      // At most once in a walk: below this node the one part ends with it, and the other begins.
      var after = values
      part(row, block, node.left, left, wanted, into: &values)
      part(row, block, node.right, right, wanted, into: &after)
      for index in 0..<count {
        (values[index], values[count + index]) = joined(
          (values[index], values[count + index]),
          (after[index], after[count + index])
        )
      }
    }
  }

  /// The place of the noise of a node's halves, drawn where it is not known, given the place of its own.
  private mutating func halves(_ row: Int, _ block: RandomBlock, _ node: Node, _ own: Int) -> Int {
    let address = Address(row: row, node: node.index)
    if let known = known[address] { return known }
    let law = law(of: node)
    var drawn = block
    drawn.step = UInt32(node.index)
    let columns = 4 * components
    if normals.count != block.count * columns {
      normals = Tensor(zeros: [block.count * columns])
    }
    Kernels.normal(drawn, columns: columns, into: normals.uniqueBuffer)
    let count = block.count * components
    let place = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: 4 * count))
    normals.withSpan { normals in
      for index in 0..<count {
        let column = index / components * columns + index % components
        let (left, right) = law.halves(
          increment: numbers[own + index],
          area: numbers[own + count + index],
          normals: (
            normals[column], normals[column + components], normals[column + 2 * components],
            normals[column + 3 * components]
          )
        )
        (numbers[place + index], numbers[place + count + index]) = left
        (numbers[place + 2 * count + index], numbers[place + 3 * count + index]) = right
      }
    }
    known[address] = place
    return place
  }

  private mutating func law(of node: Node) -> SplitLaw {
    if let known = laws[node.index] { return known }
    let law = SplitLaw(
      left: tree.moments(ofNode: node.left.index, leaves: node.left.leaves),
      right: tree.moments(ofNode: node.right.index, leaves: node.right.leaves)
    )
    if laws.count >= Self.most { laws.removeAll(keepingCapacity: true) }
    laws[node.index] = law
    return law
  }
}
