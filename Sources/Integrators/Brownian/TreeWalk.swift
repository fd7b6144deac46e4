internal import Tensors

/// A walk through a tree from the root to the nodes of an interval.
///
/// It remembers nodes it has been to: a step after another meets a few new ones only. What it
/// forgets is drawn again, the same.
struct TreeWalk {
  private let tree: BrownianTree
  private let components: Int
  private var laws: [Int: SplitLaw] = [:]
  private var known: [Address: (left: StepNoise, right: StepNoise)] = [:]

  /// How many laws, and how many rows of nodes, are remembered before all are forgotten: some
  /// megabytes.
  private static let most = 1 << 14

  /// A node of a row; all rows at once where the row is nil.
  private struct Address: Hashable {
    let row: Int?
    let node: Int
  }

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

  /// The noise between two leaves for one row of the tree's.
  mutating func noise(ofRow row: Int, from first: Int, to last: Int) -> StepNoise {
    let block = tree.block
    let sample = block.samples.map { Int($0[row]) } ?? Int(block.firstSample) + row
    return noise(
      row,
      RandomBlock(seed: block.seed, stream: block.stream, samples: sample..<sample + 1),
      from: first,
      to: last
    )
  }

  /// The noise between two leaves for every row of the tree.
  mutating func noise(from first: Int, to last: Int) -> StepNoise {
    noise(nil, tree.block, from: first, to: last)
  }

  private mutating func noise(
    _ row: Int?,
    _ block: RandomBlock,
    from first: Int,
    to last: Int
  ) -> StepNoise {
    require(
      first >= 0 && first < last && last <= tree.leafCount,
      "the leaves \(first) to \(last) are no interval of a tree of \(tree.leafCount) leaves"
    )
    let block = block.part(2)
    if known.count * block.count > Self.most { known.removeAll(keepingCapacity: true) }
    let normals = block.normal(columns: 2 * components)
    let root = StepNoise(
      moments: tree.noise.moments(from: tree.start, to: tree.end),
      first: normals.slice(0..<components, along: 1),
      second: normals.slice(components..<2 * components, along: 1)
    )
    return part(row, block, Node(index: 1, leaves: 0..<tree.leafCount), root, first..<last)
  }

  /// The noise of those of a node's leaves that are wanted, given the node's own.
  private mutating func part(
    _ row: Int?,
    _ block: RandomBlock,
    _ node: Node,
    _ own: StepNoise,
    _ wanted: Range<Int>
  ) -> StepNoise {
    if wanted.lowerBound <= node.leaves.lowerBound && wanted.upperBound >= node.leaves.upperBound {
      return own
    }
    let address = Address(row: row, node: node.index)
    let (left, right) = known[address] ?? halves(block, node, own)
    known[address] = (left, right)
    if wanted.upperBound <= node.middle { return part(row, block, node.left, left, wanted) }
    if wanted.lowerBound >= node.middle { return part(row, block, node.right, right, wanted) }
    let before = part(row, block, node.left, left, wanted)
    let after = part(row, block, node.right, right, wanted)
    return before.followed(
      by: after,
      size: Double(node.middle - max(wanted.lowerBound, node.leaves.lowerBound)),
      nextSize: Double(min(wanted.upperBound, node.leaves.upperBound) - node.middle)
    )
  }

  private mutating func halves(
    _ block: RandomBlock,
    _ node: Node,
    _ own: StepNoise
  ) -> (left: StepNoise, right: StepNoise) {
    let law = law(of: node)
    var address = block
    address.step = UInt32(node.index)
    let normals = address.normal(columns: 4 * components)
    let increments = own.increment.elements
    let areas = own.area?.elements ?? []
    var parts = [[Double]](repeating: increments, count: 4)
    normals.withSpan { normals in
      for index in increments.indices {
        let place = index / components * 4 * components + index % components
        let drawn = law.halves(
          increment: increments[index],
          area: areas[index],
          normals: (
            normals[place], normals[place + components], normals[place + 2 * components],
            normals[place + 3 * components]
          )
        )
        (parts[0][index], parts[1][index]) = drawn.left
        (parts[2][index], parts[3][index]) = drawn.right
      }
    }
    let tensors = parts.map { Tensor($0, shape: own.increment.shape) }
    return (
      StepNoise(increment: tensors[0], area: tensors[1]),
      StepNoise(increment: tensors[2], area: tensors[3])
    )
  }

  private mutating func law(of node: Node) -> SplitLaw {
    if let known = laws[node.index] { return known }
    let middle = tree.time(ofLeaf: node.middle)
    let law = SplitLaw(
      left: tree.noise.moments(from: tree.time(ofLeaf: node.leaves.lowerBound), to: middle),
      right: tree.noise.moments(from: middle, to: tree.time(ofLeaf: node.leaves.upperBound))
    )
    if laws.count >= Self.most { laws.removeAll(keepingCapacity: true) }
    laws[node.index] = law
    return law
  }
}
