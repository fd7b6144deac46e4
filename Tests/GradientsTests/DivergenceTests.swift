import Gradients
import Tensors
import TestSupport
import Testing

/// The divergence: exact against the trace of the Jacobian, Hutchinson's against the exact one.
@Suite struct DivergenceTests {
  static let network = MLP(dimension: 3, hidden: [6, 5], activation: .silu)
  private let parameters = network.initialParameters(seed: 8)
  private let time: Tensor<Double> = testTensor([4, 1], seed: 1, in: 0...1)
  private let points: Tensor<Double> = testTensor([4, 3], seed: 2)

  /// Records the field and a result made of it and its points; evaluates it.
  private func evaluated(
    _ result: (_ field: Variable<Double>, _ points: Variable<Double>) -> Variable<Double>
  ) -> Tensor<Double> {
    evaluate(at: parameters + [time, points]) { arguments in
      let (t, x) = (arguments[arguments.count - 2], arguments[arguments.count - 1])
      let field = Self.network(Array(arguments.dropLast(2)), time: t, points: x)
      return result(field, x)
    }
  }

  @Test func exactIsTheTrace() {
    let found = evaluated { $0.divergence(withRespectTo: $1) }
    #expect(found.shape == [4])
    // Row by row: ∂f_i/∂x_i by central differences along axis i.
    var trace = [Double](repeating: 0, count: 4)
    var errors = trace
    for axis in 0..<3 {
      let direction = Tensor<Double>(identity: 3).slice(axis..<axis + 1).broadcast(to: [4, 3])
      let slope = CentralDifference(at: [points], along: [direction]) { arguments in
        evaluate(at: parameters + [time, arguments[0]]) {
          Self.network(Array($0.prefix(6)), time: $0[6], points: $0[7])
        }.elements
      }
      for row in 0..<4 {
        trace[row] += slope.values[3 * row + axis]
        errors[row] += slope.errors[3 * row + axis]
      }
    }
    #expect(mismatch(found.elements, trace) { errors[$0] } == nil)
  }

  /// Over all eight Rademacher probes in three dimensions the estimates average to the trace,
  /// whatever the field: E pᵢpⱼ = δᵢⱼ holds exactly for the average.
  @Test func averageOverAllProbes() {
    let exact = evaluated { $0.divergence(withRespectTo: $1) }
    var sum = Tensor<Double>(zeros: [4])
    for number in 0..<8 {
      let probe = Tensor((0..<3).map { (number >> $0) & 1 == 1 ? 1.0 : -1 }, shape: [1, 3])
      sum += evaluated {
        $0.divergence(
          withRespectTo: $1,
          probe: $1.tape.constant(probe.broadcast(to: [4, 3]))
        )
      }
    }
    // A hundred roundings of estimates below 10.
    #expect(mismatch(sum / 8, exact, tolerance: 100 * 0x1p-53 * 10) == nil)
  }

  /// f(x) = x Aᵀ with a diagonal A: one Rademacher probe is exact, and the estimate is pᵀAp.
  @Test func linearFields() {
    let diagonal = Tensor([3.0, -1, 0.5]) * Tensor<Double>(identity: 3)
    let full: Tensor<Double> = testTensor([3, 3], seed: 4)
    let probe = Tensor([1.0, -1, -1], shape: [1, 3])
    for matrix in [diagonal, full] {
      let found = evaluate(at: [points, matrix]) { arguments in
        let field = Variable.product(arguments[0], arguments[1], transposingSecond: true)
        return .concatenating([
          field.divergence(withRespectTo: arguments[0]),
          field.divergence(
            withRespectTo: arguments[0],
            probe: arguments[0].tape.constant(probe.broadcast(to: [4, 3]))
          ),
        ])
      }
      let trace = matrix[0, 0] + matrix[1, 1] + matrix[2, 2]
      let quadratic = Tensor.product(
        Tensor.product(probe, matrix),
        probe,
        transposingSecond: true
      ).scalar
      for row in 0..<4 {
        #expect(abs(found[row] - trace) <= 16 * 0x1p-53 * 5)
        #expect(abs(found[4 + row] - quadratic) <= 16 * 0x1p-53 * 15)
      }
    }
  }

  /// The gradient of the summed divergence with respect to every parameter and the points.
  @Test(arguments: [false, true]) func gradient(_ isEstimate: Bool) {
    let probe: Tensor<Double> = testTensor([4, 3], seed: 9)
    let tape = Tape<Double>()
    let arguments = parameters + [points]
    let variables = arguments.map { tape.input($0.shape) }
    let field = Self.network(
      Array(variables.prefix(6)),
      time: tape.constant(time),
      points: variables[6]
    )
    let divergence =
      isEstimate
      ? field.divergence(withRespectTo: variables[6], probe: tape.constant(probe))
      : field.divergence(withRespectTo: variables[6])
    let value = (divergence * tape.constant(Tensor([1.0, -2, 0.5, 3]))).sum()
    let program = Program([value])
    let found = Program(value.gradient(of: variables))(arguments)
    let wanted = CentralDifference.gradient(at: arguments) { program($0)[0].scalar }
    #expect(mismatch(found.flatMap(\.elements), wanted.values) { wanted.errors[$0] } == nil)
  }
}
