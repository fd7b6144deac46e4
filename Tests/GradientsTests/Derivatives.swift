import Gradients
import Tensors
import TestSupport

/// The derivatives of one case, by every route, as programs over (inputs, weights, directions).
///
/// The scalar is φ = Σ w (y + y²/2), whose second derivative does not vanish for linear operations;
/// v is a direction in the inputs.
struct CaseDerivatives {
  let subject: RecordedCase
  let point: [Tensor<Double>]
  let weight: Tensor<Double>
  let direction: [Tensor<Double>]

  /// Every operation that the recorded derivatives use.
  let operations: [Gradients.Operation]

  private let programs: [String: Program<Double>]

  init(_ subject: RecordedCase) {
    self.subject = subject
    point = subject.point
    let tape = Tape<Double>()
    let x = subject.shapes.map { tape.input($0) }
    let y = subject.function(x)
    let w = tape.input(y.shape)
    let v = subject.shapes.map { tape.input($0) }
    weight = testTensor(y.shape, seed: 21)
    direction = subject.shapes.enumerated().map { testTensor($1, seed: 31 + UInt64($0)) }

    let phi = (w * (y + 0.5 * y.squared)).sum()
    let pairs = zip(x, v).map { (value: $0, tangent: $1) }
    func along(_ gradient: [Variable<Double>]) -> Variable<Double> {
      zip(gradient, v).map { ($0 * $1).sum() }.reduce(tape.fill(0), +)
    }
    let gradient = phi.gradient(of: x)
    let tangent = Variable.jacobianVectorProduct(of: [y], along: pairs)
    let phiTangent = Variable.jacobianVectorProduct(of: [phi], along: pairs)[0]
    programs = [
      "value": Program([y]),
      "phi": Program([phi]),
      "gradient": Program(gradient),
      "pullback": Program(Variable.vectorJacobianProduct(of: [(y, w)], withRespectTo: x)),
      "pushforward": Program(tangent),
      "reverse over reverse": Program(along(gradient).gradient(of: x)),
      "forward over reverse": Program(Variable.jacobianVectorProduct(of: gradient, along: pairs)),
      "reverse over forward": Program(phiTangent.gradient(of: x)),
      "forward over forward": Program(
        Variable.jacobianVectorProduct(of: [phiTangent], along: pairs)
      ),
    ]
    operations = tape.records.map(\.operation)
  }

  /// A program's results at a point.
  func callAsFunction(_ name: String, at point: [Tensor<Double>]? = nil) -> [Tensor<Double>] {
    guard let program = programs[name] else { fatalError("no program \(name)") }
    return program((point ?? self.point) + [weight] + direction)
  }

  /// The results as one list of numbers.
  func numbers(_ name: String, at point: [Tensor<Double>]? = nil) -> [Double] {
    self(name, at: point).flatMap(\.elements)
  }
}
