internal import Tensors

/// Rows in place, without a tensor for each.
extension Tensor<Double> {
  private func elements(ofRow row: Int) -> Range<Int> {
    let components = shape[1]
    return row * components..<(row + 1) * components
  }

  /// Overwrites a row with one of another tensor.
  mutating func copyRow(_ row: Int, from other: Tensor, row source: Int) {
    uniqueBuffer.slice(elements(ofRow: row))
      .copy(from: other.buffer.slice(other.elements(ofRow: source)))
  }

  /// Overwrites a row with another one.
  mutating func repeatRow(_ source: Int, at row: Int) {
    let own = uniqueBuffer
    own.slice(elements(ofRow: row)).copy(from: own.slice(elements(ofRow: source)))
  }

  /// The first component of a row that is NaN or infinite, or nil.
  func firstNonFinite(inRow row: Int) -> Int? {
    Kernels.firstNonFinite(buffer.slice(elements(ofRow: row)))
  }

  /// Whether a component of a row is NaN.
  func hasNotANumber(inRow row: Int) -> Bool {
    withSpan { span in elements(ofRow: row).contains { span[$0].isNaN } }
  }
}
