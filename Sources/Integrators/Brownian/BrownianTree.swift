public import Tensors

/// A virtual Brownian tree: the noise of any interval of one path, with its space–time Lévy area.
///
/// The interval is halved `depth` times; the halves of a node are drawn given the node's own increment
/// and area, from numbers addressed by (seed, sample, node). Nothing is stored: every question walks
/// from the root, in some 2·depth draws. One path can so be solved with any steps whose ends are
/// leaves, and what fine steps see adds up to what coarse ones see. On one fixed grid
/// ``BrownianIncrements`` are an order of magnitude cheaper, but they are another path on every grid.
///
/// Jelinčič, Foster, Kidger: Single-Seed Generation of Brownian Paths and Integrals for Adaptive and
/// High Order SDE Solvers (2024), for constant ε.
public struct BrownianTree: Sendable {
  /// Seed, stream and samples; the tree uses the third part of the stream, and the step for its nodes.
  public let block: RandomBlock
  /// √(2ε(t)) dW.
  ///
  /// A node is drawn by its own moments and its halves by theirs, given the node. Parts always add up to
  /// the whole; the law of the parts is right as far as the moments of halves add up to those of the
  /// node. Moments that are known do. Of an ε(t) that is integrated by a rule 512 equal parts of the
  /// interval have the rule's, and larger nodes have these joined: an ε that is analytic on the scale of a
  /// part is right to rounding, and a jump errs by some 10⁻⁴ of its height.
  public let noise: AdditiveNoise
  /// The first time.
  public let start: Double
  /// The last time; smaller than the first for a path of the backward equation.
  public let end: Double
  /// The number of halvings.
  public let depth: Int
  /// The moments of the larger nodes, by their index, where those of `noise` do not add up.
  private let joined: [NoiseMoments]

  /// The paths of the samples of a block.
  ///
  /// - Parameters:
  ///   - block: seed, stream and samples, a row each; its step is not looked at.
  ///   - noise: √(2ε(t)) dW.
  ///   - start: the first time.
  ///   - end: the last time, another; smaller for the backward equation.
  ///   - depth: the number of halvings, in 1...31; a leaf is |end − start|/2^depth long.
  public init(
    _ block: RandomBlock,
    noise: AdditiveNoise,
    from start: Double,
    to end: Double,
    depth: Int = 24
  ) {
    require(
      depth >= 1 && depth <= 31,
      "the depth \(depth) of a Brownian tree must lie in 1...31"
    )
    require(
      start != end && start.isFinite && end.isFinite,
      "a Brownian tree needs two different finite ends, got \(start) and \(end)"
    )
    var root = block
    root.step = 0
    self.block = root
    self.noise = noise
    self.start = start
    self.end = end
    self.depth = depth
    joined = noise.isAdditive ? [] : Self.joined(noise, from: start, to: end)
  }

  /// The moments of 512 equal parts and of all nodes above them; node k has the halves 2k and 2k + 1.
  private static func joined(
    _ noise: AdditiveNoise,
    from start: Double,
    to end: Double
  ) -> [NoiseMoments] {
    let count = 512
    func time(_ part: Int) -> Double {
      part == count ? end : start + (end - start) * (Double(part) / Double(count))
    }
    var nodes = [NoiseMoments](repeating: NoiseMoments(uniform: 0), count: 2 * count)
    for part in 0..<count {
      nodes[count + part] = noise.moments(from: time(part), to: time(part + 1))
    }
    for node in (1..<count).reversed() {
      nodes[node] = NoiseMoments(joining: nodes[2 * node], nodes[2 * node + 1])
    }
    return nodes
  }

  /// The moments of a node, of which 1 is the root and 2k and 2k + 1 are the halves of k.
  func moments(ofNode index: Int, leaves: Range<Int>) -> NoiseMoments {
    if index < joined.count { return joined[index] }
    return noise.moments(
      from: time(ofLeaf: leaves.lowerBound),
      to: time(ofLeaf: leaves.upperBound)
    )
  }

  /// The number of leaves.
  public var leafCount: Int { 1 << depth }

  /// The length of a leaf.
  public var leafSize: Double { abs(end - start) / Double(leafCount) }

  /// The time at which a leaf starts, the last time for `leafCount`.
  public func time(ofLeaf leaf: Int) -> Double {
    leaf == leafCount ? end : start + (end - start) * (Double(leaf) / Double(leafCount))
  }

  /// The leaf whose start is nearest to a time.
  public func leaf(nearest time: Double) -> Int {
    let place = ((time - start) / (end - start) * Double(leafCount)).rounded()
    require(
      place >= 0 && place <= Double(leafCount),
      "the time \(time) is outside the Brownian tree from \(start) to \(end)"
    )
    return Int(place)
  }

  /// A grid with its times moved to the nearest leaves, by at most half a leaf.
  public func snapped(_ grid: TimeGrid) -> TimeGrid {
    TimeGrid(grid.times.map { time(ofLeaf: leaf(nearest: $0)) })
  }

  /// The noise between two leaves, for every row.
  ///
  /// - Parameters:
  ///   - first: the leaf at which the interval starts.
  ///   - last: the leaf at which it ends, a later one.
  ///   - components: the columns of the state.
  /// - Returns: increment and area, `[rows, components]`.
  public func noise(fromLeaf first: Int, to last: Int, components: Int) -> StepNoise {
    var walk = TreeWalk(self, components: components)
    return walk.noise(from: first, to: last)
  }
}
