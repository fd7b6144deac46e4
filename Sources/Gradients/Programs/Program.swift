public import Tensors

/// Recorded results made executable: only what they need, with every buffer planned once.
///
/// A program is immutable and Sendable; each thread that runs it has a ``Workspace`` of its own. A
/// run allocates nothing. Reshaped and detached values share their source's memory, elementwise
/// operations overwrite an operand that nobody needs later, and an accumulating output receives a
/// matrix product directly (C = A B + C). ReLU and its derivative are computed by the product before
/// them, and weights are packed for products once for many runs.
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

  /// Elements of the memory in which one run packs factors of products.
  let scratchCount: Int

  /// The factors of products that are packed once for many runs.
  let factors: [PackedFactor]

  /// What says that a workspace is this program's.
  private let identity = Identity()

  private final class Identity: Sendable {}

  /// Plans the computation of `outputs`.
  ///
  /// - Parameters:
  ///   - outputs: variables of one tape; at least one.
  ///   - accumulating: for each output, whether a run adds to it instead of overwriting it; none
  ///     unless given.
  ///   - fixedInputs: how many of the first inputs stay the same over many runs, such as the
  ///     parameters of a network: matrices among them are packed once for all of these runs.
  ///   - products: what factors of matrix products are rounded to; other than full only with `Float`, and
  ///     only products of fixed inputs and of results of products, at least 32 in every extent but the rows, on
  ///     whose number what becomes of one must not depend: a first layer, whose digits of times and points
  ///     count, and narrow ones stay full.
  public init(
    _ outputs: [Variable<Scalar>],
    accumulating: [Bool]? = nil,
    fixedInputs: Int = 0,
    products: ProductPrecision = .full
  ) {
    guard let tape = outputs.first?.tape else { fatalError("a program needs at least one output") }
    let adds = accumulating ?? [Bool](repeating: false, count: outputs.count)
    require(
      adds.count == outputs.count,
      "\(outputs.count) outputs need as many accumulation flags, got \(adds.count)"
    )
    require(
      0...tape.inputShapes.count ~= fixedInputs,
      "the fixed inputs are the first of \(tape.inputShapes.count), got \(fixedInputs)"
    )
    require(
      products == .full || Scalar.self == Float.self,
      "products of \(products) are for programs of Float, got one of \(Scalar.self)"
    )
    var planner = Planner(
      tape: tape,
      outputs: outputs,
      accumulating: adds,
      fixedInputs: fixedInputs,
      products: products
    )
    planner.plan()
    inputShapes = tape.inputShapes
    outputShapes = outputs.map(\.shape)
    instructions = planner.instructions
    constants = planner.constants
    arenaCount = planner.arena.highWater
    scratchCount = planner.scratchCount
    factors = planner.factors
  }

  /// The memory one run works in; one for each thread.
  public final class Workspace {
    let arena: Buffer<Scalar>
    let scratch: Buffer<Scalar>
    /// The program's instructions in memory of their own: threads that read the same arrays would wait for
    /// each other's reference counts.
    let instructions: [Instruction]
    fileprivate let identity: AnyObject

    /// Memory for runs of `program`.
    public init(_ program: Program) {
      instructions = program.instructions.map(\.inOwnMemory)
      identity = program.identity
      arena = Buffer(zeros: program.arenaCount)
      scratch = Buffer(uninitialized: program.scratchCount)
    }
  }

  /// Computes the outputs from one tensor for each input slot.
  ///
  /// - Parameters:
  ///   - inputs: tensors of ``inputShapes``.
  ///   - workspace: memory made for this program; fresh unless given.
  /// - Returns: one tensor for each output; an accumulating output starts from zero.
  public func callAsFunction(_ inputs: [Tensor<Scalar>], workspace: Workspace? = nil)
    -> [Tensor<Scalar>]
  {
    let shapes = inputs.map(\.shape)
    require(
      shapes == inputShapes,
      "the program's inputs have the shapes \(inputShapes), got \(shapes)"
    )
    let results = outputShapes.map { Tensor<Scalar>(zeros: $0) }
    run(
      inputs.map(\.buffer),
      outputs: results.map(\.buffer),
      workspace: workspace ?? Workspace(self)
    )
    return results
  }

  /// Computes the outputs into given buffers.
  ///
  /// - Parameters:
  ///   - inputs: of the counts of ``inputShapes``.
  ///   - outputs: of the counts of ``outputShapes``.
  ///   - workspace: memory of this program.
  ///   - packed: the packed factors of the fixed inputs; without them the run packs them.
  ///   - startingOver: overwrites accumulating outputs instead of adding to them.
  // Without the two versions every access to a buffer asks the runtime for the buffer's type.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func run(
    _ inputs: [Buffer<Scalar>],
    outputs: [Buffer<Scalar>],
    workspace: Workspace,
    packed: PackedFactors? = nil,
    startingOver: Bool = false
  ) {
    require(
      workspace.identity === identity,
      "a workspace serves runs of the program it was made for, got one of another program"
    )
    let memory = executor(
      inputs,
      outputs,
      workspace,
      packed ?? PackedFactors(self, inputs),
      isStartingOver: startingOver
    )
    // A loop over the array itself copies every instruction, with the arrays in it.
    let own = workspace.instructions
    let list = own.span
    for index in list.indices { memory.execute(list[index]) }
  }

  func executor(
    _ inputs: [Buffer<Scalar>],
    _ outputs: [Buffer<Scalar>],
    _ workspace: Workspace,
    _ packed: PackedFactors,
    isStartingOver: Bool
  ) -> Executor<Scalar> {
    Executor(
      inputs: inputs,
      outputs: outputs,
      constants: constants,
      arena: workspace.arena,
      packed: packed.memory,
      scratch: workspace.scratch,
      isStartingOver: isStartingOver
    )
  }
}

extension Program: CustomStringConvertible {
  /// The instructions, a line each: destination, operation, operands, shape.
  public var description: String {
    (["program of \(instructions.count) instructions, arena \(arenaCount) elements"]
      + instructions.map(\.description))
      .joined(separator: "\n")
  }
}
