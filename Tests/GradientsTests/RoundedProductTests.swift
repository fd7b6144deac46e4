import Gradients
import Tensors
import TestSupport
import Testing

/// Programs whose products between hidden layers are of bfloat16.
@Suite struct RoundedProductTests {
  /// A network of whole numbers: its sums are exact in Float, in any order, and only the rounding of factors
  /// is left, which numbers of more than 8 bits feel.
  private struct Case {
    let network = MLP(dimension: 2, hidden: [48, 40, 33], activation: .relu)
    let rows = 33
    let tape = Tape<Float>()
    let parameters: [Variable<Float>]
    let outputs: [Variable<Float>]

    init() {
      let tape = self.tape
      let parameters = network.parameterLayout.map { tape.input($0.shape) }
      self.parameters = parameters
      let (t, x) = (tape.input([rows, 1]), tape.input([rows, 2]))
      let value = network(parameters, time: t, points: x)
      outputs = [value] + value.sum().gradient(of: parameters)
    }

    func program(_ products: ProductPrecision) -> Program<Float> {
      Program(outputs, fixedInputs: parameters.count, products: products)
    }

    var inputs: [Tensor<Float>] {
      var generator = TestGenerator(11)
      func whole(_ shape: [Int], _ range: ClosedRange<Int>) -> Tensor<Float> {
        let numbers = (0..<shape.reduce(1, *)).map { _ in
          Float(Int.random(in: range, using: &generator))
        }
        return Tensor(numbers, shape: shape)
      }
      // The first and last weights are of eight bits, so that values and cotangents of hidden layers have
      // more than bfloat16 keeps.
      let layout = network.parameterLayout.map(\.shape)
      let weights = layout.enumerated().map { index, shape in
        let isOuter = index == 0 || index == layout.count - 2
        return whole(shape, isOuter ? -150...150 : -1...1)
      }
      return weights + [whole([rows, 1], 0...1), whole([rows, 2], -1...1)]
    }

    /// The same by products of tensors, with factors rounded by hand.
    var expected: [Tensor<Float>] {
      let inputs = self.inputs
      let weights = (0..<4).map { inputs[2 * $0] }
      let biases = (0..<4).map { inputs[2 * $0 + 1].reshaped([1, inputs[2 * $0].shape[0]]) }
      func round(_ x: Tensor<Float>, _ isHidden: Bool) -> Tensor<Float> {
        isHidden ? x.map(RoundedProductTests.rounded) : x
      }
      var values = [Tensor.concatenating([inputs[8], inputs[9]], along: 1)]
      for layer in 0..<4 {
        let isHidden = layer == 1 || layer == 2
        let sum = Tensor.product(
          round(values[layer], isHidden),
          round(weights[layer], isHidden),
          transposingSecond: true
        )
        let next = sum + biases[layer].broadcast(to: sum.shape)
        values.append(layer == 3 ? next : next.map { max($0, 0) })
      }
      var gradients: [Tensor<Float>] = []
      var slope = Tensor<Float>(repeating: 1, shape: values[4].shape)
      for layer in (0..<4).reversed() {
        let isHidden = layer == 1 || layer == 2
        gradients =
          [
            Tensor.product(
              round(slope, isHidden),
              round(values[layer], isHidden),
              transposingFirst: true
            ),
            slope.sum(along: 0).reshaped(inputs[2 * layer + 1].shape),
          ] + gradients
        if layer > 0 {
          let back = Tensor.product(round(slope, isHidden), round(weights[layer], isHidden))
          slope = back * values[layer].map { $0 > 0 ? 1 : 0 }
        }
      }
      return [values[4]] + gradients
    }
  }

  /// The nearest of 8 significant bits, of whole numbers the even one of two.
  private static func rounded(_ x: Float) -> Float {
    if x == 0 { return 0 }
    let spacing = Float(sign: .plus, exponent: x.exponent - 7, significand: 1)
    return (x / spacing).rounded(.toNearestOrEven) * spacing
  }

  @Test func productsOfRoundedFactors() {
    let own = Case()
    let found = own.program(.bfloat16)(own.inputs)
    let expected = own.expected
    #expect(found.count == expected.count)
    #expect(expected.allSatisfy { $0.elements.allSatisfy { $0.magnitude < 0x1p24 } })
    for (index, (first, second)) in zip(found, expected).enumerated() {
      #expect(first == second, "output \(index)")
    }
    // Full products of the same numbers are others.
    let full = own.program(.full)(own.inputs)
    for index in [0, 1, 3, 5] { #expect(found[index] != full[index], "output \(index)") }
  }

  /// Two hidden products forward, two weights' gradients and two cotangents backward: 6 of 11.
  @Test func firstAndNarrowLayersStayFull() {
    let text = Case().program(.bfloat16).description
    let lines = text.split(separator: "\n")
    #expect(lines.filter { $0.contains("of bfloat16") }.count == 6)
    #expect(lines.filter { $0.contains("linear") || $0.contains("product(") }.count == 11)
    #expect(!Case().program(.full).description.contains("bfloat16"))
  }

  /// A first layer as wide as the others keeps the digits of times and points.
  @Test func wideFirstLayerStaysFull() {
    let tape = Tape<Float>()
    let network = MLP(dimension: 64, hidden: [64, 64])
    let parameters = network.parameterLayout.map { tape.input($0.shape) }
    let value = network(parameters, time: tape.input([40, 1]), points: tape.input([40, 64]))
    let program = Program([value], fixedInputs: parameters.count, products: .bfloat16)
    let products = program.description.split(separator: "\n").filter { $0.contains("linear") }
    #expect(products.map { $0.contains("of bfloat16") } == [false, true, true])
  }

  /// Where no input is fixed a weight is the result of nothing: only gradients of weights, products of a
  /// cotangent and a value, are rounded.
  @Test func withoutFixedInputsWeightsStayFull() {
    let lines = Program(Case().outputs, products: .bfloat16).description.split(separator: "\n")
    let rounded = lines.filter { $0.contains("of bfloat16") }
    #expect(rounded.count == 2)
    #expect(rounded.allSatisfy { $0.contains("product(transposingFirst: true") })
  }

  @Test func programsOfDoubleAreRefused() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      _ = Program([tape.input([2, 3])], products: .bfloat16)
    }
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(output.contains("programs of Float, got one of Double"), "\(output)")
  }
}

extension Tensor {
  fileprivate func map(_ transform: (Scalar) -> Scalar) -> Tensor {
    Tensor(elements.map(transform), shape: shape)
  }
}
