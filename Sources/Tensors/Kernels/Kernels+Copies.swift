internal import CKernels

/// Copies that change the layout or the scalar.
extension Kernels {
  /// y[r, c] = x[r, c] for rows that lie `row` and `target` elements apart and columns of x `column`
  /// apart, 0 for a repeated element; the buffers differ.
  package static func copyRows<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    row: Int,
    column: Int = 1,
    into y: Buffer<S>,
    target: Int
  ) {
    if S.self == Float.self {
      table.copy_rows_f32(rows, columns, f32(x), row, column, f32(y), target)
    } else {
      table.copy_rows_f64(rows, columns, f64(x), row, column, f64(y), target)
    }
  }

  /// y[c, r] = x[r, c]; the buffers differ.
  package static func transpose<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.transpose_f32(rows, columns, f32(x), f32(y))
    } else {
      table.transpose_f64(rows, columns, f64(x), f64(y))
    }
  }

  /// Rounds or widens `x` into `y`.
  package static func convert<A, B>(_ x: Buffer<A>, into y: Buffer<B>) {
    require(
      x.count == y.count,
      "cannot convert \(x.count) elements into a buffer of \(y.count)"
    )
    switch (A.self == Float.self, B.self == Float.self) {
    case (true, false): table.to_f64(x.count, f32(x), f64(y))
    case (false, true): table.to_f32(x.count, f64(x), f32(y))
    default:
      UnsafeMutableRawPointer(y.pointer)
        .copyMemory(from: x.pointer, byteCount: x.count * MemoryLayout<A>.stride)
    }
  }
}
