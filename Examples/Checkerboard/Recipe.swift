import Gradients
import StochasticInterpolants
import Tensors

/// What is learned, and how.
struct Recipe {
  var objectives: [Objective]
  var configuration: TrainingConfiguration

  /// The notebook's settings: b and s by a plain ReLU network each, a rate that falls in steps.
  static func notebook(_ options: Options) -> Recipe {
    let network = MLP(dimension: 2, hidden: [256, 256, 256, 256], activation: .relu)
    return Recipe(
      // s is learned up to t = 1 - 1e-4, where its target z/α is still finite.
      objectives: [.velocity(network), .score(network, times: 0...0.9999)],
      configuration: TrainingConfiguration(
        rows: 2_000,
        steps: options.steps,
        learningRate: LearningRate(2e-3, decay: .step(period: options.decayPeriod, factor: 0.4)),
        seed: options.seed,
        products: options.products
      )
    )
  }

  /// One network of the same size for b alone, from which s follows.
  ///
  /// Inputs and targets of unit size, sines and cosines of the points, each draw with z and −z as the
  /// notebook's s has it, a rate that falls along half a cosine, an average of the parameters: two thirds of
  /// the notebook's network passes.
  static func preconditioned(_ target: Checkerboard, _ options: Options) -> Recipe {
    let network = MLP(
      dimension: 2,
      hidden: [256, 256, 256, 256],
      activation: .silu,
      pointEmbedding: .sinusoidal(octaves: 3, lowest: 0.25)
    )
    let velocity = PreconditionedVelocity(
      network,
      // The standard deviation of a component.
      targetScale: target.covariance[0, 0].squareRoot()
    )
    let warmUp = options.steps / 20
    return Recipe(
      objectives: [.velocity(velocity, timeSampling: .stratified, isAntithetic: true)],
      configuration: TrainingConfiguration(
        rows: 2_000,
        steps: options.steps,
        learningRate: LearningRate(
          8e-3,
          decay: .cosine(period: options.steps - warmUp, final: 0),
          warmUp: warmUp
        ),
        // An average over the last seventh of the steps.
        averageDecay: max(0, 1 - 7 / Double(options.steps)),
        seed: options.seed,
        products: options.products
      )
    )
  }
}
