import Foundation
import Tensors
import TestSupport
import Testing

/// Factorisations by their backward errors: residuals in units of rounding, as Higham bounds them.
@Suite struct LinearAlgebraTests {
  static let sizes = [0, 1, 2, 3, 8, 33]

  /// B Bᵀ + I/2 with a B of small numbers.
  private func definite<Scalar: TensorScalar>(_ size: Int) -> Tensor<Scalar> {
    let b = testTensor([size, size], seed: UInt64(size), as: Scalar.self)
    return .product(b, b, transposingSecond: true) + Tensor(identity: size) * Scalar(0.5)
  }

  private func absolute(_ x: Tensor<Double>) -> Tensor<Double> { x.applying(.absolute) }

  /// |left − right| ≤ factor · scale, elementwise.
  private func expectWithin(
    _ left: Tensor<Double>,
    _ right: Tensor<Double>,
    _ factor: Double,
    _ scale: Tensor<Double>
  ) {
    let bounds = scale.elements.map { factor * $0 }
    #expect(mismatch(left.elements, right.elements) { bounds[$0] } == nil)
  }

  private func factorise<Scalar: TensorScalar>(_ size: Int, _ type: Scalar.Type) throws {
    let a: Tensor<Scalar> = definite(size)
    let unit = Double(Scalar.ulpOfOne)
    let l = Tensor<Double>(try a.cholesky())
    let isLower = indices(of: [size, size]).allSatisfy { $0[1] <= $0[0] || l[$0[0], $0[1]] == 0 }
    #expect(isLower)
    let absoluteProduct = Tensor.product(absolute(l), absolute(l), transposingSecond: true)
    // Higham, Theorem 10.3: |A − LLᵀ| ≤ γ(n + 1) |L||Lᵀ|.
    expectWithin(
      .product(l, l, transposingSecond: true),
      Tensor<Double>(a),
      Double(size + 1) * unit,
      absoluteProduct
    )
    let right = testTensor([size, 3], seed: 9, as: Scalar.self)
    for transposed in [false, true] {
      let x = Tensor<Double>(
        try Tensor<Scalar>(l).solvingLowerTriangular(right, transposed: transposed)
      )
      // Higham, Theorem 8.5: |B − LX| ≤ γ(n) |L||X|; 2 covers the residual's own rounding.
      expectWithin(
        .product(l, x, transposingFirst: transposed),
        Tensor<Double>(right),
        2 * Double(size) * unit,
        .product(absolute(l), absolute(x), transposingFirst: transposed)
      )
    }
    let x = Tensor<Double>(try a.solvingSymmetric(right))
    // Higham, Theorem 10.4: |B − AX| ≤ γ(3n + 1) |L||Lᵀ||X|.
    expectWithin(
      .product(Tensor<Double>(a), x),
      Tensor<Double>(right),
      Double(3 * size + 1) * unit,
      .product(absoluteProduct, absolute(x))
    )
  }

  @Test(arguments: sizes) func choleskyAndSolves(_ size: Int) throws {
    try factorise(size, Double.self)
    try factorise(size, Float.self)
  }

  private func decompose<Scalar: TensorScalar>(_ size: Int, _ type: Scalar.Type) throws {
    let b = testTensor([size, size], seed: 3, as: Scalar.self)
    let a = Tensor<Double>(b + b.transposed)
    let (values, vectors) = try Tensor<Scalar>(a).symmetricEigen()
    let (lambda, v) = (Tensor<Double>(values), Tensor<Double>(vectors))
    #expect(lambda.elements == lambda.elements.sorted())
    // LAPACK's bound: p(n) ulp(1) ‖A‖ with a modest polynomial, here 8n.
    let tolerance = 8 * Double(max(1, size)) * Double(Scalar.ulpOfOne)
    let norm = a.sumOfSquares.squareRoot()
    #expect(mismatch(.product(a, v), v * lambda, tolerance: tolerance * norm) == nil)
    let gram = Tensor.product(v, v, transposingFirst: true)
    #expect(mismatch(gram, Tensor(identity: size), tolerance: tolerance) == nil)
  }

  @Test(arguments: sizes) func eigenvectors(_ size: Int) throws {
    try decompose(size, Double.self)
    try decompose(size, Float.self)
  }

  /// The second difference: eigenvalues 2 − 2 cos(kπ/(n + 1)).
  @Test func knownEigenvalues() throws {
    let size = 12
    let a = Tensor(
      indices(of: [size, size]).map { index -> Double in
        index[0] == index[1] ? 2 : abs(index[0] - index[1]) == 1 ? -1 : 0
      },
      shape: [size, size]
    )
    let wanted = (1...size).map { 2 - 2 * cos(Double($0) * .pi / Double(size + 1)) }
    let values = try a.symmetricEigen().values
    // 8n ulp(1) ‖A‖₂, and the norm is below 4.
    #expect(mismatch(values.elements, wanted) { _ in 8 * 12 * 0x1p-52 * 4 } == nil)
  }

  /// The upper triangle is not read, as the documentation says.
  @Test func onlyTheLowerTriangleIsRead() throws {
    var a: Tensor<Double> = definite(3)
    let factor = try a.cholesky()
    let values = try a.symmetricEigen().values
    a[0, 2] = 1e6
    a[0, 1] = -1e6
    #expect(try a.cholesky() == factor)
    #expect(try a.symmetricEigen().values == values)
  }

  @Test func errors() {
    let indefinite = Tensor(rows: [[4.0, 0, 0], [0, 1, 2], [0, 2, 1]])
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 3, size: 3)) {
      try indefinite.cholesky()
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 3, size: 3)) {
      try indefinite.solvingSymmetric(Tensor(zeros: [3, 1]))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2, size: 2)) {
      try Tensor(rows: [[Float(1), 1], [1, 1]]).cholesky()
    }
    var singular = Tensor<Double>(identity: 4)
    singular[2, 2] = 0
    #expect(throws: LinearAlgebraError.singular(row: 2, size: 4)) {
      try singular.solvingLowerTriangular(Tensor(zeros: [4, 1]))
    }
    var bad = Tensor<Double>(identity: 3)
    bad[2, 1] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: 2, column: 1)) { try bad.cholesky() }
    #expect(throws: LinearAlgebraError.notFinite(row: 2, column: 1)) { try bad.symmetricEigen() }
    bad[2, 1] = .infinity
    #expect(throws: LinearAlgebraError.notFinite(row: 2, column: 1)) { try bad.symmetricEigen() }
    let text = "\(LinearAlgebraError.notPositiveDefinite(order: 2, size: 3))"
    #expect(text.contains("3×3") && text.contains("order 2"))
  }
}
