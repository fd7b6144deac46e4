import Gradients
import StochasticInterpolants
import Tensors

/// Small runs of every kind of end, optimiser and average, for the tests of run directories.
struct RunCase: Sendable, CustomStringConvertible {
  let description: String
  var interpolant = InterpolantChoice.oneSided(schedule: .linear)
  var base = RunSource.standardGaussian
  var target = RunSource.named(.checkerboard)
  var kinds: [(VectorField, ClosedRange<Double>)] = [(.velocity, 0...1), (.score, 0...0.999)]
  var optimizer = OptimizerChoice.adam()
  var averageDecay: Double?
  var method = Standardization.Method.scale
  var warmUp = 0

  static let points = TwoMoons().sample(count: 60, seed: 5)

  static let all = [
    RunCase(description: "a Gaussian to a density, Adam"),
    RunCase(
      description: "points to points, average, gradient limit",
      interpolant: .twoSided(schedule: .trigonometric, gamma: .brownian, scale: 1),
      base: .points(points, origin: "moons"),
      target: .points(points * 2, origin: "larger moons"),
      kinds: [(.velocity, 0...1), (.denoiser, 0...1)],
      averageDecay: 0.9,
      method: .whitening,
      warmUp: 1
    ),
    RunCase(
      description: "a density to points, momentum",
      interpolant: .twoSided(schedule: .linear, gamma: .quadratic, scale: 1),
      base: .named(.gaussian),
      target: .points(points, origin: "moons"),
      kinds: [(.velocity, 0...1)],
      optimizer: .sgd(momentum: 0.9),
      averageDecay: 0.5,
      warmUp: 2
    ),
    RunCase(description: "η_z alone, which needs E[x₁] at t = 0", kinds: [(.denoiser, 0...1)]),
    RunCase(
      description: "s alone, of points",
      target: .points(points, origin: "moons"),
      kinds: [(.score, 0...1)],
      averageDecay: 0.5
    ),
    RunCase(
      description: "weight decay",
      kinds: [(.velocity, 0...1)],
      optimizer: .adamW(weightDecay: 0.1)
    ),
    RunCase(
      description: "η_z and η₁, of which b at t = 0 takes E[x₁] where it is known",
      kinds: [(.denoiser, 0...1), (.targetDenoiser, 0...1)]
    ),
  ]

  /// A rise over the warm-up and half a cosine over the other steps.
  func rate(_ initial: Double, steps: Int) -> LearningRate {
    LearningRate(initial, decay: .cosine(period: steps - warmUp, final: 0), warmUp: warmUp)
  }

  func create(
    at path: String,
    steps: Int = 12,
    rate: Double = 1e-2,
    interval: Int = 4,
    keep: Int = 3
  ) throws -> RunDirectory {
    let network = MLP(
      dimension: 2,
      hidden: [8, 8],
      activation: .silu,
      pointEmbedding: .sinusoidal(octaves: 2, lowest: 0.25)
    )
    return try RunDirectory.create(
      at: path,
      interpolant: interpolant,
      base: base,
      target: target,
      fields: kinds.map { kind, times in
        .init(
          kind: kind,
          times: times,
          network: network,
          preconditioning: kind == .velocity ? .init(targetScale: 1.2, latentScale: 0.3) : nil
        )
      },
      training: TrainingConfiguration(
        rows: 200,
        steps: steps,
        learningRate: self.rate(rate, steps: steps),
        optimizer: optimizer,
        gradientNormLimit: 2,
        averageDecay: averageDecay,
        seed: 3,
        heldOutInterval: 5
      ),
      standardizing: method,
      holdingOut: 0.2,
      checkpoints: .init(interval: interval, keep: keep)
    )
  }

  /// A run that is trained to its end.
  func finished(at path: String, steps: Int = 12, interval: Int = 4) throws -> RunDirectory {
    let run = try create(at: path, steps: steps, interval: interval)
    var training = try run.training()
    _ = try run.train(&training)
    return run
  }

  /// Trains to the end without a stop; the state it ends in.
  func uninterrupted() throws -> TrainingState {
    let scratch = try ScratchDirectory()
    let run = try create(at: scratch["run"])
    var training = try run.training()
    while try training.next() != nil {}
    return training.state
  }
}
