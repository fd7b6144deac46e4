import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// The gradient along which a step moves is that of the loss it reports.
@Suite struct TrainingGradientTests {
  private typealias Subject = Training<
    CoupledPath<TwoSidedInterpolant<LinearSchedule, BrownianLatent>>
  >

  /// Without momentum the optimiser remembers the gradient as it is.
  private func start(rows: Int, workers: Int) throws -> Subject {
    try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: TwoMoons(),
      target: EightGaussians(),
      objectives: [
        .velocity(MLP(dimension: 2, hidden: [24, 16], activation: .silu)),
        .denoiser(MLP(dimension: 2, hidden: [20], activation: .tanh)),
        .score(MLP(dimension: 2, hidden: [12, 12, 12], activation: .silu), times: 0.1...0.9),
      ],
      configuration: TrainingConfiguration(
        rows: rows,
        steps: 1,
        learningRate: LearningRate(1),
        optimizer: .sgd(),
        seed: 11
      ),
      workers: Workers(count: workers)
    )
  }

  /// (L(p + hd) − L(p − hd)) / 2h, with d the gradient of one parameter divided by its norm, is that norm.
  ///
  /// Halving h takes three quarters of what the quotient errs by, so that it then errs by less than it
  /// changed. Rows are more blocks than lanes of gradients, one block, and blocks of which the last is padded.
  @Test(arguments: [(2_100, 1), (2_100, 2), (64, 2), (300, 3)])
  func movesAreAlongTheGradientOfTheLoss(_ rows: Int, _ workers: Int) throws {
    var training = try start(rows: rows, workers: workers)
    let before = training.state
    let first = try #require(try training.next())
    let gradients = training.state.learned.map { $0.moments[0] }
    for (learner, gradient) in gradients.enumerated() {
      let squares = gradient.map { $0.elements.reduce(0) { $0 + Double($1) * Double($1) } }
      let norm = first.gradientNorms[learner]
      // The norm is a sum in double of as many squares, taken once.
      #expect(abs(squares.reduce(0, +).squareRoot() - norm) <= 1e-12 * norm)
      for (index, direction) in gradient.enumerated() {
        let size = squares[index].squareRoot()
        try #require(size > 0)
        func loss(_ step: Double) throws -> Double {
          var state = before
          let moved = zip(before.learned[learner].parameters[index].elements, direction.elements)
            .map { Float(Double($0) + step * Double($1) / size) }
          state.learned[learner].parameters[index] = Tensor(moved, shape: direction.shape)
          var other = try start(rows: rows, workers: workers)
          try other.restore(state)
          return try #require(try other.next()).losses[learner]
        }
        func quotient(_ h: Double) throws -> Double { (try loss(h) - loss(-h)) / (2 * h) }
        let h = 1.0 / 32
        let (coarse, fine) = (try quotient(h), try quotient(h / 2))
        // A row's loss errs by the roundings of Float in sums of fewer than 32 terms and in f and y, whose
        // product is 16 at most in the mean; h / 2 divides that.
        let rounding = 32 * 16 * Double(Float.ulpOfOne) / 2 / (h / 2)
        #expect(
          abs(fine - size) <= abs(fine - coarse) + rounding,
          "learner \(learner), parameter \(index), size \(size), \(fine) and \(coarse)"
        )
      }
    }
  }
}
