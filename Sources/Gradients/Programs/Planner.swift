internal import Tensors

/// Turns the records that some outputs need into instructions with planned memory.
struct Planner<Scalar: TensorScalar> {
  private let tape: Tape<Scalar>
  private let outputs: [Int]
  private let isAdding: [Bool]

  private(set) var instructions: [Instruction] = []
  private(set) var constants: [Tensor<Scalar>] = []
  private(set) var arena = Arena()

  private var places: [Int: Place] = [:]
  private var uses: [Int] = []
  private var lastUse: [Int] = []
  private var isNeeded: [Bool] = []
  /// Products that go straight into an accumulating output, by record.
  private var directSums: [Int: Int] = [:]
  /// Values added to an accumulating output once they are there.
  private var lateSums: [(record: Int, output: Int)] = []

  init(tape: Tape<Scalar>, outputs: [Variable<Scalar>], accumulating: [Bool]) {
    self.tape = tape
    self.outputs = outputs.map(\.index)
    self.isAdding = accumulating
    for output in outputs {
      require(output.tape === tape, "the outputs of a program must be of one tape")
    }
  }

  mutating func plan() {
    markNeeded()
    for (output, record) in outputs.enumerated() where isAdding[output] {
      splitSum(record, into: output)
    }
    findLastUses()
    assignOverwrittenOutputs()
    for index in tape.records.indices where isNeeded[index] { emit(index) }
    finishOutputs()
  }

  /// The record whose memory this one shares: reshaping and detaching move nothing.
  private func root(_ index: Int) -> Int {
    switch tape.records[index].operation {
    case .reshape, .detach: root(tape.records[index].inputs[0])
    default: index
    }
  }

  private mutating func markNeeded() {
    let count = tape.records.count
    uses = [Int](repeating: 0, count: count)
    isNeeded = [Bool](repeating: false, count: count)
    for output in outputs {
      isNeeded[output] = true
      uses[output] += 1
    }
    for index in stride(from: count - 1, through: 0, by: -1) where isNeeded[index] {
      for input in tape.records[index].inputs {
        isNeeded[input] = true
        uses[input] += 1
      }
    }
  }

  /// Sends the terms of a sum that nobody else reads to the output one by one.
  private mutating func splitSum(_ index: Int, into output: Int) {
    let record = tape.records[index]
    if uses[index] == 1 {
      switch record.operation {
      case .binary(.add) where record.inputs.allSatisfy { tape.records[$0].shape == record.shape }:
        isNeeded[index] = false
        for input in record.inputs { splitSum(input, into: output) }
        return
      case .reshape:
        isNeeded[index] = false
        splitSum(record.inputs[0], into: output)
        return
      case .product:
        directSums[index] = output
        return
      default: break
      }
    }
    lateSums.append((index, output))
  }

  private mutating func findLastUses() {
    lastUse = [Int](repeating: -1, count: tape.records.count)
    for index in tape.records.indices where isNeeded[index] {
      for input in tape.records[index].inputs { lastUse[root(input)] = index }
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
      switch tape.records[source].operation {
      case .input, .constant, .fill: continue
      default: if places[source] == nil { places[source] = .output(output) }
      }
    }
  }

  private mutating func place(of index: Int) -> Place {
    let source = root(index)
    if let place = places[source] { return place }
    let record = tape.records[source]
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
    let record = tape.records[index]
    switch record.operation {
    case .input, .constant, .fill, .reshape, .detach: return
    default: break
    }
    let operands = record.inputs.map {
      Operand(place: place(of: $0), shape: tape.records[$0].shape)
    }
    let dying = Set(record.inputs.map { root($0) }).filter { lastUse[$0] == index }
    var instruction = Instruction(
      operation: record.operation, operands: operands, destination: .arena(offset: 0, count: 0),
      shape: record.shape)
    if case .binary = record.operation {
      instruction.broadcast = MatrixBroadcast(
        operands[0].shape, operands[1].shape, result: record.shape)
    }
    if let output = directSums[index] {
      instruction.destination = .output(output)
      instruction.isAdding = true
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

  /// Memory for a result: that of an operand of the same count that dies here, where the operation
  /// reads each element before it writes it, else fresh memory.
  private mutating func allocate(_ record: Record, dying: Set<Int>) -> Place {
    let count = record.shape.elementCount
    if record.operation.isElementwise {
      for input in record.inputs {
        let source = root(input)
        guard dying.contains(source), tape.records[input].shape == record.shape,
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
      copy(from, to: output, shape: tape.records[record].shape, isAdding: false)
    }
    for sum in lateSums {
      copy(
        place(of: sum.record), to: sum.output, shape: tape.records[sum.record].shape,
        isAdding: true)
    }
  }

  private mutating func copy(_ from: Place, to output: Int, shape: [Int], isAdding: Bool) {
    instructions.append(
      Instruction(
        operation: .reshape, operands: [Operand(place: from, shape: shape)],
        destination: .output(output), shape: shape, isAdding: isAdding))
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

/// Offsets handed out and taken back, best fit first.
struct Arena {
  private(set) var highWater = 0
  private var free: [(offset: Int, count: Int)] = []

  /// Sizes are multiples of 16 elements, so that every value starts on a cache line.
  static func rounded(_ count: Int) -> Int { Swift.max(16, (count + 15) / 16 * 16) }

  mutating func take(_ count: Int) -> Int {
    var best: Int?
    for (index, block) in free.enumerated() where block.count >= count {
      if best.map({ block.count < free[$0].count }) ?? true { best = index }
    }
    guard let best else {
      defer { highWater += count }
      return highWater
    }
    let block = free[best]
    if block.count == count {
      free.remove(at: best)
    } else {
      free[best] = (block.offset + count, block.count - count)
    }
    return block.offset
  }

  mutating func release(offset: Int, count: Int) {
    let position = free.firstIndex { $0.offset > offset } ?? free.endIndex
    free.insert((offset, count), at: position)
    if position + 1 < free.count, offset + count == free[position + 1].offset {
      free[position].count += free[position + 1].count
      free.remove(at: position + 1)
    }
    if position > 0, free[position - 1].offset + free[position - 1].count == free[position].offset {
      free[position - 1].count += free[position].count
      free.remove(at: position)
    }
  }
}
