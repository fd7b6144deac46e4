/// A matrix B that many products A B are made with, packed once.
package struct PackedMatrix: Sendable {
  private let inner: Int
  private let columns: Int
  private let panels: Buffer<Double>
  private let triangle: Triangle

  /// Packs a matrix, or its transpose; `triangle` is what of B may differ from zero.
  package init(
    _ matrix: Tensor<Double>,
    transposed: Bool = false,
    triangle: Triangle = .full
  ) {
    let size = MatrixProductSize(
      [0, matrix.shape[transposed ? 1 : 0]],
      matrix.shape,
      transposingFirst: false,
      transposingSecond: transposed
    )
    (inner, columns) = (size.inner, size.columns)
    require(
      triangle == .full || inner == columns,
      "a triangular matrix is square, got \(inner) x \(columns)"
    )
    self.triangle = triangle
    panels = Buffer(uninitialized: Kernels.packedCount(size, as: Double.self))
    Kernels.packRight(size, matrix.buffer, isTransposed: transposed, into: panels)
  }

  /// A B + bias, the bias a row that is added to each: the bits of `Tensor.product` where there is none.
  package func product(
    _ first: Tensor<Double>,
    bias: Tensor<Double>? = nil
  ) -> Tensor<Double> {
    let size = MatrixProductSize(
      first.shape,
      [inner, columns],
      transposingFirst: false,
      transposingSecond: false
    )
    require(
      bias.map { $0.count == columns } ?? true,
      "a bias of \(bias?.count ?? 0) elements does not fit a product of \(columns) columns"
    )
    let result = Tensor<Double>(uninitialized: [size.rows, columns])
    Kernels.product(
      size,
      first.buffer,
      layout: .rows,
      panels,
      triangle: triangle,
      bias: bias?.buffer,
      into: result.buffer
    )
    return result
  }
}
