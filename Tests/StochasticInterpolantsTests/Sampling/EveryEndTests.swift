import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Whatever was learned with whatever interpolant: at t = 0, inside and at t = 1 every field is finite
/// or a typed error says why.
@Suite struct EveryEndTests {
  @Test func everyFieldIsFiniteOrAnError() throws {
    let network = MLP(dimension: 2, hidden: [3], activation: .tanh)
    let parameters = network.initialParameters(seed: 1).map { Tensor<Float>($0) }
    let points = RandomBlock(seed: 2, samples: 0..<5).normal(columns: 2)
    let point = try PathCase(
      "from a point",
      PointMassInterpolant(
        from: Tensor([0.5, -1]),
        schedule: LinearSchedule(),
        gamma: FollmerLatent()
      )
    )
    var found = 0
    for own in try PathCase.all() + [point] {
      let kinds = own.kinds
      // What was learned is had at all times.
      for first in kinds.indices {
        for second in first..<kinds.count {
          let learned = LearnedFields(
            interpolant: own.interpolant,
            fields: Set([kinds[first], kinds[second]]).map {
              LearnedField(kind: $0, network: network, parameters: parameters, times: 0...1)
            },
            targetMean: Tensor([0.3, -0.2])
          )
          for quantity in Quantities.fields where learned.available.contains(quantity) {
            for time in [0, 0.37, 1] {
              do {
                let values = try learned.values(at: time, points, wanted: quantity)
                found += 1
                #expect(
                  values[quantity].firstNonFinite == nil,
                  "\(own), \(kinds[first]) and \(kinds[second]): \(quantity) at t = \(time)"
                )
              } catch {
                #expect(time == 0 || time == 1, "\(own): \(error)")
                #expect(error.description.contains("t = \(time)"))
              }
            }
          }
        }
      }
    }
    #expect(found > 3_000)
  }
}
