import ArgumentParser
import Gradients
import StochasticInterpolants
import Tensors

/// Trains a bridge in a run directory.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a bridge from one density to another.",
    discussion: """
      Each end is the name of a density (see `interpolate densities`), a .npy or .csv file with a point a \
      row, or - for standard input. A Gaussian base gives a one-sided interpolant, \
      x_t = (1-t) z + t x1, with the velocity b and the score s; any other base a two-sided one, \
      x_t = (1-t) x0 + t x1 + γ(t) z, with b and the denoiser. Points are standardised, and a share \
      of the target's is held out. The default settings were chosen by measuring: `make defaults` \
      trains with them on all densities. A .npy file of 256 MB or more is mapped and not copied: leave it \
      where it is.

      The run directory holds the state of the training. Ctrl-C finishes the step and stores it; \
      `interpolate resume` goes on, also after a crash.

      EXAMPLES
        interpolate train --base gaussian --target points.npy --output run/
        interpolate train --base moons --target eight-gaussians --steps 5000 --output run/
        interpolate train --configuration train.json --seed 2 --output run2/
      """
  )

  @Option(
    help: """
      The density at t = 0: a name or a file. gaussian is N(0, Id) of standardised points, which in their own \
      coordinates has their mean and scale.
      """
  )
  var base: String = "gaussian"

  @Option(help: "The density at t = 1: a name or a file.")
  var target: String

  @Option(help: "The directory to write; it must not hold anything yet.")
  var output: String

  @Option(help: "The number of steps.")
  var steps: Int = 2_000

  @Option(help: "The number of rows drawn in a step.")
  var rows: Int = 2_000

  @Option(
    help: "The learning rate; it rises over the first twentieth and falls to 0 along half a cosine."
  )
  var learningRate: Double = 8e-3

  @Option(
    parsing: .upToNextOption,
    help: """
      The widths of the hidden layers, with spaces between them, such as 64 64. \
      (default: 256 256 256 256)
      """,
    transform: Check.width
  )
  var hidden: [Int] = [256, 256, 256, 256]

  @Option(help: "The activation: \(Activation.allCases.map(\.rawValue).joined(separator: ", ")).")
  var activation: String = "silu"

  @Option(
    help: """
      The number of frequencies f = 1/4, 1/2, 1, ... whose sin(2π f x) and cos(2π f x) a network sees \
      beside a point x; 0 for none.
      """
  )
  var octaves: Int = 3

  @Flag(
    inversion: .prefixedNo,
    help: """
      With the linear schedule, standardised points, and no γ or the brownian: learn what is left of b \
      beside the velocity of a Gaussian bridge.
      """
  )
  var preconditioning = true

  @Option(
    help: """
      α and β: linear or trigonometric; from a Gaussian also sbdm, between two densities also \
      variance-preserving or encoding-decoding.
      """
  )
  var schedule: String = "linear"

  @Option(
    help: """
      γ of a two-sided interpolant: brownian, quadratic, sine-squared, sigmoid or zero. \
      (default: brownian)
      """
  )
  var gamma: String?

  @Option(help: "The scale a of the brownian γ = sqrt(a t(1-t)). (default: 1.0)")
  var gammaScale: Double?

  @Option(help: "How points are standardised: identity, scale or whitening.")
  var standardize: String = "scale"

  @Option(help: "The share of a file's points that is held out. (default: 0.1)")
  var holdOut: Double?

  @Option(
    help: """
      The decay of an average of parameters that the bridge then uses, in [0, 1); 0 for the last ones. \
      (default: 1 - 7/steps, or 0)
      """
  )
  var averageDecay: Double?

  @Option(help: "Bounds the norm of each gradient.")
  var gradientLimit: Double?

  @Option(help: ProductsOption.help)
  var products: String = "full"

  @Option(help: "The key of the random numbers; equal keys give equal runs.")
  var seed: UInt64 = 0

  @Option(help: "The number of steps from one checkpoint to the next.")
  var checkpointEvery: Int = 250

  @Option(help: "The number of checkpoints that are kept.")
  var keep: Int = 3

  @OptionGroup var progress: ProgressOptions
  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    try Check.steps(steps)
    try Check.positive(rows, "--rows")
    try Check.positive(learningRate, "--learning-rate")
    if let gammaScale { try Check.positive(gammaScale, "--gamma-scale") }
    try Check.positive(checkpointEvery, "--checkpoint-every")
    try Check.positive(keep, "--keep")
    if let holdOut {
      try Check.share(holdOut, "--hold-out")
      if NamedDensity(rawValue: target) != nil {
        throw ValidationError(
          "--hold-out is for points: of the density \(target) every batch is new; leave it out"
        )
      }
    }
    if rows > 1 << 24 { throw ValidationError("--rows must be at most 2^24, got \(rows)") }
    if !(0...16).contains(octaves) {
      throw ValidationError("--octaves must lie between 0 and 16, got \(octaves)")
    }
    if hidden.isEmpty || !hidden.allSatisfy({ (1...65_536).contains($0) }) {
      throw ValidationError("--hidden takes widths from 1 to 65536, got \(hidden)")
    }
    if let averageDecay, !(averageDecay >= 0 && averageDecay < 1) {
      throw ValidationError("--average-decay must lie in [0, 1), got \(averageDecay)")
    }
    if let gradientLimit { try Check.positive(gradientLimit, "--gradient-limit") }
    let choices = try choices()
    if isOneSided {
      try Check.unused(
        ["--gamma": gamma != nil, "--gamma-scale": gammaScale != nil],
        "is for two-sided interpolants; from the Gaussian base the latent is the base itself: leave it out"
      )
    }
    if gammaScale != nil, choices.gamma != .brownian {
      throw ValidationError(
        "--gamma-scale is the a of the brownian γ, and --gamma is \(choices.gamma.rawValue); leave one out"
      )
    }
    do {
      _ = try interpolant(choices).interpolant()
    } catch {
      throw ValidationError("\(error)")
    }
  }

  private var isOneSided: Bool { base == NamedDensity.gaussian.rawValue }

  private func interpolant(_ choices: Choices) -> InterpolantChoice {
    isOneSided
      ? .oneSided(schedule: choices.schedule)
      : .twoSided(schedule: choices.schedule, gamma: choices.gamma, scale: gammaScale ?? 1)
  }

  private struct Choices {
    var activation: Activation
    var schedule: InterpolantChoice.ScheduleName
    var gamma: InterpolantChoice.LatentName
    var method: Standardization.Method
    var products: ProductPrecision

    /// The sizes of a Gaussian bridge of this design between standardised ends, where it has one.
    func scales(_ isOneSided: Bool, _ gammaScale: Double) -> RunConfiguration.Preconditioning? {
      guard schedule == .linear, method != .identity else { return nil }
      if isOneSided || gamma == .zero { return .init() }
      return gamma == .brownian ? .init(latentScale: gammaScale) : nil
    }
  }

  private func choices() throws -> Choices {
    Choices(
      activation: try Check.named(activation, "--activation"),
      schedule: try Check.named(schedule, "--schedule"),
      gamma: try gamma.map { try Check.named($0, "--gamma") } ?? .brownian,
      method: try Check.named(standardize, "--standardize"),
      products: try Check.named(products, "--products")
    )
  }

  func run() throws {
    let choices = try choices()
    if base == PointsFile.pipe && target == PointsFile.pipe {
      throw ValidationError("--base and --target cannot both be standard input")
    }
    let target = try Source.read(self.target)
    let base = isOneSided ? RunSource.standardGaussian : try Source.read(self.base)
    guard let dimension = target.dimension else { throw UnknownSource(text: self.target) }
    if let own = base.dimension, own != dimension {
      throw ValidationError(
        "the two ends have different dimensions: \(self.base.prefix(60)) has \(own), "
          + "\(self.target.prefix(60)) has \(dimension)"
      )
    }
    if case .points(let points, let origin) = target, points.shape[0] < 2 {
      throw PointsFileError(
        path: origin,
        problem: "holds \(points.shape[0]) point; at least 2 are needed, one of them held out"
      )
    }
    do {
      try RunDirectory.checkWritable(output)
    } catch FileError.alreadyExists(let path) {
      throw PointsFileError(
        path: path,
        problem:
          "already exists and is not empty; choose another path or, if it is a run, go on with "
          + "it by interpolate resume"
      )
    }
    let network = MLP(
      dimension: dimension,
      hidden: hidden,
      activation: choices.activation,
      pointEmbedding: octaves == 0 ? .plain : .sinusoidal(octaves: octaves, lowest: 0.25)
    )
    var fields = [
      RunConfiguration.Field(
        kind: .velocity,
        times: 0...1,
        network: network,
        preconditioning: preconditioning ? choices.scales(isOneSided, gammaScale ?? 1) : nil
      )
    ]
    if isOneSided {
      fields.append(.init(kind: .score, times: 0...0.9999, network: network))
    } else if choices.gamma != .zero {
      fields.append(.init(kind: .denoiser, times: 0...1, network: network))
    }
    ProductsOption.remark(on: choices.products)
    // A signal while the run is made would leave a part of it.
    Interruption.watch()
    let run = try RunDirectory.create(
      at: output,
      interpolant: interpolant(choices),
      base: base,
      target: target,
      fields: fields,
      training: TrainingConfiguration(
        rows: rows,
        steps: steps,
        learningRate: LearningRate(
          learningRate,
          decay: .cosine(period: steps - steps / 20, final: 0),
          warmUp: steps / 20
        ),
        gradientNormLimit: gradientLimit,
        averageDecay: averageDecay ?? max(0, 1 - 7 / Double(steps)),
        seed: seed,
        products: choices.products
      ),
      standardizing: choices.method,
      holdingOut: holdOut ?? 0.1,
      checkpoints: .init(interval: checkpointEvery, keep: keep)
    )
    try TrainingLoop.run(run, progress: progress, isVerifying: false)
  }
}
