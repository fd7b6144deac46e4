import Gradients
import Tensors
import TestSupport
import Testing

/// A small network and the activations against PyTorch in float64.
@Suite struct PyTorchNetworkTests {
  private func forward(
    _ parameters: [Variable<Double>],
    _ inputs: Variable<Double>
  ) -> Variable<Double> {
    var value = inputs
    for layer in 0..<3 {
      value = value.linear(weight: parameters[2 * layer], bias: parameters[2 * layer + 1])
      if layer < 2 { value = value.activated(.silu) }
    }
    return value
  }

  /// Numbers here are sums of some tens of products, passed on through three layers whose factors
  /// are of order 1: the two libraries may differ by some hundred roundings of the largest number
  /// of a tensor.
  private func expectClose(_ found: Tensor<Double>, _ wanted: Tensor<Double>, _ name: String) {
    let tolerance = 256 * 0x1p-53 * max(1, magnitude(wanted.elements))
    let problem = mismatch(found, wanted, tolerance: tolerance)
    #expect(problem == nil, "\(name)")
  }

  @Test func network() throws {
    let fixture = try Fixtures.load("mlp", as: NetworkFixture.self)
    let parameters = fixture.layers.flatMap(\.tensors)
    let inputs = Tensor(rows: fixture.inputs)
    let tape = Tape<Double>()
    let variables = parameters.map { tape.input($0.shape) }
    let (x, v) = (tape.input(inputs.shape), tape.input(inputs.shape))
    let outputs = forward(variables, x)
    let loss = outputs.squared.sum()
    let product = Variable.jacobianVectorProduct(of: [outputs], along: [(x, v)])[0]
    let productLoss = product.squared.sum()
    let arguments = parameters + [inputs, Tensor(rows: fixture.direction)]

    let values = Program([outputs, loss, product, productLoss])(arguments)
    expectClose(values[0], Tensor(rows: fixture.outputs), "outputs")
    expectClose(values[1], Tensor(fixture.loss), "loss")
    expectClose(values[2], Tensor(rows: fixture.jacobianVectorProduct), "Jacobian times vector")
    expectClose(values[3], Tensor(fixture.jacobianVectorLoss), "its loss")

    let gradients = Program(loss.gradient(of: variables + [x]))(arguments)
    for (found, wanted) in zip(gradients, fixture.lossGradients.flatMap(\.tensors)) {
      expectClose(found, wanted, "gradient of the loss")
    }
    expectClose(gradients[6], Tensor(rows: fixture.lossInputGradient), "gradient of the inputs")

    let second = Program(productLoss.gradient(of: variables))(arguments)
    let wanted = fixture.jacobianVectorLossGradients.flatMap(\.tensors)
    #expect(second.count == wanted.count)
    for (found, wanted) in zip(second, wanted) {
      expectClose(found, wanted, "gradient of the loss of the Jacobian times a vector")
    }
  }

  /// The Jacobian of the first row: its rows by reverse mode, its columns by forward mode.
  @Test func jacobian() throws {
    let fixture = try Fixtures.load("mlp", as: NetworkFixture.self)
    let parameters = fixture.layers.flatMap(\.tensors)
    let wanted = Tensor(rows: fixture.jacobianOfFirstRow)
    let point = [Tensor(rows: [fixture.inputs[0]])]
    let tape = Tape<Double>()
    let x = tape.input([1, 3])
    let y = forward(parameters.map(tape.constant), x)
    let rows = (0..<2).map { row -> Variable<Double> in
      let weight = tape.constant(Tensor<Double>(identity: 2).slice(row..<row + 1))
      return Variable.vectorJacobianProduct(of: [(y, weight)], withRespectTo: [x])[0]
    }
    let columns = (0..<3).map { column -> Variable<Double> in
      let direction = tape.constant(Tensor<Double>(identity: 3).slice(column..<column + 1))
      return Variable.jacobianVectorProduct(of: [y], along: [(x, direction)])[0]
    }
    expectClose(Program([.concatenating(rows)])(point)[0], wanted, "by rows")
    expectClose(Program([.concatenating(columns)])(point)[0].transposed, wanted, "by columns")
  }

  /// The fixture is within 5·10⁻¹⁶ max(1, |x|) of exact; the kernels may add 4 roundings of the
  /// terms they sum, which grow as |x|.
  @Test(arguments: Activation.allCases) func activation(_ kind: Activation) throws {
    let fixture = try Fixtures.load("activations", as: ActivationFixture.self)
    let function = try #require(fixture.functions[kind.rawValue])
    let x = Tensor(fixture.points)
    for (order, wanted) in [function.value, function.first, function.second].enumerated() {
      let tolerance = { (index: Int) in
        (5e-16 + 4 * 0x1p-53) * max(1, abs(fixture.points[index]))
      }
      // At the kink of SELU the left and the right derivatives are both right answers.
      func smooth(_ numbers: [Double]) -> [Double] {
        zip(fixture.points, numbers).map { kind == .selu && order > 0 && $0 == 0 ? 0 : $1 }
      }
      let problem = mismatch(
        smooth(x.activated(kind, order: order).elements),
        smooth(wanted),
        tolerance: tolerance
      )
      #expect(problem == nil, "order \(order)")
      let recorded = evaluate(at: [x]) { $0[0].activated(kind, order: order) }
      #expect(recorded == x.activated(kind, order: order))
    }
  }
}
