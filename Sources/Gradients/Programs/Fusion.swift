internal import Tensors

/// A record as a program executes it: with what is done to its elements before they are written.
struct FusedRecord {
  var operation: Operation
  /// What the operation reads; with ``ProductFinish/gate`` the gate is the last.
  var inputs: [Int]
  var shape: [Int]
  var finish = ProductFinish.keep
  /// Whether an activation's slope is computed from σ(z), its first input, instead of z.
  var readsValue = false
}

/// Joins matrix products with the ReLU that follows them, forward and backward.
///
/// σ(x Wᵀ + c) is written by the product itself, and so is σ′(z) · (g W). Since σ′(z) = σ′(σ(z)) for
/// ReLU, the backward pass reads σ(z) and z is never written. The results are those of the separate
/// operations to the last bit.
///
/// Where σ′ is a function of σ (tanh, sigmoid, SELU) and σ(z) is computed anyway, σ′(z) · g is computed from it,
/// without an exponential: 1 − v² and the like, which err by a rounding of σ(z).
enum Fusion {
  /// - Parameters:
  ///   - records: the records of a tape.
  ///   - outputs: the records whose values are wanted.
  /// - Returns: records of the same indices; those that nothing reads any more stay.
  static func fusing(_ records: [Record], outputs: [Int]) -> [FusedRecord] {
    var fused = records.map {
      FusedRecord(operation: $0.operation, inputs: $0.inputs, shape: $0.shape)
    }
    let readers = Self.readers(of: records, outputs: outputs)
    let isOutput = Set(outputs)
    for index in fused.indices where !readers[index].isEmpty || isOutput.contains(index) {
      guard case .activation(.relu, order: 0) = fused[index].operation else { continue }
      let linear = fused[index].inputs[0]
      guard case .linear = fused[linear].operation, !isOutput.contains(linear) else { continue }
      let others = readers[linear].filter { $0 != index }
      guard others.allSatisfy({ $0 > index && isSlope(records[$0], of: linear) }) else { continue }
      fused[index].operation = .linear
      fused[index].inputs = fused[linear].inputs
      fused[index].finish = .rectify
      for other in others { fused[other].inputs[0] = index }
    }
    for index in fused.indices where !readers[index].isEmpty || isOutput.contains(index) {
      guard case .activationProduct(.relu, order: 1) = fused[index].operation else { continue }
      let (gate, product) = (fused[index].inputs[0], fused[index].inputs[1])
      // A product that has a gate has no place for another.
      guard case .product = fused[product].operation, fused[product].finish == .keep,
        readers[product] == [index], !isOutput.contains(product)
      else { continue }
      fused[index].operation = fused[product].operation
      fused[index].inputs = fused[product].inputs + [gate]
      fused[index].finish = .gate
    }
    var values: [Activated: Int] = [:]
    for index in fused.indices where !readers[index].isEmpty || isOutput.contains(index) {
      switch fused[index].operation {
      case .activation(let kind, order: 0) where kind.slopeIsOfValue:
        values[Activated(kind: kind, input: fused[index].inputs[0])] = index
      case .activationProduct(let kind, order: 1):
        guard let value = values[Activated(kind: kind, input: fused[index].inputs[0])] else {
          continue
        }
        fused[index].inputs[0] = value
        fused[index].readsValue = true
      default: continue
      }
    }
    return fused
  }

  /// σ(z): the activation and z's record.
  private struct Activated: Hashable {
    var kind: Activation
    var input: Int
  }

  /// The needed records that read each record, once for each time they do.
  private static func readers(of records: [Record], outputs: [Int]) -> [[Int]] {
    var readers = [[Int]](repeating: [], count: records.count)
    var isNeeded = [Bool](repeating: false, count: records.count)
    for output in outputs { isNeeded[output] = true }
    for index in records.indices.reversed() where isNeeded[index] {
      for input in records[index].inputs {
        isNeeded[input] = true
        readers[input].append(index)
      }
    }
    return readers
  }

  /// Whether a record reads z in a derivative of ReLU alone.
  private static func isSlope(_ record: Record, of z: Int) -> Bool {
    switch record.operation {
    case .activation(.relu, let order): order >= 1
    case .activationProduct(.relu, let order):
      order >= 1 && record.inputs[0] == z && record.inputs[1] != z
    default: false
    }
  }
}
