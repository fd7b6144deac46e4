internal import CKernels

/// The sums of integrators and of mixtures, in Double.
extension Kernels {
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
}
