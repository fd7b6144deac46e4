import Gradients
import Tensors
import TestSupport
import Testing

/// Conventions that no difference quotient shows: ties, detached values, values that do not matter.
@Suite struct DerivativeRuleTests {
  private func gradient(
    _ point: Tensor<Double>...,
    of function: ([Variable<Double>]) -> Variable<Double>
  ) -> [[Double]] {
    valueWithGradient(at: point, of: function).gradient.map(\.elements)
  }

  @Test func tiesShare() {
    let x = Tensor([2.0, 5, 5, 1, 5, 0], shape: [2, 3])
    let third = 1.0 / 3
    #expect(
      gradient(x) { $0[0].reshaped([6]).max(along: 0) } == [[0, third, third, 0, third, 0]]
    )
    #expect(gradient(x) { $0[0].max(along: 1).sum() } == [[0, 0.5, 0.5, 0, 1, 0]])
    let (a, b) = (Tensor([1.0, 2, 3]), Tensor([1.0, 3, 2]))
    for operation in [BinaryOperation.maximum, .minimum] {
      let parts = gradient(a, b) { Variable.elementwise(operation, $0[0], $0[1]).sum() }
      let first: [Double] = operation == .maximum ? [0.5, 0, 1] : [0.5, 1, 0]
      #expect(parts == [first, first.map { 1 - $0 }])
    }
  }

  /// Forward mode takes the same share.
  @Test func tiesShareForward() {
    let tape = Tape<Double>()
    let (x, v) = (tape.input([3]), tape.input([3]))
    let slope = Variable.jacobianVectorProduct(of: [x.max(along: 0)], along: [(x, v)])
    let result = Program(slope)([Tensor([4.0, 1, 4]), Tensor([10.0, 100, 1_000])])
    #expect(result[0].scalar == 505)
  }

  /// The kinks: ReLU's derivative at 0 is 0, |x|'s is 0.
  @Test func kinks() {
    let zero = Tensor([0.0])
    #expect(gradient(zero) { $0[0].activated(.relu).sum() } == [[0]])
    #expect(gradient(zero) { $0[0].applying(.absolute).sum() } == [[0]])
  }

  @Test func detachedValuesAreConstants() {
    let x = Tensor([2.0, 3])
    #expect(gradient(x) { ($0[0].detached * $0[0]).sum() } == [[2, 3]])
    #expect(gradient(x) { $0[0].detached.squared.sum() } == [[0, 0]])
    #expect(valueWithGradient(at: [x]) { $0[0].detached.squared.sum() }.value == 13)
    let tape = Tape<Double>()
    let (y, v) = (tape.input([2]), tape.input([2]))
    let slope = Variable.jacobianVectorProduct(of: [y.detached * y], along: [(y, v)])
    #expect(Program(slope)([x, Tensor([1.0, 10])])[0] == Tensor([2.0, 30]))
  }

  /// What a value does not depend on has a zero gradient of its own shape.
  @Test func independentValues() {
    let parts = gradient(Tensor([2.0]), Tensor(zeros: [2, 2])) { $0[0].squared.sum() }
    #expect(parts == [[4], [0, 0, 0, 0]])
    #expect(gradient(Tensor([1.0])) { $0[0].tape.fill(3) } == [[0]])
    #expect(gradient(Tensor([1.5])) { $0[0].applying(.floor).sum() } == [[0]])
  }

  /// A variable recorded after the value, and the value itself.
  @Test func ofItselfAndOfLater() {
    let tape = Tape<Double>()
    let x = tape.input([])
    let y = x.squared
    let later = tape.input([3])
    let results = Program(y.gradient(of: [y, x, later]))([Tensor(3.0), Tensor(zeros: [3])])
    #expect(results.map(\.elements) == [[1], [6], [0, 0, 0]])
  }

  /// An inner value of the chain may be differentiated by, as well as its own inputs.
  @Test func innerValues() {
    let tape = Tape<Double>()
    let x = tape.input([])
    let inner = x.squared
    let outer = inner.exp + x
    let results = Program(outer.gradient(of: [inner, x]))([Tensor(0.5)])
    let slope = Tensor(0.25).applying(.exp).scalar
    #expect(abs(results[0].scalar - slope) <= 2 * 0x1p-52 * slope)
    #expect(abs(results[1].scalar - (slope + 1)) <= 4 * 0x1p-52 * slope)
  }

  /// Several outputs, one of them twice, add up.
  @Test func severalOutputs() {
    let tape = Tape<Double>()
    let x = tape.input([2])
    let (y, z) = (x * 3, x.squared)
    let (u, w) = (tape.input([2]), tape.input([2]))
    let product = Variable.vectorJacobianProduct(
      of: [(y, u), (z, w), (y, w)],
      withRespectTo: [x]
    )
    let result = Program(product)([Tensor([1.0, 2]), Tensor([1.0, 1]), Tensor([10.0, 100])])
    #expect(result[0].elements == [33 + 20, 303 + 400])
  }

  /// d⁵ sin = cos: nested as deep as asked for, in both modes by turns.
  @Test func fifthDerivative() {
    let tape = Tape<Double>()
    let x = tape.input([])
    var y = x.sin
    for order in 0..<5 {
      y =
        order.isMultiple(of: 2)
        ? y.gradient(of: [x])[0]
        : Variable.jacobianVectorProduct(of: [y], along: [(x, tape.fill(1))])[0]
    }
    let found = Program([y, x.cos])([Tensor(0.7)])
    #expect(abs(found[0].scalar - found[1].scalar) <= 8 * 0x1p-52)
  }

  /// A chain of 200,000 records differentiates and is released without recursion.
  @Test func longChain() {
    let slope = valueWithGradient(at: [Tensor(1.0)]) { arguments in
      var value = arguments[0]
      for index in 0..<200_000 { value = value.affine(scale: 1, offset: Double(index % 7) + 1) }
      return value
    }
    #expect(slope.gradient[0].scalar == 1)
  }
}
