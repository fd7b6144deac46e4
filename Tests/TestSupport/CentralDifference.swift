package import Tensors

/// A numerical derivative and how wrong it may be.
///
/// With the central differences D(h) = (f(x + hv) − f(x − hv)) / 2h at h, 2h and 4h the estimate is
/// R(h) = (4 D(h) − D(2h)) / 3, whose error is O(h⁴). Two terms bound it:
/// - truncation: R(2h) − R(h) is 15 times the error of R(h) to leading order, so all of that
///   difference is a safe bound;
/// - rounding: each f carries at most `roundings` relative errors of 2⁻⁵³ of the largest |f|, the
///   weights of R add up to 3/(2h)·max|f|.
package struct CentralDifference: Sendable {
  /// The estimate, one number for each output.
  package let values: [Double]
  /// The bound on the error of each.
  package let errors: [Double]

  /// The derivative along a direction.
  ///
  /// - Parameters:
  ///   - point: x.
  ///   - direction: v.
  ///   - step: h; 2⁻¹⁰ makes both terms about 10⁻¹² for functions whose derivatives are of order 1.
  ///   - roundings: of the computation of f, a generous count.
  ///   - function: f.
  package init(
    at point: [Tensor<Double>],
    along direction: [Tensor<Double>],
    step: Double = 0x1p-10,
    roundings: Double = 64,
    of function: ([Tensor<Double>]) -> [Double]
  ) {
    var largest = 0.0
    func difference(_ h: Double) -> [Double] {
      let plus = function(zip(point, direction).map { $0 + $1 * h })
      let minus = function(zip(point, direction).map { $0 - $1 * h })
      largest = max(largest, magnitude(plus), magnitude(minus))
      return zip(plus, minus).map { ($0 - $1) / (2 * h) }
    }
    let (one, two, four) = (difference(step), difference(2 * step), difference(4 * step))
    let fine = zip(one, two).map { (4 * $0 - $1) / 3 }
    let coarse = zip(two, four).map { (4 * $0 - $1) / 3 }
    let rounding = 1.5 / step * roundings * 0x1p-53 * max(1, largest)
    values = fine
    errors = zip(fine, coarse).map { abs($0 - $1) + rounding }
  }

  /// Why numbers differ from the derivative, or nil.
  package func mismatch(_ found: [Double]) -> String? {
    TestSupport.mismatch(found, values) { errors[$0] }
  }

  /// The partial derivatives of a scalar function in the order of the arguments' elements.
  package static func gradient(
    at point: [Tensor<Double>],
    roundings: Double = 64,
    of function: ([Tensor<Double>]) -> Double
  ) -> (values: [Double], errors: [Double]) {
    var values: [Double] = []
    var errors: [Double] = []
    for (argument, tensor) in point.enumerated() {
      for element in 0..<tensor.count {
        let direction = point.enumerated().map { index, other in
          var numbers = [Double](repeating: 0, count: other.count)
          if index == argument { numbers[element] = 1 }
          return Tensor(numbers, shape: other.shape)
        }
        let slope = CentralDifference(at: point, along: direction, roundings: roundings) {
          [function($0)]
        }
        values += slope.values
        errors += slope.errors
      }
    }
    return (values, errors)
  }
}
