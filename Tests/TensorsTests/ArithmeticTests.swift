import Foundation
import Tensors
import TestSupport
import Testing

/// Elementwise arithmetic with every kind of broadcast, against plain loops.
///
/// Sums, products, quotients, maxima and comparisons are correctly rounded: equality is exact.
@Suite struct ArithmeticTests {
  private func reference<Scalar: TensorScalar>(
    _ operation: BinaryOperation,
    _ x: Scalar,
    _ y: Scalar
  ) -> Scalar {
    switch operation {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .maximum: x.isNaN || y.isNaN ? .nan : x > y ? x : y
    case .minimum: x.isNaN || y.isNaN ? .nan : x < y ? x : y
    case .greater: x > y ? 1 : 0
    case .greaterOrEqual: x >= y ? 1 : 0
    case .equal: x == y ? 1 : 0
    }
  }

  private func check<Scalar: TensorScalar>(
    _ operation: BinaryOperation,
    _ first: Tensor<Scalar>,
    _ second: Tensor<Scalar>,
    _ shape: [Int]
  ) {
    let result = Tensor.elementwise(operation, first, second)
    let (left, right) = (first.elements, second.elements)
    let wanted = indices(of: shape).map {
      reference(operation, element(first, left, at: $0), element(second, right, at: $0))
    }
    let problem = mismatch(result, Tensor(wanted, shape: shape))
    #expect(problem == nil, "\(first.shape) \(operation) \(second.shape)")
  }

  @Test(arguments: BinaryOperation.allCases)
  func elementwise(_ operation: BinaryOperation) {
    for (first, second, shape) in broadcastPairs {
      check(
        operation,
        quarterTensor(first, seed: 1, as: Double.self),
        quarterTensor(second, seed: 2),
        shape
      )
      check(
        operation,
        quarterTensor(second, seed: 3, as: Float.self),
        quarterTensor(first, seed: 4),
        shape
      )
    }
  }

  @Test(arguments: BinaryOperation.allCases)
  func notANumber(_ operation: BinaryOperation) {
    let first = Tensor([.nan, 1, .nan, .infinity, -.infinity, 0.0])
    let second = Tensor([1, .nan, .nan, 1, 1, 0.0])
    check(operation, first, second, [6])
  }

  @Test func operators() {
    let x: Tensor<Double> = testTensor([3, 4], seed: 1)
    let y: Tensor<Double> = testTensor([4], seed: 2)
    #expect(x + y == .elementwise(.add, x, y))
    #expect(x - y == .elementwise(.subtract, x, y))
    #expect(x * y == .elementwise(.multiply, x, y))
    #expect(x / y == .elementwise(.divide, x, y))
    #expect(-x == Tensor(x.elements.map { -$0 }, shape: x.shape))
    #expect(x + 0.75 == Tensor(x.elements.map { $0 + 0.75 }, shape: x.shape))
    #expect(x - 0.75 == Tensor(x.elements.map { $0 - 0.75 }, shape: x.shape))
    #expect(x * 0.75 == Tensor(x.elements.map { $0 * 0.75 }, shape: x.shape))
    #expect(0.75 * x == x * 0.75)
    #expect(x / 0.75 == Tensor(x.elements.map { $0 / 0.75 }, shape: x.shape))
    #expect(x.affine(scale: 4, offset: 8) == x * 4 + 8)
    var sum = x
    sum += x
    #expect(sum == x * 2)
    sum += y
    #expect(sum == x * 2 + y)
    sum.scale(by: 0.5)
    #expect(sum == (x * 2 + y) * 0.5)
    var added = x
    added.add(x, scaledBy: -4)
    #expect(added == x - x * 4)
  }

  /// Every elementwise function against the C library.
  ///
  /// Those that are correctly rounded are equal, the others within 4 units in the last place of
  /// max(1, |f|): the kernels' own tests bound each more tightly.
  @Test(arguments: UnaryOperation.allCases)
  func unary(_ operation: UnaryOperation) {
    let isPositive = [.squareRoot, .log, .logOnePlus].contains(operation)
    let x = testNumbers(101, seed: 5, in: isPositive ? 0.01...4 : -4...4)
    let wanted = x.map { x -> Double in
      switch operation {
      case .negate: -x
      case .absolute: abs(x)
      case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
      case .square: x * x
      case .squareRoot: x.squareRoot()
      case .reciprocal: 1 / x
      case .floor: x.rounded(.down)
      case .exp: Foundation.exp(x)
      case .expMinusOne: Foundation.expm1(x)
      case .log: Foundation.log(x)
      case .logOnePlus: Foundation.log1p(x)
      case .sin: Foundation.sin(x)
      case .cos: Foundation.cos(x)
      case .tanh: Foundation.tanh(x)
      case .sigmoid: 1 / (1 + Foundation.exp(-x))
      case .erf: Foundation.erf(x)
      }
    }
    let isRounded =
      switch operation {
      case .negate, .absolute, .sign, .floor, .square, .reciprocal, .squareRoot: true
      case .exp, .expMinusOne, .log, .logOnePlus, .sin, .cos, .tanh, .sigmoid, .erf: false
      }
    let double = mismatch(Tensor(x).applying(operation).elements, wanted) {
      isRounded ? 0 : 4 * 0x1p-53 * max(1, abs(wanted[$0]))
    }
    #expect(double == nil)
    let single = Tensor<Float>(Tensor(x))
    // The argument is rounded too: a relative error of 2⁻²⁴ in x, and |x f′| ≤ 5 max(1, |f|) here.
    let float = mismatch(single.applying(operation).elements.map(Double.init), wanted) {
      operation == .floor ? 0 : (4 + 5) * 0x1p-24 * max(1, abs(wanted[$0]))
    }
    #expect(float == nil)
  }

  @Test func selection() {
    for (first, second, shape) in broadcastPairs {
      let x = quarterTensor(first, seed: 1, as: Double.self)
      let y = quarterTensor(second, seed: 2, as: Double.self)
      let mask = Tensor.elementwise(.greater, x, y)
      let (left, right) = (x.elements, y.elements)
      let wanted = indices(of: shape).map {
        max(element(x, left, at: $0), element(y, right, at: $0))
      }
      #expect(Tensor.select(mask, x, y) == Tensor(wanted, shape: shape))
    }
    let row = Tensor.select(Tensor([1.0, 0, -2], shape: [3, 1]), Tensor([1.0, 2]), Tensor(9))
    #expect(row == Tensor(rows: [[1, 2], [9, 9], [1, 2]]))
  }

  @Test func repeating() {
    for (first, _, shape) in broadcastPairs {
      let x = quarterTensor(first, seed: 7, as: Float.self)
      let elements = x.elements
      let wanted = indices(of: shape).map { element(x, elements, at: $0) }
      #expect(x.broadcast(to: shape) == Tensor(wanted, shape: shape))
    }
  }

  @Test func approximateEquality() {
    let x = Tensor([1.0, -2, 0])
    #expect(x.isApproximatelyEqual(to: Tensor([1.0 + 1e-9, -2 - 1e-9, 0])))
    #expect(!x.isApproximatelyEqual(to: Tensor([1.0 + 1e-6, -2, 0])))
    #expect(!x.isApproximatelyEqual(to: Tensor([1.0, -2, 1e-12])))
    #expect(x.isApproximatelyEqual(to: Tensor([1.0, -2, 1e-12]), absoluteTolerance: 1e-11))
    #expect(!x.isApproximatelyEqual(to: x.reshaped([3, 1])))
    #expect(!Tensor([Double.nan]).isApproximatelyEqual(to: Tensor([Double.nan])))
  }
}
