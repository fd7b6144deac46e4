internal import Tensors

/// Turns the records that some outputs need into instructions with planned memory.
struct Planner<Scalar: TensorScalar> {
  private let tape: Tape<Scalar>
  private let records: [FusedRecord]
  private let outputs: [Int]
  private let isAdding: [Bool]
  private let fixedInputs: Int
  private let products: ProductPrecision

  private(set) var instructions: [Instruction] = []
  private(set) var constants: [Tensor<Scalar>] = []
  private(set) var arena = Arena()
  private(set) var factors: [PackedFactor] = []
  /// Elements of memory for factors that each run packs.
  private(set) var scratchCount = 0

  private var places: [Int: Place] = [:]
  /// Whether a record is computed from a result of a matrix product.
  private var followsProduct: [Bool] = []
  private var uses: [Int] = []
  private var lastUse: [Int] = []
  private var isNeeded: [Bool] = []
  /// Products that go straight into an accumulating output, by record.
  private var directSums: [Int: Int] = [:]
  /// Accumulating outputs that some instruction adds to already.
  private var begun: Set<Int> = []
  /// Values added to an accumulating output once they are there.
  private var lateSums: [(record: Int, output: Int)] = []

  init(
    tape: Tape<Scalar>,
    outputs: [Variable<Scalar>],
    accumulating: [Bool],
    fixedInputs: Int,
    products: ProductPrecision
  ) {
    self.tape = tape
    self.outputs = outputs.map(\.index)
    self.isAdding = accumulating
    self.fixedInputs = fixedInputs
    self.products = products
    for output in outputs {
      require(output.tape === tape, "the outputs of a program must be of one tape")
    }
    records = Fusion.fusing(tape.records, outputs: self.outputs)
  }

  mutating func plan() {
    markNeeded()
    markProducts()
    for (output, record) in outputs.enumerated() where isAdding[output] {
      splitSum(record, into: output)
    }
    findLastUses()
    assignOverwrittenOutputs()
    for index in records.indices where isNeeded[index] { emit(index) }
    finishOutputs()
  }

  /// The record whose memory this one shares: reshaping and detaching move nothing.
  private func root(_ index: Int) -> Int {
    var index = index
    while true {
      switch records[index].operation {
      case .reshape, .detach: index = records[index].inputs[0]
      default: return index
      }
    }
  }

  private mutating func markNeeded() {
    let count = records.count
    uses = [Int](repeating: 0, count: count)
    isNeeded = [Bool](repeating: false, count: count)
    for output in outputs {
      isNeeded[output] = true
      uses[output] += 1
    }
    for index in stride(from: count - 1, through: 0, by: -1) where isNeeded[index] {
      for input in records[index].inputs {
        isNeeded[input] = true
        uses[input] += 1
      }
    }
  }

  private mutating func markProducts() {
    followsProduct = [Bool](repeating: false, count: records.count)
    for (index, record) in records.enumerated() {
      switch record.operation {
      case .product, .linear: followsProduct[index] = true
      default: followsProduct[index] = record.inputs.contains { followsProduct[$0] }
      }
    }
  }

  /// The precision of a product: full where it is narrow or where a factor is no result of another product,
  /// such as times and points, whose digits count.
  private func precision(of record: FusedRecord) -> ProductPrecision {
    guard products != .full, record.inputs.count >= 2 else { return .full }
    let (left, right) = (records[record.inputs[0]].shape, records[record.inputs[1]].shape)
    let isTransposed =
      if case .product(transposingFirst: true, _) = record.operation { true } else { false }
    // Narrower products take little time, and packing takes as long as they do. But what becomes of a row
    // must not depend on how many there are.
    let isWide = ((isTransposed ? left : Array(left.dropFirst())) + right).allSatisfy { $0 >= 32 }
    let areInner = record.inputs.prefix(2).allSatisfy { followsProduct[$0] || isFixed($0) }
    return isWide && areInner ? products : .full
  }

  private func isFixed(_ index: Int) -> Bool {
    switch records[root(index)].operation {
    case .input(let slot): slot < fixedInputs
    case .constant: true
    default: false
    }
  }

  /// Sends the terms of a sum that nobody else reads to the output one by one.
  private mutating func splitSum(_ index: Int, into output: Int) {
    // A list and not a recursion, which would overflow the stack in a long sum.
    var rest = [index]
    while let index = rest.popLast() {
      let record = records[index]
      if uses[index] == 1 {
        switch record.operation {
        case .binary(.add) where record.inputs.allSatisfy { records[$0].shape == record.shape }:
          isNeeded[index] = false
          rest += record.inputs.reversed()
          continue
        case .reshape:
          isNeeded[index] = false
          rest.append(record.inputs[0])
          continue
        case .product where record.finish == .keep:
          directSums[index] = output
          continue
        default: break
        }
      }
      lateSums.append((index, output))
    }
  }

  private mutating func findLastUses() {
    lastUse = [Int](repeating: -1, count: records.count)
    for index in records.indices where isNeeded[index] {
      for input in records[index].inputs { lastUse[root(input)] = index }
    }
    // What an output copies at the end lives to the end.
    for (output, record) in outputs.enumerated() where !isAdding[output] {
      lastUse[root(record)] = Int.max
    }
    for sum in lateSums { lastUse[root(sum.record)] = Int.max }
  }

  /// A value that is overwritten into one output is computed there.
  private mutating func assignOverwrittenOutputs() {
    for (output, record) in outputs.enumerated() where !isAdding[output] {
      let source = root(record)
      switch records[source].operation {
      case .input, .constant, .fill: continue
      default: if places[source] == nil { places[source] = .output(output) }
      }
    }
  }

  private mutating func place(of index: Int) -> Place {
    let source = root(index)
    if let place = places[source] { return place }
    let record = records[source]
    switch record.operation {
    case .input(let slot):
      places[source] = .input(slot)
      return .input(slot)
    case .constant(let constant):
      constants.append(tape.constants[constant])
    case .fill(let value):
      constants.append(Tensor(repeating: Scalar(value), shape: record.shape))
    default:
      fatalError("record \(source) is read before it is computed")
    }
    places[source] = .constant(constants.count - 1)
    return .constant(constants.count - 1)
  }

  private mutating func emit(_ index: Int) {
    let record = records[index]
    switch record.operation {
    case .input, .constant, .fill, .reshape, .detach: return
    default: break
    }
    let operands = record.inputs.map {
      Operand(place: place(of: $0), shape: records[$0].shape)
    }
    let dying = Set(record.inputs.map { root($0) }).filter { lastUse[$0] == index }
    var instruction = Instruction(
      operation: record.operation,
      operands: operands,
      destination: .arena(offset: 0, count: 0),
      shape: record.shape
    )
    instruction.readsValue = record.readsValue
    if case .binary = record.operation {
      instruction.broadcast = MatrixBroadcast(
        operands[0].shape,
        operands[1].shape,
        result: record.shape
      )
    }
    instruction.product = productPlan(record, operands, precision: precision(of: record))
    if let output = directSums[index] {
      instruction.destination = .output(output)
      instruction.isAdding = true
      instruction.isFirstSum = begun.insert(output).inserted
    } else if let place = places[index] {
      instruction.destination = place
    } else {
      instruction.destination = allocate(record, dying: dying)
      places[index] = instruction.destination
    }
    instructions.append(instruction)
    for source in dying {
      if case .arena(let offset, let count)? = places[source],
        .arena(offset: offset, count: count) != instruction.destination
      {
        arena.release(offset: offset, count: count)
      }
    }
  }

  private mutating func productPlan(
    _ record: FusedRecord,
    _ operands: [Operand],
    precision: ProductPrecision
  ) -> ProductPlan? {
    let transposes: (first: Bool, second: Bool)
    switch record.operation {
    case .product(let first, let second): transposes = (first, second)
    case .linear: transposes = (false, true)
    default: return nil
    }
    let size = MatrixProductSize(
      operands[0].shape,
      operands[1].shape,
      transposingFirst: transposes.first,
      transposingSecond: transposes.second
    )
    var plan = ProductPlan(
      size: size,
      left: .rows,
      right: .panels,
      transposesSecond: transposes.second,
      finish: record.finish,
      precision: precision
    )
    plan.packed = factor(operands[1].place, plan)
    if transposes.first {
      plan.left = precision == .full ? Kernels.layoutOfTransposed(size, as: Scalar.self) : .strips
    }
    if plan.packed == nil, precision == .full, !transposes.second {
      plan.right = Kernels.layoutOfRight(size, as: Scalar.self)
    }
    scratchCount = max(
      scratchCount,
      Arena.rounded(plan.leftCount) + (plan.packed == nil ? plan.rightCount(as: Scalar.self) : 0)
    )
    return plan
  }

  /// Where a right factor that is the same at many runs is packed.
  private mutating func factor(_ source: Place, _ plan: ProductPlan) -> Range<Int>? {
    switch source {
    case .input(let slot) where slot < fixedInputs: break
    case .constant: break
    default: return nil
    }
    let known = factors.first {
      $0.source == source && $0.isTransposed == plan.transposesSecond
        && $0.precision == plan.precision && $0.size.inner == plan.size.inner
        && $0.size.columns == plan.size.columns
    }
    if let known { return known.range }
    let start = factors.last.map { Arena.rounded($0.range.upperBound) } ?? 0
    let range = start..<start + plan.rightCount(as: Scalar.self)
    factors.append(
      PackedFactor(
        source: source,
        size: plan.size,
        isTransposed: plan.transposesSecond,
        precision: plan.precision,
        range: range
      )
    )
    return range
  }

  /// Memory for a result: that of an operand of the same count that dies here, where the operation
  /// reads each element before it writes it, else fresh memory.
  private mutating func allocate(_ record: FusedRecord, dying: Set<Int>) -> Place {
    let count = record.shape.elementCount
    if record.operation.isElementwise {
      for input in record.inputs {
        let source = root(input)
        guard dying.contains(source), records[input].shape == record.shape,
          case .arena(let offset, let own)? = places[source],
          own == Arena.rounded(count)
        else { continue }
        return .arena(offset: offset, count: own)
      }
    }
    let size = Arena.rounded(count)
    return .arena(offset: arena.take(size), count: size)
  }

  private mutating func finishOutputs() {
    for (output, record) in outputs.enumerated() where !isAdding[output] {
      let from = place(of: record)
      if from == .output(output) { continue }
      copy(from, to: output, shape: records[record].shape, isAdding: false)
    }
    for sum in lateSums {
      copy(
        place(of: sum.record),
        to: sum.output,
        shape: records[sum.record].shape,
        isAdding: true
      )
    }
  }

  private mutating func copy(_ from: Place, to output: Int, shape: [Int], isAdding: Bool) {
    instructions.append(
      Instruction(
        operation: .reshape,
        operands: [Operand(place: from, shape: shape)],
        destination: .output(output),
        shape: shape,
        isAdding: isAdding,
        isFirstSum: isAdding && begun.insert(output).inserted
      )
    )
  }
}

extension Operation {
  /// Whether element i of the result needs no other element of an operand of the same shape.
  var isElementwise: Bool {
    switch self {
    case .unary, .affine, .binary, .select, .activation, .activationProduct: true
    default: false
    }
  }
}
