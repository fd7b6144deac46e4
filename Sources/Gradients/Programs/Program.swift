public import Tensors

/// Recorded results made executable: only what they need, with every buffer planned once.
///
/// A program is immutable and Sendable; each thread that runs it has a ``Workspace`` of its own. A
/// run allocates nothing. Reshaped and detached values share their source's memory, elementwise
/// operations overwrite an operand that nobody needs later, and an accumulating output receives a
/// matrix product directly (C = A B + C).
public struct Program<Scalar: TensorScalar>: Sendable {
  /// The shape of each input slot.
  public let inputShapes: [[Int]]

  /// The shape of each output.
  public let outputShapes: [[Int]]

  /// What a run executes, in order.
  let instructions: [Instruction]

  /// Values that are the same at each run.
  let constants: [Tensor<Scalar>]

  /// Elements of the memory that one run works in.
  let arenaCount: Int

  /// Plans the computation of `outputs`.
  ///
  /// - Parameters:
  ///   - outputs: variables of one tape; at least one.
  ///   - accumulating: for each output, whether a run adds to it instead of overwriting it; none
  ///     unless given.
  public init(_ outputs: [Variable<Scalar>], accumulating: [Bool]? = nil) {
    guard let tape = outputs.first?.tape else { fatalError("a program needs at least one output") }
    let adds = accumulating ?? [Bool](repeating: false, count: outputs.count)
    require(
      adds.count == outputs.count,
      "\(outputs.count) outputs need as many accumulation flags, got \(adds.count)")
    var planner = Planner(tape: tape, outputs: outputs, accumulating: adds)
    planner.plan()
    inputShapes = tape.inputShapes
    outputShapes = outputs.map(\.shape)
    instructions = planner.instructions
    constants = planner.constants
    arenaCount = planner.arena.highWater
  }

  /// The memory one run works in; one for each thread.
  public final class Workspace {
    let arena: Buffer<Scalar>

    /// Memory for runs of `program`.
    public init(_ program: Program) {
      arena = Buffer(zeros: program.arenaCount)
    }
  }

  /// Computes the outputs from one tensor for each input slot.
  ///
  /// - Parameters:
  ///   - inputs: tensors of ``inputShapes``.
  ///   - workspace: memory of an earlier run of this program; fresh unless given.
  /// - Returns: one tensor for each output; an accumulating output starts from zero.
  public func callAsFunction(_ inputs: [Tensor<Scalar>], workspace: Workspace? = nil)
    -> [Tensor<Scalar>]
  {
    let shapes = inputs.map(\.shape)
    require(
      shapes == inputShapes, "the program's inputs have the shapes \(inputShapes), got \(shapes)")
    let results = outputShapes.map { Tensor<Scalar>(zeros: $0) }
    run(
      inputs.map(\.buffer), outputs: results.map(\.buffer),
      workspace: workspace ?? Workspace(self))
    return results
  }

  /// Computes the outputs into given buffers without allocating.
  package func run(
    _ inputs: [Buffer<Scalar>], outputs: [Buffer<Scalar>], workspace: Workspace
  ) {
    let memory = Executor(
      inputs: inputs, outputs: outputs, constants: constants, arena: workspace.arena)
    for instruction in instructions { memory.execute(instruction) }
  }
}

extension Program: CustomStringConvertible {
  /// The instructions, a line each: destination, operation, operands, shape.
  public var description: String {
    let lines = instructions.map { instruction in
      let operands = instruction.operands.map { "\($0.place)" }.joined(separator: ", ")
      let sign = instruction.isAdding ? "+=" : "="
      return "\(instruction.destination) \(sign) \(instruction.operation) (\(operands)) "
        + "→ \(instruction.shape)"
    }
    return (["program of \(instructions.count) instructions, arena \(arenaCount) elements"] + lines)
      .joined(separator: "\n")
  }
}
