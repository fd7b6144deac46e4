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
  /// Whether nothing of the run was added to the destination before: a run that starts over
  /// overwrites it.
  var isFirstSum = false
  /// The plan of a broadcasting elementwise operation.
  var broadcast: MatrixBroadcast?
  /// The plan of a matrix product.
  var product: ProductPlan?
}

/// How a matrix product is computed.
struct ProductPlan: Sendable, Hashable {
  var size: MatrixProductSize
  var transposesFirst: Bool
  var transposesSecond: Bool
  var finish: ProductFinish
  /// Where the packed right factor stands among the packed factors of the program; nil where each run
  /// packs it.
  var packed: Range<Int>?
}

/// A right factor that is packed once for many runs.
struct PackedFactor: Sendable, Hashable {
  var source: Place
  var size: MatrixProductSize
  var isTransposed: Bool
  var range: Range<Int>
}

extension Instruction: CustomStringConvertible {
  /// Destination, operation, operands, shape.
  var description: String {
    let names = operands.map { "\($0.place)" }.joined(separator: ", ")
    let sign = isAdding ? "+=" : "="
    let finish =
      switch product?.finish {
      case .rectify: ", relu"
      case .gate: ", times relu'"
      case .keep, nil: ""
      }
    return "\(destination) \(sign) \(operation)\(finish) (\(names)) → \(shape)"
  }
}
