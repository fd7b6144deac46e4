import Gradients
import Tensors
import TestSupport
import Testing

/// Products that ReLU joined, weights packed once, outputs that start over.
@Suite struct FusionTests {
  private struct Case {
    let tape = Tape<Double>()
    let parameters: [Variable<Double>]
    let (t, x): (Variable<Double>, Variable<Double>)
    let network = MLP(dimension: 2, hidden: [20, 20])
    let hidden: Variable<Double>
    let loss: Variable<Double>

    init() {
      let tape = self.tape
      let layout = network.parameterLayout
      let parameters = layout.map { tape.input($0.shape) }
      (t, x) = (tape.input([7, 1]), tape.input([7, 2]))
      self.parameters = parameters
      // Recorded before the network, so that it is the same record.
      hidden = Variable.concatenating([t, x], along: 1)
        .linear(weight: parameters[0], bias: parameters[1])
      loss = network(parameters, time: t, points: x).squared.sum()
    }

    var inputs: [Tensor<Double>] {
      network.initialParameters(seed: 3) + [
        testTensor([7, 1], seed: 4, in: 0...1), testTensor([7, 2], seed: 5),
      ]
    }
  }

  /// An output keeps its value before ReLU, which keeps the operations apart: equal to the last bit.
  @Test func fusedIsSeparate() {
    let own = Case()
    let gradients = own.loss.gradient(of: own.parameters)
    let fused = Program([own.loss] + gradients)
    let apart = Program([own.loss] + gradients + [own.hidden])
    #expect(fused.description.contains("relu"))
    #expect(fused.description.contains("times relu'"))
    #expect(
      fused.description.split(separator: "\n").count
        < apart.description.split(separator: "\n").count
    )
    for (first, second) in zip(fused(own.inputs), apart(own.inputs)) {
      #expect(areIdentical(first, second))
    }
  }

  /// Two ReLUs with nothing but a shift between them: both slopes count, backward and forward.
  ///
  /// y = relu(relu(z) − ½) has the slope 1 for z > ½ and 0 below.
  @Test func aSlopeAfterASlope() {
    let tape = Tape<Double>()
    let (z, w) = (tape.input([4, 1]), tape.input([1, 1]))
    let y = (z.activated(.relu) - 0.5).activated(.relu)
    let value = Variable.product(y, w)
    let tangent = Variable.jacobianVectorProduct(
      of: [value],
      along: [(z, Variable.product(tape.input([4, 1]), w))]
    )[0]
    let program = Program([value.sum().gradient(of: [z])[0], tangent])
    let results = program([
      Tensor([-1, 0.3, 0.7, 2], shape: [4, 1]), Tensor([7], shape: [1, 1]),
      Tensor(repeating: 2, shape: [4, 1]),
    ])
    #expect(results[0].elements == [0, 0, 7, 7])
    // A tangent 2 · 7 of z, times 7.
    #expect(results[1].elements == [0, 0, 98, 98])
  }

  /// A gradient with a Jacobian–vector product reads σ′ at several orders.
  @Test func divergenceOfAReLUNetwork() {
    let own = Case()
    let field = own.network(own.parameters, time: own.t, points: own.x)
    let divergence = field.divergence(withRespectTo: own.x)
    let slopes = divergence.sum().gradient(of: own.parameters)
    let fused = Program([divergence] + slopes)
    let apart = Program([divergence] + slopes + [own.hidden])
    for (first, second) in zip(fused(own.inputs), apart(own.inputs)) {
      #expect(areIdentical(first, second))
    }
  }

  /// Where σ(z) is there, its slope is computed from it; where it is not, from z.
  ///
  /// Both are within the rounding of the value, of which a gradient is a sum of products below 100.
  @Test(arguments: [Activation.tanh, .sigmoid, .selu])
  func slopesFromValues(activation: Activation) {
    let tape = Tape<Double>()
    let (weight, bias, x) = (tape.input([5, 3]), tape.input([5]), tape.input([7, 3]))
    let z = x.linear(weight: weight, bias: bias)
    let value = z.activated(activation)
    let gradients = value.squared.sum().gradient(of: [weight, bias, x])
    let fused = Program(gradients)
    let forward = Program([value])
    #expect(fused.description.contains("from the value"))
    // The slope alone, times the same cotangent as data.
    let cotangent = tape.input([7, 5])
    let alone = Program((value * cotangent).sum().gradient(of: [weight, bias, x]))
    #expect(!alone.description.contains("from the value"))
    let inputs: [Tensor<Double>] = [
      testTensor([5, 3], seed: 1), testTensor([5], seed: 2), testTensor([7, 3], seed: 3),
    ]
    let twice = forward(inputs)[0] * 2
    for (first, second) in zip(fused(inputs), alone(inputs + [twice])) {
      #expect(mismatch(first, second, tolerance: 100 * 0x1p-52) == nil)
    }
  }

  /// Packed factors give the bits of factors packed by the run, until the inputs change.
  @Test func packedOnce() {
    let own = Case()
    let outputs = [own.loss] + own.loss.gradient(of: own.parameters)
    let program = Program(outputs, fixedInputs: own.parameters.count)
    let inputs = own.inputs.map(\.buffer)
    let packed = Program.PackedFactors(program, inputs)
    #expect(program.packedFactorCount > 0)
    let workspace = Program<Double>.Workspace(program)
    let results = program.outputShapes.map { Tensor<Double>(zeros: $0) }
    program.run(
      inputs,
      outputs: results.map(\.buffer),
      workspace: workspace,
      packed: packed
    )
    for (first, second) in zip(results, Program(outputs)(own.inputs)) {
      #expect(areIdentical(first, second))
    }
    var changed = own.inputs
    changed[2] = changed[2] * 2
    for factor in 0..<program.packedFactorCount {
      packed.pack(factor, of: program, from: changed.map(\.buffer))
    }
    program.run(
      changed.map(\.buffer),
      outputs: results.map(\.buffer),
      workspace: workspace,
      packed: packed
    )
    for (first, second) in zip(results, Program(outputs)(changed)) {
      #expect(areIdentical(first, second))
    }
  }

  /// Starting over, an accumulating output forgets what it held, however many terms it has.
  @Test func startingOver() {
    let own = Case()
    let gradients = own.loss.gradient(of: own.parameters)
    // Two products and a late sum in one output.
    let twice = gradients[2] + gradients[2].sin + own.parameters[2]
    let outputs = [own.loss] + gradients + [twice]
    let program = Program(outputs, accumulating: outputs.map { _ in true })
    let inputs = own.inputs.map(\.buffer)
    let workspace = Program<Double>.Workspace(program)
    let zero = program.outputShapes.map { Tensor<Double>(zeros: $0) }
    program.run(inputs, outputs: zero.map(\.buffer), workspace: workspace)
    let held = program.outputShapes.map { Tensor<Double>(repeating: 5, shape: $0) }
    program.run(inputs, outputs: held.map(\.buffer), workspace: workspace, startingOver: true)
    for (first, second) in zip(held, zero) {
      #expect(first == second)
    }
  }

  /// A profile has a line for each operation, and products count their operations.
  @Test func profile() {
    let own = Case()
    let program = Program([own.network(own.parameters, time: own.t, points: own.x)])
    let profile = program.profile(own.inputs, runs: 3)
    let lines = program.description.split(separator: "\n").dropFirst().map(String.init)
    #expect(profile.lines.map(\.operation) == lines)
    let flops: Double = profile.lines.map(\.flops).reduce(0, +)
    let weights: Double = 3 * 20 + 20 * 20 + 20 * 2
    #expect(flops == 2 * 7 * weights)
    #expect(profile.description.contains("GFLOPS"))
    #expect((0...1).contains(profile.productShare))
  }
}
