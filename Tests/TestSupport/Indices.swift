package import Tensors

/// All indices of a shape, in row-major order.
package func indices(of shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { prefixes, length in
    prefixes.flatMap { prefix in (0..<length).map { prefix + [$0] } }
  }
}

/// The row-major position of an index.
package func position(_ index: [Int], in shape: [Int]) -> Int {
  zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }
}

/// The element that an operand of a broadcast shows at an index of the result.
package func element<Scalar>(
  _ tensor: Tensor<Scalar>,
  _ elements: [Scalar],
  at index: [Int]
) -> Scalar {
  let own = index.suffix(tensor.rank)
  return elements[
    position(zip(own, tensor.shape).map { $1 == 1 ? 0 : $0 }, in: tensor.shape)
  ]
}

/// Pairs of shapes that combine, and what they combine to: every kind of broadcast.
package let broadcastPairs: [(first: [Int], second: [Int], result: [Int])] = [
  ([], [], []),
  ([], [3], [3]),
  ([1], [4], [4]),
  ([7], [7], [7]),
  ([3, 4], [], [3, 4]),
  ([3, 4], [4], [3, 4]),
  ([3, 4], [1, 4], [3, 4]),
  ([3, 4], [3, 1], [3, 4]),
  ([3, 1], [1, 4], [3, 4]),
  ([1, 4], [3, 1], [3, 4]),
  ([3, 1], [4], [3, 4]),
  ([2, 3, 4], [2, 3, 4], [2, 3, 4]),
  ([2, 3, 4], [4], [2, 3, 4]),
  ([2, 3, 4], [3, 4], [2, 3, 4]),
  ([2, 3, 4], [2, 1, 1], [2, 3, 4]),
  ([2, 3, 4], [2, 1, 4], [2, 3, 4]),
  ([2, 3, 1], [1, 1, 4], [2, 3, 4]),
  ([2, 1, 4], [3, 1], [2, 3, 4]),
  ([2, 1, 1], [1, 3, 1], [2, 3, 1]),
  ([2, 1, 1], [3, 1], [2, 3, 1]),
  ([1, 2, 1, 3], [4, 1, 5, 1], [4, 2, 5, 3]),
  ([0], [1], [0]),
  ([0, 3], [3], [0, 3]),
  ([2, 1], [1, 0], [2, 0]),
]
