public import Tensors

/// A list of recorded operations, the subject of differentiation.
///
/// Recording computes nothing: functions of ``Variable`` append records, derivatives append more,
/// and a ``Program`` made of the wanted results computes only what they need, with buffers planned
/// once and reused at each run. Whatever changes between runs (t, data, parameters) is an input.
/// Equal records are stored once. A tape belongs to one task; the programs made of it are Sendable.
public final class Tape<Scalar: TensorScalar> {
  /// The records, each reading only earlier ones.
  public private(set) var records: [Record] = []

  /// The shape of each input slot.
  public private(set) var inputShapes: [[Int]] = []

  private(set) var constants: [Tensor<Scalar>] = []

  private var known: [Record: Int] = [:]

  /// An empty tape.
  public init() {}

  /// A value that is bound at each run; slots are numbered in the order of these calls.
  public func input(_ shape: [Int]) -> Variable<Scalar> {
    inputShapes.append(shape)
    return record(.input(slot: inputShapes.count - 1), [], shape)
  }

  /// A value that is the same at each run.
  public func constant(_ value: Tensor<Scalar>) -> Variable<Scalar> {
    constants.append(value)
    return record(.constant(index: constants.count - 1), [], value.shape)
  }

  /// One number in every element of a shape.
  public func fill(_ value: Double, shape: [Int] = []) -> Variable<Scalar> {
    record(.fill(value), [], shape)
  }

  /// Appends a record, or finds the equal one that is already there.
  func record(
    _ operation: Operation, _ inputs: [Variable<Scalar>], _ shape: [Int]
  ) -> Variable<Scalar> {
    for input in inputs {
      require(input.tape === self, "an operation mixes variables of two tapes")
    }
    let record = Record(operation: operation, inputs: inputs.map(\.index), shape: shape)
    if let index = known[record] { return Variable(tape: self, index: index) }
    records.append(record)
    known[record] = records.count - 1
    return Variable(tape: self, index: records.count - 1)
  }
}

/// A recorded value: the result of one record of a tape.
///
/// Functions of variables are ordinary Swift functions; calling one records it.
public struct Variable<Scalar: TensorScalar> {
  /// The tape that holds the record.
  public let tape: Tape<Scalar>

  let index: Int

  init(tape: Tape<Scalar>, index: Int) {
    self.tape = tape
    self.index = index
  }

  var record: Record { tape.records[index] }

  /// The shape of the value.
  public var shape: [Int] { record.shape }

  /// The number of axes.
  public var rank: Int { shape.count }

  /// The number every element has, where that is known from the record alone.
  var fillValue: Double? {
    if case .fill(let value) = record.operation { return value }
    return nil
  }
}
