internal import Tensors

/// How large the error of a step may be, in each component of a row.
///
/// The norm of an estimate e is √(Σ_c (w_c e_c / (A + R max(|x_c|, |x⁺_c|)))² / n) over the n components
/// with w_c > 0; a step may have 1. A field that computes in Float answers to about 10⁻⁶ of its size:
/// below that the estimate is rounding, and steps shrink without gain.
public struct ErrorTolerance: Sendable, Hashable {
  /// A.
  public var absolute: Double
  /// R.
  public var relative: Double
  /// w_c, or nil for 1 everywhere; 0 leaves a component out of the control, as may suit a
  /// log-density that is integrated along with a path.
  public var weights: [Double]?

  /// A tolerance.
  ///
  /// - Parameters:
  ///   - absolute: A, not negative.
  ///   - relative: R, not negative; one of both is positive.
  ///   - weights: w, one a component and not negative; nil for 1 everywhere.
  public init(absolute: Double, relative: Double, weights: [Double]? = nil) {
    self.absolute = absolute
    self.relative = relative
    self.weights = weights
    check()
  }

  private func check() {
    require(
      absolute >= 0 && relative >= 0 && absolute + relative > 0
        && (absolute + relative).isFinite,
      "tolerances must be finite and not negative, one of them positive, got \(absolute) and "
        + "\(relative)"
    )
    if let weights {
      require(
        weights.allSatisfy { $0 >= 0 && $0.isFinite } && weights.contains { $0 > 0 },
        "the weights of a tolerance must be finite, not negative and not all 0, got \(weights)"
      )
    }
  }

  /// Stops the program unless the tolerance, which may have been changed since it was made, fits a state.
  func check(components: Int) {
    check()
    guard let weights else { return }
    require(
      weights.count == components,
      "the tolerance has \(weights.count) weights for a state of \(components) components"
    )
  }

  /// The norm of one row of tensors, and the component that contributes most.
  func norm(
    _ values: Tensor<Double>,
    first: Tensor<Double>,
    second: Tensor<Double>,
    row: Int
  ) -> (norm: Double, component: Int) {
    let components = values.shape[1]
    let range = row * components..<(row + 1) * components
    return values.withSpan { values in
      first.withSpan { first in
        second.withSpan { second in norm(values, first: first, second: second, range: range) }
      }
    }
  }

  /// The norm of a row of numbers at x and x⁺, and the component that contributes most.
  ///
  /// - Parameters:
  ///   - values: e.
  ///   - first: x.
  ///   - second: x⁺.
  ///   - range: the elements of the row.
  /// - Returns: the norm, NaN if an element is, and the worst component.
  private func norm(
    _ values: Span<Double>,
    first: Span<Double>,
    second: Span<Double>,
    range: Range<Int>
  ) -> (norm: Double, component: Int) {
    func ratio(_ component: Int) -> Double {
      let index = range.lowerBound + component
      let weight = weights?[component] ?? 1
      // An exact 0 fits any tolerance, also a relative one at x = 0.
      if weight == 0 || values[index] == 0 { return 0 }
      let scale = absolute + relative * max(abs(first[index]), abs(second[index]))
      return abs(weight * values[index] / scale)
    }
    var (largest, worst, count) = (0.0, 0, 0)
    for component in 0..<range.count where weights?[component] ?? 1 > 0 {
      let own = ratio(component)
      count += 1
      // A NaN becomes the largest and stays it.
      if !(own <= largest) && !largest.isNaN { (largest, worst) = (own, component) }
    }
    if largest == 0 || !largest.isFinite { return (largest, worst) }
    // Ratios are squared relative to the largest, so that no square overflows.
    var sum = 0.0
    for component in 0..<range.count {
      let own = ratio(component) / largest
      sum += own * own
    }
    return (largest * (sum / Double(count)).squareRoot(), worst)
  }
}
