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
  let place: Place
  let shape: [Int]
  let count: Int

  init(place: Place, shape: [Int]) {
    self.place = place
    self.shape = shape
    count = shape.elementCount
  }
}

/// One step of a program.
struct Instruction: Sendable {
  var operation: Operation
  var operands: [Operand]
  var destination: Place
  let shape: [Int]
  let count: Int
  /// Adds to the destination instead of overwriting it (products and copies into outputs).
  var isAdding = false
  /// Whether nothing of the run was added to the destination before: a run that starts over
  /// overwrites it.
  var isFirstSum = false
  /// Whether an activation's slope is computed from σ(z), its first operand, instead of z.
  var readsValue = false
  /// The plan of a broadcasting elementwise operation.
  var broadcast: MatrixBroadcast?
  /// The plan of a matrix product.
  var product: ProductPlan?

  init(
    operation: Operation,
    operands: [Operand],
    destination: Place,
    shape: [Int],
    isAdding: Bool = false,
    isFirstSum: Bool = false
  ) {
    self.operation = operation
    self.operands = operands
    self.destination = destination
    self.shape = shape
    count = shape.elementCount
    self.isAdding = isAdding
    self.isFirstSum = isFirstSum
  }
}

extension Instruction {
  /// The same with arrays that nothing else refers to.
  var inOwnMemory: Instruction {
    var own = Instruction(
      operation: operation,
      operands: operands.map { Operand(place: $0.place, shape: $0.shape.map(\.self)) },
      destination: destination,
      shape: shape.map(\.self),
      isAdding: isAdding,
      isFirstSum: isFirstSum
    )
    own.readsValue = readsValue
    own.broadcast = broadcast
    own.product = product
    return own
  }
}

/// How a matrix product is computed.
struct ProductPlan: Sendable, Hashable {
  var size: MatrixProductSize
  /// How the left factor lies in memory; strips are packed by the run.
  var left: LeftLayout
  /// How the right factor lies in memory; panels are packed by the run where they are not yet.
  var right: RightLayout
  var transposesSecond: Bool
  var finish: ProductFinish
  var precision: ProductPrecision
  /// Where the packed right factor stands among the packed factors of the program; nil where each run
  /// packs it.
  var packed: Range<Int>?

  /// Elements of memory for the left factor where a run packs it.
  var leftCount: Int {
    switch (precision, left) {
    case (.bfloat16, _): Kernels.pairedLeftCount(size)
    case (.full, .strips): size.rows * size.inner
    case (.full, .rows), (.full, .columns): 0
    }
  }

  /// Elements of memory for the right factor where it is packed.
  func rightCount<Scalar: TensorScalar>(as scalar: Scalar.Type) -> Int {
    if right == .rows { return 0 }
    switch precision {
    case .full: return Kernels.packedCount(size, as: Scalar.self)
    case .bfloat16: return Kernels.pairedCount(size)
    }
  }
}

/// A right factor that is packed once for many runs.
struct PackedFactor: Sendable, Hashable {
  var source: Place
  var size: MatrixProductSize
  var isTransposed: Bool
  var precision: ProductPrecision
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
    let precision = product?.precision == .bfloat16 ? " of bfloat16" : ""
    let source = readsValue ? ", from the value" : ""
    return "\(destination) \(sign) \(operation)\(precision)\(finish)\(source) (\(names)) → \(shape)"
  }
}
