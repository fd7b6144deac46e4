internal import CKernels

/// Sums, maxima and the search for what is not finite.
extension Kernels {
  /// y[c] = Σ_r x[r, c].
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func sumRows<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.sum_rows_f32(rows, columns, f32(x), f32(y))
    } else {
      table.sum_rows_f64(rows, columns, f64(x), f64(y))
    }
  }

  /// y[r] = Σ_c x[r, c].
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func sumColumns<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.sum_columns_f32(rows, columns, f32(x), f32(y))
    } else {
      table.sum_columns_f64(rows, columns, f64(x), f64(y))
    }
  }

  /// y[c] = max_r x[r, c].
  package static func maxRows<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.max_rows_f32(rows, columns, f32(x), f32(y))
    } else {
      table.max_rows_f64(rows, columns, f64(x), f64(y))
    }
  }

  /// y[r] = max_c x[r, c].
  package static func maxColumns<S>(
    rows: Int,
    columns: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.max_columns_f32(rows, columns, f32(x), f32(y))
    } else {
      table.max_columns_f64(rows, columns, f64(x), f64(y))
    }
  }

  /// Σ xᵢ, accumulated in double over a fixed number of lanes.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func sum<S>(_ x: Buffer<S>) -> Double {
    S.self == Float.self ? table.sum_f32(x.count, f32(x)) : table.sum_f64(x.count, f64(x))
  }

  /// Σ xᵢ², accumulated in double over a fixed number of lanes.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func sumOfSquares<S>(_ x: Buffer<S>) -> Double {
    S.self == Float.self
      ? table.sum_of_squares_f32(x.count, f32(x)) : table.sum_of_squares_f64(x.count, f64(x))
  }

  /// Σ xᵢ yᵢ, accumulated in double over a fixed number of lanes.
  package static func dot<S>(_ x: Buffer<S>, _ y: Buffer<S>) -> Double {
    S.self == Float.self
      ? table.dot_f32(x.count, f32(x), f32(y)) : table.dot_f64(x.count, f64(x), f64(y))
  }

  /// The index of the first element that is NaN or infinite, or nil.
  package static func firstNonFinite<S>(_ x: Buffer<S>) -> Int? {
    let index =
      S.self == Float.self
      ? table.first_non_finite_f32(x.count, f32(x)) : table.first_non_finite_f64(x.count, f64(x))
    return index < x.count ? index : nil
  }
}
