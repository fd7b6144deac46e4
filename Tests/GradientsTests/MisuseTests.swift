import Foundation
import Gradients
import Tensors
import Testing

/// Wrong use stops with a text, and wrong files are refused.
@Suite struct MisuseTests {
  private func says(_ result: ExitTest.Result?, _ text: String) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)")
  }

  @Test func aFillIsNoVariable() async {
    let gradient = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      let time = tape.fill(0.5)
      _ = (time * tape.input([])).gradient(of: [time])
    }
    says(gradient, "a fill of the tape is a constant")
    let tangent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tape = Tape<Double>()
      let time = tape.fill(0.5)
      _ = Variable.jacobianVectorProduct(of: [time * 2], along: [(time, tape.fill(1))])
    }
    says(tangent, "a fill of the tape is a constant")
  }

  @Test func outputsAreOfOneTape() async {
    let mixed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (first, second) = (Tape<Double>(), Tape<Double>())
      let x = first.input([2])
      let y = (0..<5).reduce(second.input([2])) { sum, _ in sum.sin }
      _ = Program([x, y])
    }
    says(mixed, "the outputs of a program must be of one tape")
  }

  @Test func ratesEmbeddingsAndDrawsAreLookedAt() async {
    let rate = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var rate = LearningRate(1e-3)
      rate.decay = .step(period: 0, factor: 0.5)
      _ = rate(10)
    }
    says(rate, "a step schedule needs a period ≥ 1")
    #expect(LearningRate(1e-3, warmUp: .max)(0) > 0)
    let wave = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MLP(dimension: 1, embedding: .sinusoidal(pairs: 4, highest: .infinity))
    }
    says(wave, "finite in single precision, got 4 and inf")
    let fourier = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MLP(dimension: 1, embedding: .randomFourier(pairs: 4, scale: .infinity, seed: 0))
    }
    says(fourier, "finite in single precision, got 4 and inf")
    let point = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MLP(dimension: 1, pointEmbedding: .sinusoidal(octaves: 0, lowest: 1))
    }
    says(point, "octaves ≥ 1")
    let draw = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let block = RandomBlock(seed: 1, samples: 0..<2)
      _ = Initialization.kaimingNormal.draw(inputs: 3, outputs: 4, from: block)
    }
    says(draw, "got 3 inputs, 4 outputs and 2 rows")
  }

  @Test func whatNoInitialiserTakesIsNotDecoded() throws {
    func refuses<Value: Codable>(_ value: Value, _ old: String, _ new: String) throws {
      let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
      let changed = text.replacing(old, with: new)
      #expect(changed != text)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Value.self, from: Data(changed.utf8))
      }
      // The value itself is read.
      _ = try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
    try refuses(AveragedParameters<Double>(decay: 0.5), "0.5", "1.5")
    let waves = MLP(dimension: 1, embedding: .sinusoidal(pairs: 7, highest: 8))
    try refuses(waves, "\"pairs\":7", "\"pairs\":0")
    let octaves = MLP(dimension: 1, pointEmbedding: .sinusoidal(octaves: 7, lowest: 1))
    try refuses(octaves, "\"octaves\":7", "\"octaves\":-1")
  }

  /// A sum of so many terms that a frame of the stack for each would not fit.
  @Test func aLongSumAddsToAnOutput() {
    let tape = Tape<Double>()
    let x = tape.input([2])
    let terms = 200_000
    let sum = (0..<terms).reduce(x) { sum, _ in sum + x }
    let program = Program([sum], accumulating: [true])
    let found = program([Tensor([1, 2])])[0].elements
    let expected: [Double] = [1, 2].map { $0 * Double(terms + 1) }
    #expect(found == expected)
  }

  @Test func aFieldWithoutComponentsHasTheDivergenceZero() {
    let tape = Tape<Double>()
    let points = tape.input([3, 0])
    let divergence = (points * 2).divergence(withRespectTo: points)
    #expect(Program([divergence])([Tensor(zeros: [3, 0])])[0].elements == [0, 0, 0])
  }

  @Test func ordersAndSizesAreLookedAt() async {
    let order = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape<Double>().input([2]).activated(.silu, order: -1)
    }
    says(order, "the order of a derivative is not negative, got -1")
    let size = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(zeros: [1 << 40, 1 << 40])
    }
    says(size, "more elements than memory has addresses")
    let part = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RandomBlock(seed: 0, stream: 65_535, samples: 0..<1).part(1)
    }
    says(part, "the stream 65535 has no part 1")
  }

  @Test func anOptimiserBelongsToItsParameters() async {
    let adam = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (adam, one) = (Adam<Double>(), [Tensor<Double>(zeros: [2])])
      adam.update(&one, gradients: one, rate: 0.1)
      var two = one + one
      adam.update(&two, gradients: two, rate: 0.1)
    }
    says(adam, "Adam's first moments have the shapes [[2]] and the parameters [[2], [2]]")
    let descent = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (descent, one) = (SGD<Double>(momentum: 0.9), [Tensor<Double>(zeros: [2])])
      descent.update(&one, gradients: one, rate: 0.1)
      var other = [Tensor<Double>(zeros: [1])]
      descent.update(&other, gradients: other, rate: 0.1)
    }
    says(descent, "the momenta have the shapes [[2]] and the parameters [[1]]")
    let memory = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var (adam, one) = (Adam<Double>(), [Tensor<Double>(zeros: [2])])
      adam.memory = OptimizerMemory(updates: 3, moments: [one, []])
      adam.update(&one, gradients: one, rate: 0.1)
    }
    says(memory, "Adam's second moments have the shapes []")
  }

  @Test func networksAreReadAsTheyCouldBeMade() throws {
    func read<Value: Codable>(_ value: Value, _ old: String, _ new: String) throws -> Value {
      let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
      try #require(text.contains(old))
      let changed = text.replacingOccurrences(of: old, with: new)
      return try JSONDecoder().decode(Value.self, from: Data(changed.utf8))
    }
    let network = MLP(dimension: 2, hidden: [8, 8], isResidual: true)
    #expect(try read(network, "[8,8]", "[8,8]") == network)
    for wrong in ["[-3]", "[1,256]", "[0]", "[1099511627776,1099511627776]"] {
      #expect(throws: DecodingError.self) { try read(network, "[8,8]", wrong) }
    }
    #expect(throws: DecodingError.self) { try read(network, "\"heads\":1", "\"heads\":16777216") }
    // 2π of the largest frequency that is finite in Float, 3.4·10³⁸, and the next power of two.
    let waves = MLP(dimension: 1, hidden: [], pointEmbedding: .sinusoidal(octaves: 126, lowest: 1))
    #expect(try read(waves, "126", "126") == waves)
    for wrong in ["127", "128", "1100", "4611686018427387904"] {
      #expect(throws: DecodingError.self) { try read(waves, "126", wrong) }
    }
    let timed = MLP(dimension: 1, hidden: [], embedding: .sinusoidal(pairs: 3, highest: 4))
    for wrong in ["\"highest\":1e39", "\"highest\":0.5"] {
      #expect(throws: DecodingError.self) { try read(timed, "\"highest\":4", wrong) }
    }
    #expect(throws: DecodingError.self) {
      try read(timed, "\"pairs\":3", "\"pairs\":4611686018427387904")
    }
    let velocity = PreconditionedVelocity(network, targetScale: 3)
    #expect(try read(velocity, "\"targetScale\":3", "\"targetScale\":3") == velocity)
    // The square of 2·10¹⁹ is beyond Float, that of 10⁻²⁵ below it.
    for wrong in ["0", "-1", "2e19", "1e-25"] {
      #expect(throws: DecodingError.self) {
        try read(velocity, "\"targetScale\":3", "\"targetScale\":\(wrong)")
      }
    }
    #expect(throws: DecodingError.self) { try read(velocity, "\"heads\":1", "\"heads\":2") }
  }
}
