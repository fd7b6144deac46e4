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

  /// What a step came to.
  enum Result {
    case made
    /// The state has a NaN or an infinity at a place.
    case overflowed(position: Int)
    /// `evaluate` said that f is not finite.
    case stopped
  }

  /// One step, in place.
  mutating func step(
    _ state: inout Tensor<Double>,
    from time: Double,
    to end: Double,
    noise: StepNoise,
    evaluate: (Double, Tensor<Double>, inout Tensor<Double>) -> Bool
  ) -> Result {
    let size = end - time
    for (index, node) in tableau.nodes.enumerated() {
      let place = node == 1 ? end : time + node * size
      if isState[index] {
        guard evaluate(place, state, &slopes[index]) else { return .stopped }
        continue
      }
      stage.assign(
        state,
        advancedAlong: slopes,
        weights: tableau.stages[index],
        scaledBy: size,
        Self.term(noise.increment, tableau.increments[index]),
        Self.term(noise.area, tableau.areas[index])
      )
      guard evaluate(place, stage, &slopes[index]) else { return .stopped }
    }
    let bad = state.advance(
      along: slopes,
      weights: tableau.weights,
      scaledBy: size,
      (noise.increment, 1)
    )
    return bad.map { .overflowed(position: $0) } ?? .made
  }

  private static func term(_ tensor: Tensor<Double>?, _ weight: Double) -> Tensor<Double>.Term? {
    guard let tensor, weight != 0 else { return nil }
    return (tensor, weight)
  }
}
