internal import Tensors

/// The steps of a tableau in buffers of its own: nothing is allocated but at the start.
struct TableauStep {
  private let tableau: AdditiveTableau
  /// Stages that are the state itself.
  private let isState: [Bool]
  private var slopes: [Tensor<Double>]
  private var stage: Tensor<Double>

  init(_ tableau: AdditiveTableau, shape: [Int]) {
    self.tableau = tableau
    isState = tableau.nodes.indices.map { index in
      tableau.stages[index].allSatisfy { $0 == 0 } && tableau.increments[index] == 0
        && tableau.areas[index] == 0
    }
    stage = Tensor(zeros: shape)
    slopes = [Tensor<Double>](repeating: stage, count: tableau.nodes.count)
  }

  /// One step, in place; false where `evaluate` says that f is not finite.
  mutating func step(
    _ state: inout Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: StepNoise,
    evaluate: (Double, Tensor<Double>, inout Tensor<Double>) -> Bool
  ) -> Bool {
    let size = end - time
    for (index, node) in tableau.nodes.enumerated() {
      let place = node == 1 ? end : time + node * size
      if isState[index] {
        guard evaluate(place, state, &slopes[index]) else { return false }
        continue
      }
      stage.copy(from: state)
      for (earlier, weight) in tableau.stages[index].enumerated() where weight != 0 {
        stage.add(slopes[earlier], scaledBy: size * weight)
      }
      if tableau.increments[index] != 0 {
        stage.add(noise.increment, scaledBy: tableau.increments[index])
      }
      if let area = noise.area, tableau.areas[index] != 0 {
        stage.add(area, scaledBy: tableau.areas[index])
      }
      guard evaluate(place, stage, &slopes[index]) else { return false }
    }
    for (index, weight) in tableau.weights.enumerated() where weight != 0 {
      state.add(slopes[index], scaledBy: size * weight)
    }
    state.add(noise.increment, scaledBy: 1)
    return true
  }
}
