internal import CKernels

/// Elementwise functions, and the sums of arrays.
extension Kernels {
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func unary<S>(_ operation: UnaryOperation, _ x: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.unary_f32(operation.kernel, x.count, f32(x), f32(y))
    } else {
      table.unary_f64(operation.kernel, x.count, f64(x), f64(y))
    }
  }

  /// y = scale · x + offset.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func affine<S>(
    scale: Double,
    offset: Double,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.affine_f32(x.count, scale, offset, f32(x), f32(y))
    } else {
      table.affine_f64(x.count, scale, offset, f64(x), f64(y))
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func binary<S>(
    _ operation: BinaryOperation,
    _ x: Buffer<S>,
    _ y: Buffer<S>,
    broadcast: MatrixBroadcast,
    into z: Buffer<S>
  ) {
    let b = broadcast
    if S.self == Float.self {
      table.binary_f32(
        operation.kernel,
        b.rows,
        b.columns,
        f32(x),
        b.firstRow,
        b.firstColumn,
        f32(y),
        b.secondRow,
        b.secondColumn,
        f32(z)
      )
    } else {
      table.binary_f64(
        operation.kernel,
        b.rows,
        b.columns,
        f64(x),
        b.firstRow,
        b.firstColumn,
        f64(y),
        b.secondRow,
        b.secondColumn,
        f64(z)
      )
    }
  }

  /// z = mask ≠ 0 ? x : y.
  package static func select<S>(
    _ mask: Buffer<S>,
    _ x: Buffer<S>,
    _ y: Buffer<S>,
    into z: Buffer<S>
  ) {
    if S.self == Float.self {
      table.select_f32(mask.count, f32(mask), f32(x), f32(y), f32(z))
    } else {
      table.select_f64(mask.count, f64(mask), f64(x), f64(y), f64(z))
    }
  }

  /// y = σ⁽ᵒʳᵈᵉʳ⁾(x).
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func activation<S>(
    _ kind: Activation,
    order: Int,
    _ x: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.activation_f32(kind.kernel, UInt32(order), x.count, f32(x), f32(y))
    } else {
      table.activation_f64(kind.kernel, UInt32(order), x.count, f64(x), f64(y))
    }
  }

  /// y = σ⁽ᵒʳᵈᵉʳ⁾(x) · g.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func activationProduct<S>(
    _ kind: Activation,
    order: Int,
    _ x: Buffer<S>,
    _ g: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.activation_product_f32(kind.kernel, UInt32(order), x.count, f32(x), f32(g), f32(y))
    } else {
      table.activation_product_f64(kind.kernel, UInt32(order), x.count, f64(x), f64(g), f64(y))
    }
  }

  /// y = σ′(x) · g from v = σ(x), where ``Activation/slopeIsOfValue``.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func slopeProduct<S>(
    _ kind: Activation,
    _ v: Buffer<S>,
    _ g: Buffer<S>,
    into y: Buffer<S>
  ) {
    if S.self == Float.self {
      table.slope_product_f32(kind.kernel, v.count, f32(v), f32(g), f32(y))
    } else {
      table.slope_product_f64(kind.kernel, v.count, f64(v), f64(g), f64(y))
    }
  }

  /// y += a x.
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func axpy<S>(_ a: Double, _ x: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.axpy_f32(x.count, a, f32(x), f32(y))
    } else {
      table.axpy_f64(x.count, a, f64(x), f64(y))
    }
  }

  /// Writes the sum of up to eight buffers into the first: ((0+1)+(2+3)) + ((4+5)+(6+7)).
  @specialized(where S == Float)
  @specialized(where S == Double)
  package static func join<S>(_ buffers: [Buffer<S>]) {
    guard let count = buffers.first?.count else { return }
    if S.self == Float.self {
      let pointers: [UnsafeMutablePointer<Float>?] = buffers.map { f32($0) }
      table.join_f32(buffers.count, count, pointers)
    } else {
      let pointers: [UnsafeMutablePointer<Double>?] = buffers.map { f64($0) }
      table.join_f64(buffers.count, count, pointers)
    }
  }

  /// y += weight · (x − y).
  package static func lerp<S>(weight: Double, _ x: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.lerp_f32(x.count, weight, f32(x), f32(y))
    } else {
      table.lerp_f64(x.count, weight, f64(x), f64(y))
    }
  }
}
