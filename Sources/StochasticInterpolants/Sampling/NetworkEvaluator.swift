internal import Gradients
internal import Tensors

/// The memory in which one thread runs one network over blocks.
final class NetworkEvaluator {
  private let program: Program<Float>
  private let packed: Program<Float>.PackedFactors
  private let workspace: Program<Float>.Workspace
  private let inputs: [Buffer<Float>]
  private let time: Buffer<Float>
  private let points: Buffer<Float>
  private let outputs: [Buffer<Float>]
  private let rows: Int
  private let headCount: Int
  private let further: Buffer<Float>
  private let scratch: Buffer<Double>

  init(
    _ field: LearnedField,
    program: PackedProgram,
    derivative: HeadDerivative,
    rows: Int
  ) {
    self.rows = rows
    let packed = program.packed
    let program = program.program
    self.program = program
    self.packed = packed
    headCount = field.kinds.count
    workspace = Program.Workspace(program)
    let dimension = field.network.dimension
    time = Buffer(zeros: rows)
    points = Buffer(zeros: rows * dimension)
    let columns = derivative.inputColumns(dimension: dimension)
    further = Buffer(zeros: rows * columns)
    inputs = field.parameters.map(\.buffer) + [time, points] + (columns == 0 ? [] : [further])
    outputs = program.outputShapes.map { Buffer(zeros: $0.reduce(1, *)) }
    let widest = max(dimension, derivative.outputColumns(dimension: dimension))
    scratch = Buffer(zeros: rows * widest)
  }

  /// Sets the further input of the derivative.
  func bind(_ values: Tensor<Double>) { Kernels.convert(values.buffer, into: further) }

  func run(time now: Double, points x: Tensor<Double>) {
    time.fill(Float(now))
    run(x)
  }

  /// Runs with a time for each row.
  func run(times: Tensor<Double>, points x: Tensor<Double>) {
    Kernels.convert(times.buffer, into: time)
    run(x)
  }

  private func run(_ x: Tensor<Double>) {
    Kernels.convert(x.buffer, into: points)
    program.run(inputs, outputs: outputs, workspace: workspace, packed: packed)
  }

  /// The elements of an output that belong to a row, or all.
  private func part(_ output: Int, _ row: Int?) -> Buffer<Float> {
    guard let row else { return outputs[output] }
    let width = outputs[output].count / rows
    return outputs[output].slice(row * width..<(row + 1) * width)
  }

  /// Writes, or adds, a multiple of a head, of all rows or of one.
  func write(
    _ head: Int,
    row: Int?,
    into buffer: Buffer<Double>,
    scaledBy factor: Double,
    isAdding: Bool
  ) {
    if isAdding {
      let own = scratch.slice(0..<buffer.count)
      Kernels.convert(part(head, row), into: own)
      Kernels.axpy(factor, own, into: buffer)
      return
    }
    Kernels.convert(part(head, row), into: buffer)
    if factor != 1 { Kernels.affine(scale: factor, offset: 0, buffer, into: buffer) }
  }

  /// Adds a multiple of a head's derivative, of all rows or of one.
  func addDerivative(
    _ head: Int,
    row: Int?,
    into buffer: Buffer<Double>,
    scaledBy factor: Double
  ) {
    let own = scratch.slice(0..<buffer.count)
    Kernels.convert(part(headCount + head, row), into: own)
    Kernels.axpy(factor, own, into: buffer)
  }
}
