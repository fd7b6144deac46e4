import Gradients
import Tensors
import TestSupport

/// A random expression graph, written twice: recorded, and computed at once, a tensor a node.
///
/// Both use the same kernels, so the results must have the same bits.
struct RandomGraph {
  private(set) var variables: [Variable<Double>] = []
  private(set) var values: [Tensor<Double>] = []
  let inputs: [Tensor<Double>]
  private var generator: TestGenerator

  /// - Parameters:
  ///   - seed: of the graph and of the inputs.
  ///   - operations: the number of nodes besides the inputs.
  init(seed: UInt64, operations: Int) {
    generator = TestGenerator(seed)
    inputs = [[4, 3], [3, 4], [4, 4], [1, 4], [4, 1], [1, 1], [12]].enumerated().map {
      testTensor($1, seed: 1_000 * seed + UInt64($0))
    }
    let tape = Tape<Double>()
    variables = inputs.map { tape.input($0.shape) }
    values = inputs
    let constant: Tensor<Double> = testTensor([4, 4], seed: seed + 77)
    variables.append(tape.constant(constant))
    values.append(constant)
    while values.count < inputs.count + 1 + operations { addNode() }
  }

  mutating func pick() -> Int { Int.random(in: 0..<values.count, using: &generator) }

  mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

  /// Adds a node unless the operands drawn do not fit.
  private mutating func addNode() {
    let (a, b, c) = (pick(), pick(), pick())
    let (x, y) = (variables[a], values[a])
    switch number(below: 17) {
    case 0...1:
      let kinds: [UnaryOperation] = [.negate, .absolute, .sin, .cos, .tanh, .sigmoid, .erf]
      let kind = kinds[number(below: kinds.count)]
      append(x.applying(kind), y.applying(kind))
    case 2: append(x.affine(scale: 0.5, offset: -1), y.affine(scale: 0.5, offset: -1))
    case 3...6:
      guard Broadcasting.combine(y.shape, values[b].shape) != nil else { return }
      let kinds: [BinaryOperation] = [.add, .subtract, .multiply, .maximum, .greater]
      let kind = kinds[number(below: kinds.count)]
      let bounded = Variable.elementwise(kind, x, variables[b]).tanh
      append(bounded, Tensor.elementwise(kind, y, values[b]).applying(.tanh))
      // The bare operation too, which may be overwritten in place.
      append(
        .elementwise(kind, x, variables[b]),
        .elementwise(kind, y, values[b])
      )
    case 7:
      guard values[b].shape == y.shape, values[c].shape == y.shape else { return }
      append(
        .select(x, variables[b], variables[c]),
        .select(y, values[b], values[c])
      )
    case 8:
      let kind = Activation.allCases[number(below: Activation.allCases.count)]
      append(x.activated(kind), y.activated(kind))
    case 9...10:
      let (first, second) = (number(below: 2) == 1, number(below: 2) == 1)
      guard y.rank == 2, values[b].rank == 2,
        y.shape[first ? 0 : 1] == values[b].shape[second ? 1 : 0]
      else { return }
      append(
        .product(x, variables[b], transposingFirst: first, transposingSecond: second),
        .product(y, values[b], transposingFirst: first, transposingSecond: second)
      )
    case 11:
      let axis = number(below: y.rank)
      if number(below: 2) == 0 && y.shape[axis] > 1 {
        append(x.sum(along: axis, keepingAxis: true), y.sum(along: axis, keepingAxis: true))
      } else {
        append(x.max(along: axis, keepingAxis: true), y.max(along: axis, keepingAxis: true))
      }
    case 12:
      let shapes = [[4, 3], [3, 4], [2, 6], [12], [16], [4, 4], [1, 4], [4, 1], [4]]
      let fitting = shapes.filter { $0.reduce(1, *) == y.count }
      guard !fitting.isEmpty else { return }
      let shape = fitting[number(below: fitting.count)]
      append(x.reshaped(shape), y.reshaped(shape))
    case 13:
      guard y.rank == 2 else { return }
      append(x.transposed, y.transposed)
    case 14:
      guard y.rank == 2, values[b].shape == y.shape else { return }
      let axis = number(below: 2)
      let length = y.shape[axis]
      let joined = Variable.concatenating([x, variables[b], x], along: axis)
      let joinedValue = Tensor.concatenating([y, values[b], y], along: axis)
      let range = length - 1..<2 * length - 1
      append(joined.slice(range, along: axis), joinedValue.slice(range, along: axis))
    case 15:
      guard y.rank == 2 else { return }
      let rows = (0..<4).map { _ in number(below: y.shape[0]) }
      append(
        x.gatheringRows(x.tape.constant(Tensor(rows.map(Double.init)))),
        y.gatheringRows(rows)
      )
    default: append(x.detached, y)
    }
  }

  private mutating func append(_ variable: Variable<Double>, _ value: Tensor<Double>) {
    // Products of products grow without bound; a number beyond this would hide an error as ∞ or
    // not a number, which are equal to too much.
    guard value.elements.allSatisfy({ abs($0) < 1e6 }) else { return }
    variables.append(variable)
    values.append(value)
  }
}
