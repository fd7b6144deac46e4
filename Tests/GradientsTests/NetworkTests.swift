import Foundation
import Gradients
import Tensors
import TestSupport
import Testing

/// The perceptron: its parameters, its value written out by hand, its embeddings.
@Suite struct NetworkTests {
  @Test func shapesAndCounts() {
    let network = MLP(dimension: 2)
    #expect(network.hidden == [256, 256, 256, 256])
    #expect(
      network.parameterLayout.map(\.shape) == [
        [256, 3], [256], [256, 256], [256], [256, 256], [256], [256, 256], [256], [2, 256], [2],
      ]
    )
    #expect(network.parameterLayout[2].name == "layers.1.weight")
    #expect(network.parameterLayout[9].name == "layers.4.bias")
    #expect(network.parameterCount == 256 * 4 + 3 * 256 * 257 + 2 * 257)
    let linear = MLP(
      dimension: 3,
      hidden: [],
      embedding: .sinusoidal(pairs: 4, highest: 8)
    )
    #expect(linear.parameterLayout.map(\.shape) == [[3, 12], [3]])
    for network in [network, linear] {
      let drawn = network.initialParameters(seed: 1)
      #expect(drawn.map(\.shape) == network.parameterLayout.map(\.shape))
      #expect(Set(network.parameterLayout.map(\.name)).count == network.parameterLayout.count)
    }
  }

  @Test func seeds() {
    let network = MLP(dimension: 2, hidden: [8, 8])
    let parameters = network.initialParameters(seed: 1)
    #expect(parameters == network.initialParameters(seed: 1))
    let others = network.initialParameters(seed: 2)
    // No number occurs twice: not in another seed, another layer, nor in weight and bias.
    let numbers = (parameters + others).flatMap(\.elements)
    #expect(Set(numbers).count == numbers.count)
  }

  /// x ↦ W₃ σ(W₂ σ(W₁ [φ(t), x] + c₁) + c₂) + c₃, and with `isResidual` h + σ(W₂ h + c₂).
  @Test(arguments: Activation.allCases, [false, true])
  func value(_ activation: Activation, _ isResidual: Bool) {
    let embedding = TimeEmbedding.sinusoidal(pairs: 2, highest: 3)
    let network = MLP(
      dimension: 2,
      hidden: [6, 6],
      activation: activation,
      embedding: embedding,
      isResidual: isResidual
    )
    let parameters = network.initialParameters(seed: 4)
    let time: Tensor<Double> = testTensor([5, 1], seed: 1, in: 0...1)
    let points: Tensor<Double> = testTensor([5, 2], seed: 2)
    let found = evaluate(at: parameters + [time, points]) {
      network(Array($0.prefix(6)), time: $0[6], points: $0[7])
    }
    func layer(_ x: Tensor<Double>, _ index: Int) -> Tensor<Double> {
      .product(x, parameters[2 * index], transposingSecond: true) + parameters[2 * index + 1]
    }
    let phases = [1.0, 3].map { time * (2 * .pi * $0) }
    let features = Tensor.concatenating(
      [time] + phases.map { $0.applying(.sin) } + phases.map { $0.applying(.cos) },
      along: 1
    )
    let first = layer(.concatenating([features, points], along: 1), 0).activated(activation)
    let own = layer(first, 1).activated(activation)
    let wanted = layer(isResidual ? first + own : own, 2)
    // Three layers of some ten products of numbers below 4.
    #expect(mismatch(found, wanted, tolerance: 100 * 0x1p-53 * 4) == nil)
  }

  /// Float is what networks run in: the same value to its precision.
  @Test func inFloat() {
    let network = MLP(dimension: 2, hidden: [16, 16], activation: .silu)
    let arguments =
      network.initialParameters(seed: 4) + [
        testTensor([5, 1], seed: 1, in: 0...1), testTensor([5, 2], seed: 2),
      ]
    let double = evaluate(at: arguments) {
      network(Array($0.prefix(6)), time: $0[6], points: $0[7])
    }
    let float = evaluate(at: arguments.map { Tensor<Float>($0) }) {
      network(Array($0.prefix(6)), time: $0[6], points: $0[7])
    }
    #expect(mismatch(Tensor<Double>(float), double, tolerance: 100 * 0x1p-24 * 4) == nil)
  }

  @Test func embeddings() {
    #expect(TimeEmbedding.plain.width == 1)
    #expect(TimeEmbedding.plain.frequencies == [])
    let sinusoidal = TimeEmbedding.sinusoidal(pairs: 3, highest: 16)
    #expect(sinusoidal.width == 7)
    #expect(mismatch(sinusoidal.frequencies, [1, 4, 16]) { _ in 64 * 0x1p-53 } == nil)
    #expect(TimeEmbedding.sinusoidal(pairs: 1, highest: 9).frequencies == [1])
    let random = TimeEmbedding.randomFourier(pairs: 2_000, scale: 3, seed: 5)
    #expect(random.width == 4_001)
    #expect(random.frequencies == random.frequencies)
    let frequencies = random.frequencies
    let mean = frequencies.reduce(0, +) / 2_000
    let square = frequencies.reduce(0) { $0 + $1 * $1 } / 2_000
    // N(0, 9): five standard errors of the mean and of the mean square.
    #expect(abs(mean) < 5 * 3 / Double(2_000).squareRoot())
    #expect(abs(square - 9) < 5 * 9 * (2.0 / 2_000).squareRoot())
    let other = TimeEmbedding.randomFourier(pairs: 2_000, scale: 3, seed: 6)
    #expect(other.frequencies != frequencies)
    let times = Tensor([0.0, 0.25, 1], shape: [3, 1])
    for embedding in [TimeEmbedding.plain, sinusoidal, random] {
      let features = evaluate(at: [times]) { embedding($0[0]) }
      #expect(features.shape == [3, embedding.width])
      #expect(features.slice(0..<1, along: 1) == times)
    }
    // At t = 1/4 with frequencies 1, 4, 16: sin is 1, 0, 0 and cos is 0, 1, 1; the arguments, up to
    // 8π, are rounded, and 4 = √16 is too.
    let features = evaluate(at: [times]) { sinusoidal($0[0]) }.slice(1..<2).elements
    #expect(mismatch(features, [0.25, 1, 0, 0, 0, 1, 1]) { _ in 8 * 26 * 0x1p-53 } == nil)
  }

  @Test func pointEmbeddings() {
    #expect(PointEmbedding.plain.width(dimension: 3) == 3)
    #expect(PointEmbedding.plain.frequencies == [])
    let own = PointEmbedding.sinusoidal(octaves: 3, lowest: 0.25)
    #expect(own.frequencies == [0.25, 0.5, 1] && own.width(dimension: 2) == 14)
    let points = Tensor<Double>(rows: [[1, -0.5], [0.3, 2.1]])
    let plain = evaluate(at: [points]) { PointEmbedding.plain($0[0]) }
    #expect(plain == points)
    let features = evaluate(at: [points]) { own($0[0]) }
    // At (1, −½): phases π/2, −π/4; π, −π/2; 2π, −π. The arguments and their sines are rounded.
    let half = 0.5.squareRoot()
    let wanted = [1, -0.5, 1, -half, 0, half, 0, -1, -1, 0, 0, 0, 1, -1]
    #expect(mismatch(features.slice(0..<1).elements, wanted) { _ in 8 * 0x1p-52 } == nil)
    #expect(features.slice(0..<2, along: 1) == points)

    let network = MLP(dimension: 2, hidden: [5], pointEmbedding: own)
    #expect(network.parameterLayout.map(\.shape) == [[5, 15], [5], [2, 5], [2]])
    let arguments =
      network.initialParameters(seed: 1) + [Tensor([0.2, 0.9], shape: [2, 1]), points]
    let found = evaluate(at: arguments) {
      network(Array($0.prefix(4)), time: $0[4], points: $0[5])
    }
    // The layers by hand, of features of which every one counts.
    let inputs = Tensor.concatenating([arguments[4], features], along: 1)
    let first = Tensor.product(inputs, arguments[0], transposingSecond: true) + arguments[1]
    let exact =
      Tensor.product(first.activated(.relu), arguments[2], transposingSecond: true) + arguments[3]
    #expect(mismatch(found, exact, tolerance: 100 * 0x1p-53 * 4) == nil)
  }

  @Test func descriptionsFromBeforePointEmbeddings() throws {
    let network = MLP(dimension: 2, hidden: [5], pointEmbedding: .sinusoidal(octaves: 2, lowest: 1))
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(MLP.self, from: data) == network)
    var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    object["pointEmbedding"] = nil
    object["heads"] = nil
    let older = try JSONDecoder().decode(
      MLP.self,
      from: JSONSerialization.data(withJSONObject: object)
    )
    #expect(older == MLP(dimension: 2, hidden: [5]))
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuse() async {
    let width = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MLP(dimension: 2, hidden: [4, 5], isResidual: true)
    }
    expect(width, says: "one width", "[4, 5]")
    let dimension = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = MLP(dimension: 0)
    }
    expect(dimension, says: "1 to 2²⁴ dimensions, got 0")
    let parameters = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let tape = Tape<Double>()
      let network = MLP(dimension: 1, hidden: [])
      _ = network([tape.input([1, 3])], time: tape.input([2, 1]), points: tape.input([2, 1]))
    }
    expect(parameters, says: "[[1, 2], [1]]", "[[1, 3]]")
  }
}
