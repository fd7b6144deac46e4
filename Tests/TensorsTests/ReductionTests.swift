import Tensors
import TestSupport
import Testing

/// Sums, means and maxima along every axis of every shape, against plain loops.
@Suite struct ReductionTests {
  static let shapes: [[Int]] = [
    [1], [5], [100], [3, 4], [1, 7], [7, 1], [33, 17], [2, 3, 4], [4, 1, 3], [2, 3, 2, 5],
  ]

  /// The elements that share all indices but that of `axis`, for each element of the result.
  private func fibres(_ x: [Double], _ shape: [Int], _ axis: Int) -> [[Double]] {
    var rest = shape
    rest[axis] = 1
    return indices(of: rest).map { index in
      (0..<shape[axis]).map { entry in
        var own = index
        own[axis] = entry
        return x[position(own, in: shape)]
      }
    }
  }

  private func check<Scalar: TensorScalar>(_ x: Tensor<Scalar>, axis: Int) {
    let resolved = axis < 0 ? axis + x.rank : axis
    var kept = x.shape
    kept[resolved] = 1
    var dropped = x.shape
    dropped.remove(at: resolved)
    let fibres = fibres(x.elements.map(Double.init), x.shape, resolved)
    let count = Double(x.shape[resolved])
    // n − 1 additions in either order differ from each other by at most (n − 1) ulp(1) Σ|x|; the
    // division of the mean adds one rounding.
    let bounds = fibres.map { fibre in
      count * Double(Scalar.ulpOfOne) * fibre.reduce(0) { $0 + abs($1) }
    }
    let sums = fibres.map { $0.reduce(0, +) }
    let sum = x.sum(along: axis)
    #expect(sum.shape == dropped)
    #expect(mismatch(sum.elements.map(Double.init), sums) { bounds[$0] } == nil)
    let mean = x.mean(along: axis)
    let means = sums.map { $0 / count }
    #expect(mismatch(mean.elements.map(Double.init), means) { bounds[$0] } == nil)
    let maximum = x.max(along: axis)
    #expect(maximum.shape == dropped)
    #expect(maximum.elements.map(Double.init) == fibres.map { $0.max() })
    #expect(x.sum(along: axis, keepingAxis: true) == sum.reshaped(kept))
    #expect(x.mean(along: axis, keepingAxis: true) == mean.reshaped(kept))
    #expect(x.max(along: axis, keepingAxis: true) == maximum.reshaped(kept))
  }

  @Test(arguments: shapes) func alongEveryAxis(_ shape: [Int]) {
    for axis in -shape.count..<shape.count {
      check(testTensor(shape, seed: 1, as: Double.self), axis: axis)
      check(testTensor(shape, seed: 2, as: Float.self), axis: axis)
    }
  }

  @Test(arguments: shapes) func ofAllElements(_ shape: [Int]) {
    let x = testTensor(shape, seed: 3, as: Float.self)
    let elements = x.elements.map(Double.init)
    // Accumulated in double: one rounding to Float, and on each side n − 1 roundings of double,
    // each at most 2⁻⁵³ Σ|x|; a mean has another for its quotient.
    let size = elements.reduce(0) { $0 + abs($1) }
    let sum = elements.reduce(0, +)
    let count = Double(x.count)
    #expect(abs(Double(x.sum()) - sum) <= abs(sum) * 0x1p-24 + 2 * count * 0x1p-53 * size)
    let mean = sum / count
    #expect(abs(Double(x.mean()) - mean) <= abs(mean) * 0x1p-24 + 2 * 0x1p-53 * size)
    #expect(Double(x.max()) == elements.max())
    let squares = elements.reduce(0) { $0 + $1 * $1 }
    #expect(abs(x.sumOfSquares - squares) <= Double(x.count) * 0x1p-52 * squares)
  }

  /// A sum in Float would stop at 2²⁴.
  @Test func sumOfManyIsAccumulatedInDouble() {
    let x = Tensor<Float>(repeating: 1, shape: [(1 << 24) + 8])
    #expect(x.sum() == Float((1 << 24) + 8))
  }

  @Test func notANumber() {
    for position in 0..<6 {
      var elements = [1.0, 5, 2, -1, 3, 4]
      elements[position] = .nan
      let x = Tensor(elements, shape: [2, 3])
      #expect(x.max().isNaN)
      #expect(x.max(along: 1).elements.map(\.isNaN) == [position < 3, position >= 3])
      #expect(x.max(along: 0).elements.map(\.isNaN) == (0..<3).map { $0 == position % 3 })
      #expect(x.firstNonFinite == position)
    }
    #expect(Tensor([1.0, 2]).firstNonFinite == nil)
    #expect(Tensor([Float(1), -.infinity, .nan]).firstNonFinite == 1)
    #expect(Tensor([-Double.infinity, -.infinity]).max() == -.infinity)
  }

  @Test func nothingToReduce() {
    let none = Tensor<Double>(zeros: [0, 3])
    #expect(none.sum() == 0)
    #expect(none.mean().isNaN)
    #expect(none.sum(along: 0) == Tensor([0, 0, 0.0]))
    #expect(none.sum(along: 1) == Tensor<Double>([]))
    #expect(none.max(along: 1) == Tensor<Double>([]))
    #expect(none.mean(along: 0).elements.allSatisfy { $0.isNaN })
    #expect(Tensor<Float>(zeros: [3, 0]).sum(along: 1) == Tensor([Float(0), 0, 0]))
    #expect(none.sumOfSquares == 0)
    #expect(none.firstNonFinite == nil)
  }
}
