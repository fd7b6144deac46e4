internal import CKernels

/// The calls into the products of packed matrices, the continuation of `Kernels.swift`.
extension Kernels {
  /// The numbers that a packed right factor takes; the same at every kernel level.
  package static func packedCount<S: TensorScalar>(
    _ size: MatrixProductSize,
    as scalar: S.Type
  ) -> Int {
    let columns = Int(CK_PANEL_BYTES) / MemoryLayout<S>.stride
    return (size.columns + columns - 1) / columns * columns * size.inner
  }

  /// Packs op(B), inner × columns, for products with it.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func packRight<S>(
    _ size: MatrixProductSize,
    _ b: Buffer<S>,
    isTransposed: Bool,
    into panels: Buffer<S>
  ) {
    let transposed: Int32 = isTransposed ? 1 : 0
    if S.self == Float.self {
      table.pack_panels_f32(size.inner, size.columns, f32(b), transposed, f32(panels))
    } else {
      table.pack_panels_f64(size.inner, size.columns, f64(b), transposed, f64(panels))
    }
  }

  /// Packs Aᵀ, given A of inner × rows, into rows · inner numbers.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func packTransposedLeft<S>(
    _ size: MatrixProductSize,
    _ a: Buffer<S>,
    into strips: Buffer<S>
  ) {
    if S.self == Float.self {
      table.pack_strips_f32(size.rows, size.inner, f32(a), f32(strips))
    } else {
      table.pack_strips_f64(size.rows, size.inner, f64(a), f64(strips))
    }
  }

  /// How a product reads A where its transpose is what there is.
  package static func layoutOfTransposed<S: TensorScalar>(
    _ size: MatrixProductSize,
    as scalar: S.Type
  ) -> LeftLayout {
    if size.columns <= CK_FEW_COLUMNS { return .columns }
    return size.rows * size.inner * MemoryLayout<S>.stride <= largestInPlace ? .columns : .strips
  }

  /// How a product reads B where it is there row by row.
  package static func layoutOfRight<S: TensorScalar>(
    _ size: MatrixProductSize,
    as scalar: S.Type
  ) -> RightLayout {
    let fillsPanels = size.columns * MemoryLayout<S>.stride % Int(CK_PANEL_BYTES) == 0
    let bytes = size.columns * size.inner * MemoryLayout<S>.stride
    return fillsPanels && bytes <= largestInPlace ? .rows : .panels
  }

  /// The bytes of a factor up to which packing it for one product takes longer than it saves, as measured:
  /// a quarter of the second-level cache with AVX-512, whose strip of a transposed A uses three quarters
  /// of the lines it reads, less below it, where a strip uses three eighths and lines are read twice.
  private static var largestInPlace: Int { KernelLevel.current == .avx512 ? 1 << 18 : 1 << 16 }

  /// C = finish(A B + bias) or, adding, C += A B; A rows × inner and B inner × columns in given layouts, both
  /// packed in pairs where products are of bfloat16.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func product<S>(
    _ size: MatrixProductSize,
    _ a: Buffer<S>,
    layout: LeftLayout,
    _ b: Buffer<S>,
    layout right: RightLayout = .panels,
    precision: ProductPrecision = .full,
    triangle: Triangle = .full,
    bias: Buffer<S>? = nil,
    adding: Bool = false,
    finish: ProductFinish = .keep,
    gate: Buffer<S>? = nil,
    into c: Buffer<S>
  ) {
    require(
      right == .panels || size.columns * MemoryLayout<S>.stride % Int(CK_PANEL_BYTES) == 0,
      "a right factor in rows has columns that fill panels, got \(size.columns)"
    )
    if precision == .bfloat16 {
      require(
        S.self == Float.self && triangle == .full && right == .panels,
        "products of bfloat16 are of Float, full and packed, got \(S.self), \(triangle) and \(right)"
      )
      var product = ck_product_bf16(
        rows: size.rows,
        columns: size.columns,
        inner: size.paired.inner,
        a: f32(a),
        a_layout: layout.kernel,
        b: f32(b),
        b_layout: right.kernel,
        triangle: CK_FULL,
        bias: bias.map { UnsafePointer(f32($0)) },
        adds: adding ? 1 : 0,
        finish: finish.kernel,
        gate: gate.map { UnsafePointer(f32($0)) },
        c: f32(c)
      )
      table.product_bf16(&product)
    } else if S.self == Float.self {
      var product = ck_product_f32(
        rows: size.rows,
        columns: size.columns,
        inner: size.inner,
        a: f32(a),
        a_layout: layout.kernel,
        b: f32(b),
        b_layout: right.kernel,
        triangle: triangle.kernel,
        bias: bias.map { UnsafePointer(f32($0)) },
        adds: adding ? 1 : 0,
        finish: finish.kernel,
        gate: gate.map { UnsafePointer(f32($0)) },
        c: f32(c)
      )
      table.product_f32(&product)
    } else {
      var product = ck_product_f64(
        rows: size.rows,
        columns: size.columns,
        inner: size.inner,
        a: f64(a),
        a_layout: layout.kernel,
        b: f64(b),
        b_layout: right.kernel,
        triangle: triangle.kernel,
        bias: bias.map { UnsafePointer(f64($0)) },
        adds: adding ? 1 : 0,
        finish: finish.kernel,
        gate: gate.map { UnsafePointer(f64($0)) },
        c: f64(c)
      )
      table.product_f64(&product)
    }
  }
}

/// Products of bfloat16: factors of float are rounded as they are packed, sums are of float.
extension Kernels {
  /// The memory that a packed left factor takes, in floats: a word for two terms.
  package static func pairedLeftCount(_ size: MatrixProductSize) -> Int {
    size.rows * size.paired.inner
  }

  /// The memory that a packed right factor takes, in floats; the same at every kernel level.
  package static func pairedCount(_ size: MatrixProductSize) -> Int {
    packedCount(size.paired, as: Float.self)
  }

  /// Rounds and packs op(B), inner × columns.
  package static func packRightPairs<S>(
    _ size: MatrixProductSize,
    _ b: Buffer<S>,
    isTransposed: Bool,
    into panels: Buffer<S>
  ) {
    table.pack_panels_bf16(size.inner, size.columns, f32(b), isTransposed ? 1 : 0, f32(panels))
  }

  /// Rounds and packs op(A): a matrix rows × inner, or one of inner × rows.
  package static func packLeftPairs<S>(
    _ size: MatrixProductSize,
    _ a: Buffer<S>,
    isTransposed: Bool,
    into words: Buffer<S>
  ) {
    if isTransposed {
      table.pack_strips_bf16(size.rows, size.inner, f32(a), f32(words))
    } else {
      table.pack_rows_bf16(size.rows, size.inner, f32(a), f32(words))
    }
  }
}

/// How the left factor of a product, rows × inner, lies in memory.
package enum LeftLayout: Sendable, Hashable {
  /// Row by row.
  case rows
  /// Column by column: its transpose as it is.
  case columns
  /// Packed by ``Kernels/packTransposedLeft(_:_:into:)``.
  case strips

  var kernel: ck_layout {
    switch self {
    case .rows: CK_ROWS_OF_A
    case .columns: CK_COLUMNS_OF_A
    case .strips: CK_STRIPS_OF_A
    }
  }
}

/// How the right factor of a product, inner × columns, lies in memory.
package enum RightLayout: Sendable, Hashable {
  /// Packed by ``Kernels/packRight(_:_:isTransposed:into:)``.
  case panels
  /// Row by row, where columns fill panels.
  case rows

  var kernel: ck_right_layout {
    switch self {
    case .panels: CK_PANELS_OF_B
    case .rows: CK_ROWS_OF_B
    }
  }
}

/// What of a square right factor may differ from zero.
///
/// The rest must be zero: it is read where a tile of the product crosses the diagonal and skipped elsewhere, so that a
/// NaN of the left factor there reaches no column.
package enum Triangle: Sendable, Hashable {
  /// All of it.
  case full
  /// The diagonal and what is above it.
  case upper
  /// The diagonal and what is below it.
  case lower

  var kernel: ck_triangle {
    switch self {
    case .full: CK_FULL
    case .upper: CK_UPPER
    case .lower: CK_LOWER
    }
  }
}

/// What becomes of an element of a product before it is written.
package enum ProductFinish: Sendable, Hashable {
  /// It stays what it is.
  case keep
  /// ReLU of it.
  case rectify
  /// It times ReLU's derivative at the gate's element.
  case gate

  var kernel: ck_finish {
    switch self {
    case .keep: CK_KEEP
    case .rectify: CK_RECTIFY
    case .gate: CK_GATE
    }
  }
}
