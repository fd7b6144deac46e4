internal import Tensors

/// Where a value stands while a program runs.
enum Place: Sendable, Hashable, CustomStringConvertible {
  case input(Int)
  case output(Int)
  case constant(Int)
  case arena(offset: Int, count: Int)

  var description: String {
    switch self {
    case .input(let slot): "input \(slot)"
    case .output(let index): "output \(index)"
    case .constant(let index): "constant \(index)"
    case .arena(let offset, _): "@\(offset)"
    }
  }
}

/// An operand: its place, and the shape it has there.
struct Operand: Sendable, Hashable {
  var place: Place
  var shape: [Int]
}

/// One step of a program.
struct Instruction: Sendable {
  var operation: Operation
  var operands: [Operand]
  var destination: Place
  var shape: [Int]
  /// Adds to the destination instead of overwriting it (products and copies into outputs).
  var isAdding = false
  /// The plan of a broadcasting elementwise operation.
  var broadcast: MatrixBroadcast?
}
