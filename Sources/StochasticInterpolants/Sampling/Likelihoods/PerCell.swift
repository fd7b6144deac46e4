internal import Tensors

/// Results of the cells of a grid, brought by any thread.
final class PerCell: Sendable {
  private let results: Lock<[[Tensor<Double>]]>

  init(count: Int) { results = Lock([[Tensor<Double>]](repeating: [], count: count)) }

  func store(_ own: [Tensor<Double>], of cell: Int) { results.withLock { $0[cell] = own } }

  /// The results of all cells, a row each.
  var joined: [Tensor<Double>] {
    let all = results.withLock { $0 }
    return all[0].indices.map { index in
      .concatenating(all.map { $0[index].reshaped([1, $0[index].count]) })
    }
  }
}
