internal import CKernels

/// The calls into the C kernels: the only place that tells Float from Double.
///
/// The second of the two files of this module in which pointers live. Every function works on
/// buffers whose counts the caller has matched; an output may be an input, never a shifted one.
package enum Kernels {
  @inline(__always)
  static var table: ck_table {
    guard let table = ck_table_for_level(ck_level(UInt32(KernelLevel.current.rawValue))) else {
      fatalError("the kernel level \(KernelLevel.current) is not available on this processor")
    }
    return table.pointee
  }

  @inline(__always)
  private static func f32<S>(_ buffer: Buffer<S>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: Float.self)
  }

  @inline(__always)
  private static func f64<S>(_ buffer: Buffer<S>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(buffer.pointer).assumingMemoryBound(to: Double.self)
  }

  // MARK: Elementwise

  package static func unary<S>(_ operation: UnaryOperation, _ x: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.unary_f32(operation.kernel, x.count, f32(x), f32(y))
    } else {
      table.unary_f64(operation.kernel, x.count, f64(x), f64(y))
    }
  }

  /// y = scale · x + offset.
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

  // MARK: Reductions

  /// y[c] = Σ_r x[r, c].
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
  package static func sum<S>(_ x: Buffer<S>) -> Double {
    S.self == Float.self ? table.sum_f32(x.count, f32(x)) : table.sum_f64(x.count, f64(x))
  }

  /// Σ xᵢ², accumulated in double over a fixed number of lanes.
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

  // MARK: Updates

  /// y += a x.
  package static func axpy<S>(_ a: Double, _ x: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.axpy_f32(x.count, a, f32(x), f32(y))
    } else {
      table.axpy_f64(x.count, a, f64(x), f64(y))
    }
  }

  /// y = factor · x, for as many elements as y has from a position of x on.
  static func scale(
    _ x: Buffer<Double>,
    from position: Int,
    by factor: Double,
    into y: Buffer<Double>
  ) {
    table.affine_f64(y.count, factor, 0, f64(x) + position, f64(y))
  }

  /// y[r, :] += weight[r] · x[r, :]; a row of weight 0 is left alone, whatever x is there.
  static func addRows(
    _ x: Buffer<Double>,
    weights: Buffer<Double>,
    into y: Buffer<Double>
  ) {
    if weights.count == 0 { return }
    table.add_rows(weights.count, y.count / weights.count, f64(weights), f64(x), f64(y))
  }

  /// y = base + scale Σ wᵢ kᵢ + v₁ z₁ + v₂ z₂.
  ///
  /// Each term is added in turn as ``axpy(_:_:into:)`` adds it; y may be the base. Returns the index of the
  /// first element of y that is NaN or infinite, or nil.
  static func combine(
    _ base: Buffer<Double>,
    _ terms: [Tensor<Double>],
    weights: [Double],
    scale: Double,
    _ first: Tensor<Double>.Term?,
    _ second: Tensor<Double>.Term?,
    into y: Buffer<Double>
  ) -> Int? {
    withUnsafeTemporaryAllocation(of: ck_term.self, capacity: weights.count + 2) { list in
      var used = 0
      func append(_ term: Tensor<Double>, _ weight: Double) {
        list[used] = ck_term(x: f64(term.buffer), weight: weight)
        used += 1
      }
      for index in 0..<weights.count where weights[index] != 0 {
        append(terms[index], scale * weights[index])
      }
      if let first { append(first.tensor, first.weight) }
      if let second { append(second.tensor, second.weight) }
      let index = table.combine(y.count, f64(base), used, list.baseAddress, f64(y))
      return index < y.count ? index : nil
    }
  }

  /// Writes the sum of up to eight buffers into the first: ((0+1)+(2+3)) + ((4+5)+(6+7)).
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

  /// Sets every row of `y` to `row`.
  package static func fillRows<S>(rows: Int, _ row: Buffer<S>, into y: Buffer<S>) {
    if S.self == Float.self {
      table.fill_rows_f32(rows, row.count, f32(row), f32(y))
    } else {
      table.fill_rows_f64(rows, row.count, f64(row), f64(y))
    }
  }

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

  /// The constants of one Adam update; see ``Kernels/adam(_:gradient:parameter:first:second:)``.
  package struct AdamStep: Sendable {
    package var gradientScale = 1.0
    package var l2 = 0.0
    package var beta1 = 0.9
    package var beta2 = 0.999
    package var decay = 0.0
    package var step = 1e-3
    package var inverseRootCorrection2 = 1.0
    package var epsilon = 1e-8
    package init() {}
  }

  /// One Adam or AdamW update in one pass.
  package static func adam<S>(
    _ step: AdamStep,
    gradient: Buffer<S>,
    parameter: Buffer<S>,
    first: Buffer<S>,
    second: Buffer<S>
  ) {
    var constants = ck_adam(
      gradient_scale: step.gradientScale,
      l2: step.l2,
      beta1: step.beta1,
      beta2: step.beta2,
      decay: step.decay,
      step: step.step,
      inverse_root_correction2: step.inverseRootCorrection2,
      epsilon: step.epsilon
    )
    if S.self == Float.self {
      table.adam_f32(
        gradient.count,
        &constants,
        f32(gradient),
        f32(parameter),
        f32(first),
        f32(second)
      )
    } else {
      table.adam_f64(
        gradient.count,
        &constants,
        f64(gradient),
        f64(parameter),
        f64(first),
        f64(second)
      )
    }
  }

  /// The constants of one step of gradient descent with momentum.
  package struct SGDStep: Sendable {
    package var gradientScale = 1.0
    package var l2 = 0.0
    package var momentum = 0.0
    package var dampening = 0.0
    package var rate = 1e-2
    package var isNesterov = false
    package init() {}
  }

  /// One step of gradient descent with momentum, in one pass.
  package static func sgd<S>(
    _ step: SGDStep,
    gradient: Buffer<S>,
    parameter: Buffer<S>,
    momentum: Buffer<S>
  ) {
    var constants = ck_sgd(
      gradient_scale: step.gradientScale,
      l2: step.l2,
      momentum: step.momentum,
      dampening: step.dampening,
      rate: step.rate,
      nesterov: step.isNesterov ? 1 : 0
    )
    if S.self == Float.self {
      table.sgd_f32(gradient.count, &constants, f32(gradient), f32(parameter), f32(momentum))
    } else {
      table.sgd_f64(gradient.count, &constants, f64(gradient), f64(parameter), f64(momentum))
    }
  }

  /// Rounds or widens `x` into `y`.
  package static func convert<A, B>(_ x: Buffer<A>, into y: Buffer<B>) {
    switch (A.self == Float.self, B.self == Float.self) {
    case (true, false): table.to_f64(x.count, f32(x), f64(y))
    case (false, true): table.to_f32(x.count, f64(x), f32(y))
    default:
      UnsafeMutableRawPointer(y.pointer)
        .copyMemory(from: x.pointer, byteCount: x.count * MemoryLayout<A>.stride)
    }
  }

  // MARK: Random numbers

  private static func withAddress(
    _ block: RandomBlock,
    rowsOfStep: Int = 0,
    _ body: (UnsafePointer<ck_address>) -> Void
  ) {
    var address = ck_address(
      seed: block.seed,
      stream: UInt32(block.stream),
      step: block.step,
      sample: block.firstSample,
      samples: nil,
      rows_of_step: rowsOfStep
    )
    guard let samples = block.samples else {
      body(&address)
      return
    }
    samples.withUnsafeBufferPointer {
      address.samples = $0.baseAddress
      body(&address)
    }
  }

  /// Uniform numbers on [0, 1), a row a sample.
  package static func uniform(_ block: RandomBlock, columns: Int, into y: Buffer<Double>) {
    withAddress(block) { table.uniform($0, block.count, columns, y.pointer) }
  }

  /// Standard normal numbers, a row a sample.
  package static func normal(_ block: RandomBlock, columns: Int, into y: Buffer<Double>) {
    withAddress(block) { table.normal($0, block.count, columns, y.pointer) }
  }

  /// Standard normal numbers of steps on end, each step's rows after those of the one before.
  package static func normal(
    _ block: RandomBlock,
    steps: Int,
    columns: Int,
    into y: Buffer<Double>
  ) {
    // A single step is a block like any other, whose loop is the faster one.
    withAddress(block, rowsOfStep: steps == 1 ? 0 : block.count) {
      table.normal($0, steps * block.count, columns, y.pointer)
    }
  }

  /// One block of Philox 4x32-10 at the address of a draw.
  static func philox(stream: UInt16, sample: UInt64, step: UInt32, block: UInt32, seed: UInt64)
    -> (UInt32, UInt32, UInt32, UInt32)
  {
    var counter: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var output: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    withUnsafeMutablePointer(to: &counter) { counter in
      counter.withMemoryRebound(to: UInt32.self, capacity: 4) { counter in
        ck_counter(UInt32(stream), sample, step, block, counter)
        withUnsafeMutablePointer(to: &key) { key in
          key.withMemoryRebound(to: UInt32.self, capacity: 2) { key in
            withUnsafeMutablePointer(to: &output) { output in
              output.withMemoryRebound(to: UInt32.self, capacity: 4) { output in
                ck_philox4x32(counter, key, output)
              }
            }
          }
        }
      }
    }
    return output
  }
}
