package import Gradients
package import Tensors

/// A recorded function to differentiate: an operation with some shapes of its inputs.
package struct RecordedCase: Sendable, CustomStringConvertible {
  /// Shown by a failing test.
  package let description: String
  /// The shapes of the inputs.
  package let shapes: [[Int]]
  /// Where the inputs lie; the function is smooth near every point with distinct elements there.
  package let domain: ClosedRange<Double>
  /// Records the function.
  package let function: @Sendable ([Variable<Double>]) -> Variable<Double>

  init(
    _ description: String,
    _ shapes: [[Int]],
    in domain: ClosedRange<Double> = -1.9...1.9,
    _ function: @escaping @Sendable ([Variable<Double>]) -> Variable<Double>
  ) {
    self.description = description
    self.shapes = shapes
    self.domain = domain
    self.function = function
  }

  /// A point at which the function is smooth.
  package var point: [Tensor<Double>] { separatedTensors(shapes, seed: 11, in: domain) }
}

/// Every operation that can be recorded: a new one is tested by being added here.
package let recordedCases: [RecordedCase] =
  unaryCases + binaryCases + activationCases + shapeCases + matrixCases

private let unaryCases: [RecordedCase] = UnaryOperation.allCases.map { operation in
  let domain: ClosedRange<Double> =
    switch operation {
    case .squareRoot, .reciprocal, .log: 0.4...2.6
    case .logOnePlus: -0.5...2.4
    default: -1.9...1.9
    }
  return RecordedCase("\(operation)", [[2, 5]], in: domain) { $0[0].applying(operation) }
}

/// The broadcasts whose derivatives sum along other axes.
private let binaryShapes: [([Int], [Int])] = [
  ([2, 3], [2, 3]), ([2, 3], []), ([3], [2, 3]), ([2, 1], [1, 3]), ([2, 2, 3], [2, 1, 3]),
  ([1, 3], [2, 1, 1]),
]

private let binaryCases: [RecordedCase] = BinaryOperation.allCases.flatMap { operation in
  binaryShapes.map { first, second in
    RecordedCase(
      "\(operation) of \(first) and \(second)",
      [first, second],
      in: operation == .divide ? 0.5...2.6 : -1.9...1.9
    ) { .elementwise(operation, $0[0], $0[1]) }
  }
}

private let activationCases: [RecordedCase] = Activation.allCases.flatMap { kind in
  (0...2).map { order in
    RecordedCase("\(kind), derivative \(order)", [[3, 4]], in: -2.9...2.9) {
      $0[0].activated(kind, order: order)
    }
  }
}

private let shapeCases: [RecordedCase] = [
  RecordedCase("affine", [[2, 3]]) { $0[0].affine(scale: -2.5, offset: 0.75) },
  RecordedCase("number operators", [[2, 3]]) { 3 * (2 - $0[0]) / 4 + 1 - 0.5 },
  RecordedCase("select", [[2, 3], [2, 3], [2, 3]]) {
    .select(.elementwise(.greater, $0[0], $0[0].tape.fill(0)), $0[1], $0[2])
  },
  RecordedCase("select with broadcasting", [[2, 1], [3], []]) {
    .select(.elementwise(.greater, $0[0], $0[0].tape.fill(0)), $0[1], $0[2])
  },
  RecordedCase("sum along 0", [[3, 4]]) { $0[0].sum(along: 0) },
  RecordedCase("sum along the middle", [[2, 3, 2]]) { $0[0].sum(along: 1, keepingAxis: true) },
  RecordedCase("sum along the last", [[3, 4]]) { $0[0].sum(along: -1) },
  RecordedCase("sum", [[3, 4]]) { $0[0].sum() },
  RecordedCase("mean", [[3, 4]]) { $0[0].mean() },
  RecordedCase("mean along 0", [[3, 4]]) { $0[0].mean(along: 0) },
  RecordedCase("max along 0", [[3, 4]]) { $0[0].max(along: 0) },
  RecordedCase("max along the middle", [[2, 3, 2]]) { $0[0].max(along: 1, keepingAxis: true) },
  RecordedCase("max along the last", [[3, 4]]) { $0[0].max(along: -1) },
  RecordedCase("broadcast of a row", [[3]]) { $0[0].broadcast(to: [4, 3]) },
  RecordedCase("broadcast of a column", [[4, 1]]) { $0[0].broadcast(to: [2, 4, 3]) },
  RecordedCase("reshape", [[2, 6]]) { $0[0].reshaped([3, 4]) },
  RecordedCase("transpose", [[2, 5]]) { $0[0].transposed },
  RecordedCase("concatenate rows", [[2, 3], [1, 3], [2, 3]]) { .concatenating($0) },
  RecordedCase("concatenate columns", [[2, 1], [2, 3]]) { .concatenating($0, along: 1) },
  RecordedCase("concatenate a value with itself", [[2, 2]]) {
    .concatenating([$0[0], $0[0]], along: 1)
  },
  RecordedCase("slice of rows", [[5, 2]]) { $0[0].slice(1..<4) },
  RecordedCase("slice of columns", [[2, 5]]) { $0[0].slice(2..<4, along: 1) },
  RecordedCase("slice of the middle", [[2, 4, 2]]) { $0[0].slice(1..<2, along: 1) },
  RecordedCase("gather", [[4, 3]]) {
    $0[0].gatheringRows($0[0].tape.constant(Tensor([2, 0, 2, 3, 2])))
  },
  RecordedCase("the same value twice", [[2, 3]]) { $0[0] * $0[0] + $0[0] },
]

private let matrixCases: [RecordedCase] =
  [false, true].flatMap { first in
    [false, true].map { second in
      RecordedCase(
        "product\(first ? ", first transposed" : "")\(second ? ", second transposed" : "")",
        [first ? [3, 2] : [2, 3], second ? [4, 3] : [3, 4]]
      ) {
        .product($0[0], $0[1], transposingFirst: first, transposingSecond: second)
      }
    }
  } + [
    RecordedCase("product of a matrix with itself", [[3, 3]]) {
      .product($0[0], $0[0], transposingSecond: true)
    },
    RecordedCase("linear", [[3, 2], [4, 2], [4]]) { $0[0].linear(weight: $0[1], bias: $0[2]) },
    RecordedCase("linear and SiLU", [[3, 2], [4, 2], [4]]) {
      $0[0].linear(weight: $0[1], bias: $0[2]).activated(.silu)
    },
  ]
