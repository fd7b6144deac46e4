import Foundation
import Gradients
import Tensors
import TestSupport
import Testing

/// The field −∇E of a network's summed outputs E (remark 2.13).
@Suite struct EnergyNetworkTests {
  private let time: Tensor<Double> = testTensor([4, 1], seed: 1, in: 0...1)
  private let points: Tensor<Double> = testTensor([4, 2], seed: 2)

  private func network(_ activation: Activation) -> EnergyNetwork<MLP> {
    EnergyNetwork(MLP(dimension: 2, hidden: [5], activation: activation, heads: 2))
  }

  /// Row r of E depends on row r of x only: one difference along an axis has all rows' slopes.
  @Test func theFieldIsTheDescentOfTheEnergy() {
    let network = network(.silu)
    let parameters = network.initialParameters(seed: 8)
    let field = evaluate(at: parameters + [time, points]) {
      network(Array($0.prefix(4)), time: $0[4], points: $0[5])
    }
    #expect(field.shape == [4, 2])
    for axis in 0..<2 {
      let direction = Tensor<Double>(identity: 2).slice(axis..<axis + 1).broadcast(to: [4, 2])
      let slope = CentralDifference(at: [points], along: [direction]) { arguments in
        evaluate(at: parameters + [time, arguments[0]]) {
          network.energy(Array($0.prefix(4)), time: $0[4], points: $0[5])
        }.elements
      }
      let descent = field.slice(axis..<axis + 1, along: 1).elements.map { -$0 }
      #expect(slope.mismatch(descent) == nil, "axis \(axis)")
    }
  }

  /// Of quarters in −2…2 the layers and their sums are multiples of 4⁻³ below 2¹⁰: none is rounded.
  @Test func theEnergyIsTheSumOfAllOutputs() {
    let network = network(.relu)
    let shapes = network.parameterLayout.map(\.shape) + [[4, 1], [4, 2]]
    let arguments = shapes.enumerated().map { index, shape in
      quarterTensor(shape, seed: UInt64(index), as: Double.self)
    }
    let energy = evaluate(at: arguments) {
      network.energy(Array($0.prefix(4)), time: $0[4], points: $0[5])
    }
    let outputs = evaluate(at: arguments) {
      network.potential(Array($0.prefix(4)), time: $0[4], points: $0[5])
    }
    #expect(outputs.shape == [4, 4])
    #expect(energy == outputs.sum(along: 1, keepingAxis: true))
    // The second head's outputs count.
    #expect(energy != outputs.slice(0..<2, along: 1).sum(along: 1, keepingAxis: true))
  }

  @Test func whatItIsMadeOfIsThePotentials() throws {
    let network = network(.silu)
    #expect(network.dimension == 2)
    #expect(network.parameterLayout == network.potential.parameterLayout)
    #expect(
      network.initialParameters(seed: 3) == network.potential.initialParameters(seed: 3)
    )
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(EnergyNetwork<MLP>.self, from: data) == network)
    #expect(network != self.network(.tanh))
  }
}
