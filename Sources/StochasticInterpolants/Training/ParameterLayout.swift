internal import Tensors

/// Where the parameters of a network lie in one run of memory, which a step moves in one pass.
struct ParameterLayout: Sendable {
  /// The shape of each parameter.
  let shapes: [[Int]]
  /// The elements of each parameter.
  let ranges: [Range<Int>]
  /// The elements of all, and of what is left free between them.
  let count: Int

  init(_ shapes: [[Int]]) {
    self.shapes = shapes
    var end = 0
    ranges = shapes.map { shape in
      let range = end..<end + shape.reduce(1, *)
      // Each parameter starts on a cache line of its own.
      end += (range.count + 15) / 16 * 16
      return range
    }
    count = end
  }

  /// A buffer for each parameter, in a run of ``count`` elements.
  func parts(of run: Buffer<Float>) -> [Buffer<Float>] { ranges.map { run.slice($0) } }

  /// Copies of the parameters in a run of ``count`` elements.
  func tensors(of run: Buffer<Float>) -> [Tensor<Float>] {
    zip(shapes, ranges).map { shape, range in
      let tensor = Tensor<Float>(uninitialized: shape)
      tensor.buffer.copy(from: run.slice(range))
      return tensor
    }
  }

  /// Copies parameters of ``shapes`` into a run of ``count`` elements.
  func copy(_ tensors: [Tensor<Float>], into run: Buffer<Float>) {
    for (tensor, range) in zip(tensors, ranges) { run.slice(range).copy(from: tensor.buffer) }
  }

  /// A run of memory with copies of parameters, as a tensor.
  func run(of tensors: [Tensor<Float>]) -> Tensor<Float> {
    let run = Tensor<Float>(zeros: [count])
    copy(tensors, into: run.buffer)
    return run
  }
}
