import Gradients
import Tensors
import TestSupport
import Testing

/// A loss that contains a Jacobian-vector product of a two-layer SiLU network, as flow maps and the
/// Schrödinger-bridge objective need it: every parameter's gradient against central differences.
@Suite struct JacobianVectorLossTests {
  static let network = MLP(dimension: 2, hidden: [5, 4], activation: .silu)

  /// Σ (∂_x f · v + ∂_t f)² + Σ f², the derivative of f along (1, v) in (t, x).
  private func loss(_ arguments: [Variable<Double>]) -> Variable<Double> {
    let parameters = Array(arguments.dropLast(3))
    let (time, points, direction) = (
      arguments[arguments.count - 3], arguments[arguments.count - 2],
      arguments[arguments.count - 1]
    )
    let value = Self.network(parameters, time: time, points: points)
    let slope = Variable.jacobianVectorProduct(
      of: [value],
      along: [(points, direction), (time, time.tape.fill(1, shape: time.shape))]
    )[0]
    return slope.squared.sum() + value.squared.sum()
  }

  private var data: [Tensor<Double>] {
    [testTensor([3, 1], seed: 5), testTensor([3, 2], seed: 6), testTensor([3, 2], seed: 7)]
  }

  @Test func everyParameter() {
    let parameters = Self.network.initialParameters(seed: 3)
    #expect(parameters.count == 6)
    let tape = Tape<Double>()
    let variables = (parameters + data).map { tape.input($0.shape) }
    let value = loss(variables)
    let program = Program([value])
    let gradients = Program(value.gradient(of: Array(variables.prefix(6))))(parameters + data)
    let wanted = CentralDifference.gradient(at: parameters) { program($0 + data)[0].scalar }
    let found = gradients.flatMap(\.elements)
    #expect(found.count == Self.network.parameterCount)
    #expect(mismatch(found, wanted.values) { wanted.errors[$0] } == nil)
    // Nothing is zero by accident.
    #expect(found.allSatisfy { abs($0) > 1e-6 })
  }

  /// The same through the points, the times and the direction.
  @Test func everyArgument() {
    let parameters = Self.network.initialParameters(seed: 3)
    let tape = Tape<Double>()
    let variables = (parameters + data).map { tape.input($0.shape) }
    let value = loss(variables)
    let program = Program([value])
    let gradients = Program(value.gradient(of: Array(variables.suffix(3))))(parameters + data)
    let wanted = CentralDifference.gradient(at: data) { program(parameters + $0)[0].scalar }
    #expect(mismatch(gradients.flatMap(\.elements), wanted.values) { wanted.errors[$0] } == nil)
  }
}
