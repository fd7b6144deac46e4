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
    for wrong in ["[-3]", "[1,256]", "[0]"] {
      #expect(throws: DecodingError.self) { try read(network, "[8,8]", wrong) }
    }
    let velocity = PreconditionedVelocity(network, targetScale: 3)
    #expect(try read(velocity, "\"targetScale\":3", "\"targetScale\":3") == velocity)
    for wrong in ["0", "-1"] {
      #expect(throws: DecodingError.self) {
        try read(velocity, "\"targetScale\":3", "\"targetScale\":\(wrong)")
      }
    }
    #expect(throws: DecodingError.self) { try read(velocity, "\"heads\":1", "\"heads\":2") }
  }
}
