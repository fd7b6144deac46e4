import Tensors
import TestSupport
import Testing

/// Products with all four transposes against triple loops.
@Suite struct MatrixProductTests {
  /// rows, columns, inner.
  static let sizes: [[Int]] = [
    [1, 1, 1], [3, 5, 4], [1, 64, 1], [64, 1, 7], [16, 16, 16], [17, 9, 33], [2, 3, 200],
    [70, 65, 130], [5, 3, 0], [0, 3, 2], [3, 0, 2],
  ]

  private func check<Scalar: TensorScalar>(_ size: [Int], _ type: Scalar.Type) {
    let (rows, columns, inner) = (size[0], size[1], size[2])
    let a = testTensor([rows, inner], seed: 1, as: Scalar.self)
    let b = testTensor([inner, columns], seed: 2, as: Scalar.self)
    let (left, right) = (a.elements.map(Double.init), b.elements.map(Double.init))
    var wanted = [Double](repeating: 0, count: rows * columns)
    var sizes = wanted
    for row in 0..<rows {
      for column in 0..<columns {
        for k in 0..<inner {
          let term = left[row * inner + k] * right[k * columns + column]
          wanted[row * columns + column] += term
          sizes[row * columns + column] += abs(term)
        }
      }
    }
    // A sum of n products in any order is within n u/(1 − nu) Σ|a||b| of the exact one (Higham,
    // 3.5); u is half an ulp of 1, and the loop in double has made its own error of that size.
    let factor = Double(inner) * Double(Scalar.ulpOfOne)
    for transposingFirst in [false, true] {
      for transposingSecond in [false, true] {
        let product = Tensor.product(
          transposingFirst ? a.transposed : a,
          transposingSecond ? b.transposed : b,
          transposingFirst: transposingFirst,
          transposingSecond: transposingSecond
        )
        #expect(product.shape == [rows, columns])
        let problem = mismatch(product.elements.map(Double.init), wanted) { factor * sizes[$0] }
        #expect(problem == nil, "\(transposingFirst) \(transposingSecond)")
      }
    }
  }

  @Test(arguments: sizes) func double(_ size: [Int]) { check(size, Double.self) }

  @Test(arguments: sizes) func float(_ size: [Int]) { check(size, Float.self) }

  /// Products run on one BLAS thread unless a host says otherwise: workers share out the rows.
  @Test func threads() {
    #expect(BLAS.threadCount == 1)
    #expect(!BLAS.coreName.isEmpty)
  }
}
