import Integrators

/// A rooted tree: its root's subtrees.
///
/// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.2.
struct RootedTree: Hashable {
  let subtrees: [RootedTree]

  /// The number of vertices.
  var order: Int { 1 + subtrees.reduce(0) { $0 + $1.order } }

  /// γ: the order times the densities of the subtrees.
  var density: Double { Double(order) * subtrees.reduce(1) { $0 * $1.density } }

  /// A name that does not depend on the order of the subtrees.
  private var name: String { "[" + subtrees.map(\.name).sorted().joined() + "]" }

  /// All trees of up to an order: each of order n + 1 is one of order n with a leaf added.
  static func all(upTo order: Int) -> [RootedTree] {
    var levels = [[RootedTree(subtrees: [])]]
    while levels.count < order {
      var found: [String: RootedTree] = [:]
      for tree in (levels.last ?? []).flatMap(\.withLeaf) { found[tree.name] = tree }
      levels.append(found.keys.sorted().compactMap { found[$0] })
    }
    return levels.flatMap { $0 }
  }

  private var withLeaf: [RootedTree] {
    var result = [RootedTree(subtrees: subtrees + [RootedTree(subtrees: [])])]
    for (index, subtree) in subtrees.enumerated() {
      for grown in subtree.withLeaf {
        var others = subtrees
        others[index] = grown
        result.append(RootedTree(subtrees: others))
      }
    }
    return result
  }

  /// Σ over each row's part of the tableau: Π over the subtrees of (A · row).
  func elementary(_ matrix: [[Double]], count: Int) -> [Double] {
    var product = [Double](repeating: 1, count: count)
    for subtree in subtrees {
      let inner = subtree.elementary(matrix, count: count)
      for row in 0..<count {
        product[row] *= zip(matrix[row], inner).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    return product
  }
}

extension RungeKutta {
  /// All slopes as one tableau: the stages, the slope at the end, the dense output's stages.
  var wholeTableau: [[Double]] { stages + [weights] + dense.stages }

  /// The largest violation of Σ bᵢ Φᵢ = θ^order/γ over all trees of up to an order, in units of the
  /// rounding: 2⁻⁵³ times the same sum with all numbers replaced by their magnitudes.
  func violation(_ weights: [Double], theta: Double = 1, order: Int) -> Double {
    let matrix = wholeTableau
    let magnitudes = matrix.map { $0.map(abs) }
    var worst = 0.0
    for tree in RootedTree.all(upTo: order) {
      let values = tree.elementary(matrix, count: matrix.count)
      let bounds = tree.elementary(magnitudes, count: matrix.count)
      let sum = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
      let bound = zip(weights, bounds).reduce(0) { $0 + abs($1.0) * $1.1 }
      let wanted = (0..<tree.order).reduce(1) { power, _ in power * theta } / tree.density
      worst = max(worst, abs(sum - wanted) / (0x1p-53 * max(bound, wanted)))
    }
    return worst
  }
}
