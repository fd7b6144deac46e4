internal import Gradients
internal import Tensors

/// The memory in which one thread runs one network over blocks.
final class NetworkEvaluator {
  private let program: Program<Float>
  private let workspace: Program<Float>.Workspace
  private let inputs: [Buffer<Float>]
  private let time: Buffer<Float>
  private let points: Buffer<Float>
  private let outputs: [Buffer<Float>]
  private let headCount: Int
  private let divergences: [Int]
  private let scratch: Buffer<Double>

  init(_ field: LearnedField, program: Program<Float>, divergences: [Int]) {
    self.program = program
    self.divergences = divergences
    headCount = field.kinds.count
    workspace = Program.Workspace(program)
    let dimension = field.network.dimension
    time = Buffer(zeros: RowBlocks.size)
    points = Buffer(zeros: RowBlocks.size * dimension)
    inputs = field.parameters.map(\.buffer) + [time, points]
    outputs = program.outputShapes.map { Buffer(zeros: $0.reduce(1, *)) }
    scratch = Buffer(zeros: RowBlocks.size * dimension)
  }

  func run(time now: Double, points x: Tensor<Double>) {
    time.fill(Float(now))
    Kernels.convert(x.buffer, into: points)
    program.run(inputs, outputs: outputs, workspace: workspace)
  }

  /// Writes, or adds, a multiple of a head.
  func write(
    _ head: Int,
    into result: inout Tensor<Double>,
    scaledBy factor: Double,
    isAdding: Bool
  ) {
    let buffer = result.uniqueBuffer
    if isAdding {
      Kernels.convert(outputs[head], into: scratch)
      Kernels.axpy(factor, scratch, into: buffer)
      return
    }
    Kernels.convert(outputs[head], into: buffer)
    if factor != 1 { Kernels.affine(scale: factor, offset: 0, buffer, into: buffer) }
  }

  /// Adds a multiple of a head's divergence.
  func addDivergence(_ head: Int, into result: inout Tensor<Double>, scaledBy factor: Double) {
    guard let position = divergences.firstIndex(of: head) else {
      fatalError("the divergence of head \(head) was not recorded")
    }
    let own = scratch.slice(0..<RowBlocks.size)
    Kernels.convert(outputs[headCount + position], into: own)
    Kernels.axpy(factor, own, into: result.uniqueBuffer)
  }
}
