/// The sums that integrators form, in one pass over the elements.
extension Tensor<Double> {
  /// A tensor times a number.
  package typealias Term = (tensor: Tensor<Double>, weight: Double)

  /// Adds scale Σ wᵢ kᵢ + v₁ z₁ + v₂ z₂ in place, with the bits of ``add(_:scaledBy:)`` term by term.
  ///
  /// - Parameters:
  ///   - terms: kᵢ, of this tensor's shape; at least as many as weights.
  ///   - weights: wᵢ; a term of weight 0 is not read.
  ///   - scale: what every wᵢ is multiplied by.
  ///   - first: z₁ and v₁.
  ///   - second: z₂ and v₂.
  /// - Returns: the row-major position of the first element that is NaN or infinite, or nil.
  package mutating func advance(
    along terms: [Tensor],
    weights: [Double],
    scaledBy scale: Double,
    _ first: Term? = nil,
    _ second: Term? = nil
  ) -> Int? {
    let own = uniqueBuffer
    return Kernels.combine(own, terms, weights: weights, scale: scale, first, second, into: own)
  }

  /// Takes over another tensor of the same shape and adds to it as
  /// ``advance(along:weights:scaledBy:_:_:)`` does.
  package mutating func assign(
    _ other: Tensor,
    advancedAlong terms: [Tensor],
    weights: [Double],
    scaledBy scale: Double,
    _ first: Term? = nil,
    _ second: Term? = nil
  ) {
    let base = other.buffer
    let own = uniqueBuffer
    _ = Kernels.combine(base, terms, weights: weights, scale: scale, first, second, into: own)
  }

  /// Takes over as many elements of another tensor as this one has, times a number.
  ///
  /// - Parameters:
  ///   - other: any tensor with enough elements.
  ///   - position: the row-major position of the first.
  ///   - factor: what they are multiplied by.
  package mutating func assign(elementsOf other: Tensor, at position: Int, scaledBy factor: Double)
  {
    require(
      position >= 0 && position + count <= other.count,
      "\(count) elements from \(position) on are more than the \(other.count) of the tensor"
    )
    Kernels.scale(other.buffer, from: position, by: factor, into: uniqueBuffer)
  }

  /// Adds to each row that of another matrix of the same shape, times a weight of its own, `[rows]` or
  /// `[rows, 1]`; where the weight is 0 nothing is added, whatever the other row is.
  package mutating func addRows(of other: Tensor, weights: Tensor) {
    require(
      rank == 2 && other.shape == shape && weights.count == shape[0],
      "rows of \(other.shape) with \(weights.count) weights do not fit a matrix of \(shape)"
    )
    Kernels.addRows(other.buffer, weights: weights.buffer, into: uniqueBuffer)
  }
}
