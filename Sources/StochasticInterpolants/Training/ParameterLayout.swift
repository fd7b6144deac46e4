internal import Tensors

/// Where the parameters of a network lie in one stretch of memory, which a step moves in one pass.
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

  /// A buffer for each parameter, in a flat one of ``count`` elements.
  func parts(of flat: Buffer<Float>) -> [Buffer<Float>] { ranges.map { flat.slice($0) } }

  /// Copies of the parameters in a flat buffer.
  func tensors(of flat: Buffer<Float>) -> [Tensor<Float>] {
    zip(shapes, ranges).map { shape, range in
      let tensor = Tensor<Float>(uninitialized: shape)
      tensor.buffer.copy(from: flat.slice(range))
      return tensor
    }
  }

  /// Copies parameters of ``shapes`` into a flat buffer.
  func copy(_ tensors: [Tensor<Float>], into flat: Buffer<Float>) {
    for (tensor, range) in zip(tensors, ranges) { flat.slice(range).copy(from: tensor.buffer) }
  }

  /// A flat tensor with copies of parameters, and zeros between them.
  func flat(_ tensors: [Tensor<Float>]) -> Tensor<Float> {
    let flat = Tensor<Float>(zeros: [count])
    copy(tensors, into: flat.buffer)
    return flat
  }
}
