package import Tensors

/// Why two lists of numbers differ, or nil where every pair is within its tolerance.
///
/// NaN agrees with NaN only, so that a comparison can never pass because of one.
package func mismatch(
  _ found: [Double],
  _ wanted: [Double],
  tolerance: (Int) -> Double
) -> String? {
  if found.count != wanted.count { return "\(found.count) numbers, not \(wanted.count)" }
  for index in found.indices {
    let (own, other) = (found[index], wanted[index])
    if own == other || own.isNaN && other.isNaN { continue }
    if !(abs(own - other) <= tolerance(index)) {
      return "element \(index) is \(own), not \(other): off by \(abs(own - other)), "
        + "allowed \(tolerance(index))"
    }
  }
  return nil
}

/// Why two tensors differ, or nil where shapes agree and every pair is within the tolerance.
package func mismatch<Scalar>(
  _ found: Tensor<Scalar>,
  _ wanted: Tensor<Scalar>,
  tolerance: Double = 0
) -> String? {
  if found.shape != wanted.shape { return "the shape is \(found.shape), not \(wanted.shape)" }
  return mismatch(found.elements.map(Double.init), wanted.elements.map(Double.init)) { _ in
    tolerance
  }
}

/// The largest magnitude in a list, 0 for none.
package func magnitude(_ numbers: [Double]) -> Double { numbers.reduce(0) { max($0, abs($1)) } }

/// Whether two tensors are the same to the last bit, NaN included.
package func areIdentical(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Bool {
  first.shape == second.shape
    && first.elements.map(\.bitPattern) == second.elements.map(\.bitPattern)
}

/// Σ aᵢ bᵢ over all elements of two lists of tensors.
package func dot(_ first: [Tensor<Double>], _ second: [Tensor<Double>]) -> Double {
  zip(first, second).reduce(0) { sum, pair in
    sum + zip(pair.0.elements, pair.1.elements).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

/// The largest magnitude of an element; infinite if one is NaN.
package func worst(_ tensor: Tensor<Double>) -> Double {
  tensor.elements.reduce(0) { $1.isNaN ? .infinity : max($0, abs($1)) }
}

/// The largest excess of |found − exact| over a bound given for each element.
package func excess(
  _ found: Tensor<Double>,
  _ exact: Tensor<Double>,
  _ bound: Tensor<Double>
) -> Double {
  zip(zip(found.elements, exact.elements), bound.elements).reduce(-Double.infinity) {
    let own = abs($1.0.0 - $1.0.1) - abs($1.1)
    return own.isNaN ? .infinity : max($0, own)
  }
}
