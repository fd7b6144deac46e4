internal import Tensors

/// A walk through a tree from the root to the nodes of an interval.
///
/// It remembers nodes it has been to: a step after another meets a few new ones only. What it
/// forgets is drawn again, the same.
struct TreeWalk {
  private let tree: BrownianTree
  private let components: Int
  private var laws: [Int: SplitLaw] = [:]
  /// Increments, then areas, of whole trees.
  private var roots: [Int?: [Double]] = [:]
  /// Increments, then areas, of the halves of nodes.
  private var known: [Address: (left: [Double], right: [Double])] = [:]

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
    let values = found(
      row,
      RandomBlock(seed: block.seed, stream: block.stream, samples: sample..<sample + 1),
      from: first,
      to: last
    )
    let components = self.components
    noise.increment.withMutableSpan { increment in
      for index in 0..<components { increment[slot * components + index] = values[index] }
    }
    noise.area?.withMutableSpan { area in
      for index in 0..<components {
        area[slot * components + index] = values[components + index]
      }
    }
  }

  /// The noise between two leaves for every row of the tree.
  mutating func noise(from first: Int, to last: Int) -> StepNoise {
    let values = found(nil, tree.block, from: first, to: last)
    let (half, shape) = (values.count / 2, [tree.block.count, components])
    return StepNoise(
      increment: Tensor(Array(values[..<half]), shape: shape),
      area: Tensor(Array(values[half...]), shape: shape)
    )
  }

  /// Increments, then areas.
  private mutating func found(
    _ row: Int?,
    _ block: RandomBlock,
    from first: Int,
    to last: Int
  ) -> [Double] {
    require(
      first >= 0 && first < last && last <= tree.leafCount,
      "the leaves \(first) to \(last) are no interval of a tree of \(tree.leafCount) leaves"
    )
    let block = block.part(2)
    if known.count * block.count > Self.most {
      known.removeAll(keepingCapacity: true)
      roots.removeAll(keepingCapacity: true)
    }
    let whole = roots[row] ?? root(block)
    roots[row] = whole
    let node = Node(index: 1, leaves: 0..<tree.leafCount)
    return part(row, block, node, whole, first..<last)
  }

  /// The noise of the whole tree.
  private func root(_ block: RandomBlock) -> [Double] {
    let moments = tree.moments(ofNode: 1, leaves: 0..<tree.leafCount)
    let normals = block.normal(columns: 2 * components)
    let noise = StepNoise(
      moments: moments,
      first: normals.slice(0..<components, along: 1),
      second: normals.slice(components..<2 * components, along: 1)
    )
    return noise.increment.elements + (noise.area?.elements ?? [])
  }

  /// The noise of those of a node's leaves that are wanted, given the node's own.
  private mutating func part(
    _ row: Int?,
    _ block: RandomBlock,
    _ node: Node,
    _ own: [Double],
    _ wanted: Range<Int>
  ) -> [Double] {
    if wanted.lowerBound <= node.leaves.lowerBound && wanted.upperBound >= node.leaves.upperBound {
      return own
    }
    let (left, right) = halves(row, block, node, own)
    if wanted.upperBound <= node.middle { return part(row, block, node.left, left, wanted) }
    if wanted.lowerBound >= node.middle { return part(row, block, node.right, right, wanted) }
    var joined = part(row, block, node.left, left, wanted)
    let after = part(row, block, node.right, right, wanted)
    let first = Double(node.middle - max(wanted.lowerBound, node.leaves.lowerBound))
    let second = Double(min(wanted.upperBound, node.leaves.upperBound) - node.middle)
    // As StepNoise.followed(by:size:nextSize:).
    let (a, b) = (first / (first + second), second / (first + second))
    let count = own.count / 2
    for index in 0..<count {
      joined[count + index] =
        a * joined[count + index] + b * after[count + index] + b / 2 * joined[index]
        - a / 2 * after[index]
      joined[index] += after[index]
    }
    return joined
  }

  private mutating func halves(
    _ row: Int?,
    _ block: RandomBlock,
    _ node: Node,
    _ own: [Double]
  ) -> (left: [Double], right: [Double]) {
    let place = Address(row: row, node: node.index)
    if let known = known[place] { return known }
    let law = law(of: node)
    var address = block
    address.step = UInt32(node.index)
    let normals = address.normal(columns: 4 * components)
    let count = own.count / 2
    var (left, right) = (own, own)
    normals.withSpan { normals in
      for index in 0..<count {
        let column = index / components * 4 * components + index % components
        let drawn = law.halves(
          increment: own[index],
          area: own[count + index],
          normals: (
            normals[column], normals[column + components], normals[column + 2 * components],
            normals[column + 3 * components]
          )
        )
        (left[index], left[count + index]) = drawn.left
        (right[index], right[count + index]) = drawn.right
      }
    }
    known[place] = (left, right)
    return (left, right)
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
