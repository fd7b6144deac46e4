import ArgumentParser
import Gradients
import StochasticInterpolants
import Tensors

/// Trains a bridge and writes a run directory.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a bridge from one density to another.",
    discussion: """
      Each end is the name of a density (see `interpolate densities`) or a .npy or .csv file with a \
      point a row. A Gaussian base gives a one-sided interpolant, x_t = (1-t) z + t x1, with the \
      velocity b and the score s; any other base a two-sided one, x_t = (1-t) x0 + t x1 + γ(t) z, \
      with b and the denoiser. Points of a file are standardised, and a share of them is held out.

      EXAMPLES
        interpolate train --base gaussian --target points.npy --output run/
        interpolate train --base moons --target eight-gaussians --steps 5000 --output run/
      """
  )

  @Option(help: "The density at t = 0: a name or a file.")
  var base: String = "gaussian"

  @Option(help: "The density at t = 1: a name or a file.")
  var target: String

  @Option(help: "The directory to write; it must not hold anything yet.")
  var output: String

  @Option(help: "The number of steps.")
  var steps: Int = 3_000

  @Option(help: "The number of rows drawn in a step.")
  var rows: Int = 2_000

  @Option(help: "The learning rate; it falls to 0 along half a cosine.")
  var learningRate: Double = 2e-3

  @Option(parsing: .upToNextOption, help: "The widths of the hidden layers.")
  var hidden: [Int] = [256, 256, 256, 256]

  @Option(help: "The activation: \(Activation.allCases.map(\.rawValue).joined(separator: ", ")).")
  var activation: String = "silu"

  @Option(
    help: """
      α and β: linear or trigonometric; from a Gaussian also sbdm, between two densities also \
      variance-preserving or encoding-decoding.
      """
  )
  var schedule: String = "linear"

  @Option(help: "γ of a two-sided interpolant: brownian, quadratic, sine-squared, sigmoid or zero.")
  var gamma: String = "brownian"

  @Option(help: "The scale a of the brownian γ = sqrt(a t(1-t)).")
  var gammaScale: Double = 1

  @Option(help: "How points are standardised: identity, scale or whitening.")
  var standardize: String = "scale"

  @Option(help: "The share of a file's points that is held out.")
  var holdOut: Double = 0.1

  @Option(help: "The key of the random numbers; equal keys give equal runs.")
  var seed: UInt64 = 0

  @Flag(help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if steps < 1 { throw ValidationError("--steps must be at least 1, got \(steps)") }
    if rows < 1 { throw ValidationError("--rows must be at least 1, got \(rows)") }
    if !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate must be positive, got \(learningRate)")
    }
    if hidden.isEmpty || !hidden.allSatisfy({ (1...65_536).contains($0) }) {
      throw ValidationError("--hidden takes widths from 1 to 65536, got \(hidden)")
    }
    if !(gammaScale > 0 && gammaScale.isFinite) {
      throw ValidationError("--gamma-scale must be positive, got \(gammaScale)")
    }
    if !(holdOut > 0 && holdOut < 1) {
      throw ValidationError("--hold-out must lie between 0 and 1, got \(holdOut)")
    }
    _ = try choices()
  }

  private struct Choices {
    var activation: Activation
    var schedule: InterpolantChoice.ScheduleName
    var gamma: InterpolantChoice.LatentName
    var method: Standardization.Method
  }

  private func choices() throws -> Choices {
    Choices(
      activation: try named(activation, "--activation"),
      schedule: try named(schedule, "--schedule"),
      gamma: try named(gamma, "--gamma"),
      method: try named(standardize, "--standardize")
    )
  }

  private func named<Choice: CaseIterable & RawRepresentable>(
    _ text: String,
    _ option: String
  ) throws -> Choice where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("\(option) must be one of \(names), got '\(text.prefix(60))'")
  }

  func run() throws {
    let choices = try choices()
    let target = try Source(self.target)
    let dimension = target.dimension
    if base == NamedDensity.gaussian.rawValue {
      try RunDirectory.checkWritable(output)
      switch choices.schedule {
      case .linear: try trainOneSided(.linear, choices, target, dimension)
      case .trigonometric: try trainOneSided(.trigonometric, choices, target, dimension)
      case .sbdm: try trainOneSided(.sbdm, choices, target, dimension)
      case .variancePreserving, .encodingDecoding:
        throw InterpolantChoiceError.needsTwoEnds(choices.schedule)
      }
      return
    }
    let base = try Source(self.base)
    if base.dimension != dimension {
      throw ValidationError(
        "the two ends have different dimensions: \(base.description) has \(base.dimension), "
          + "\(target.description) has \(dimension)"
      )
    }
    try RunDirectory.checkWritable(output)
    try trainTwoSided(choices, base, target)
  }

  private func trainOneSided<S: Schedule>(
    _ interpolant: OneSidedInterpolant<S>,
    _ choices: Choices,
    _ target: Source,
    _ dimension: Int
  ) throws {
    let network = MLP(dimension: dimension, hidden: hidden, activation: choices.activation)
    let scoreTimes = 0...0.9999
    let objectives = [Objective.velocity(network), .score(network, times: scoreTimes)]
    let ends = try split(target)
    let standardization = try Standardization.fitted(
      to: ends.training.measured,
      method: choices.method
    )
    let training = try Training(
      interpolant,
      target: ends.training.density,
      heldOut: ends.heldOut,
      objectives: objectives,
      configuration: trainingConfiguration,
      standardization: standardization
    )
    try finish(
      training,
      RunConfiguration(
        dimension: dimension,
        interpolant: .oneSided(schedule: choices.schedule),
        base: .gaussian,
        target: target.description,
        fields: [
          .init(kind: .velocity, times: 0...1, network: network),
          .init(kind: .score, times: scoreTimes, network: network),
        ],
        training: trainingConfiguration,
        standardization: standardization,
        holdingOut: holdOut
      )
    )
  }

  private func trainTwoSided(_ choices: Choices, _ base: Source, _ target: Source) throws {
    func with(_ latent: some LatentSchedule) throws {
      func train(_ schedule: some Schedule) throws {
        try trainTwoSided(schedule, latent, choices, base, target)
      }
      switch choices.schedule {
      case .linear: try train(LinearSchedule())
      case .trigonometric: try train(TrigonometricSchedule())
      case .variancePreserving: try train(VariancePreservingSchedule(gamma: latent))
      case .encodingDecoding: try train(EncodingDecodingSchedule())
      case .sbdm: throw InterpolantChoiceError.needsGaussianBase(.sbdm)
      }
    }
    switch choices.gamma {
    case .brownian: try with(BrownianLatent(scale: gammaScale))
    case .quadratic: try with(QuadraticLatent())
    case .sineSquared: try with(SineSquaredLatent())
    case .sigmoid: try with(SigmoidLatent())
    case .zero: try with(ZeroLatent())
    }
  }

  private func trainTwoSided<S: Schedule, Latent: LatentSchedule>(
    _ schedule: S,
    _ latent: Latent,
    _ choices: Choices,
    _ base: Source,
    _ target: Source
  ) throws {
    let network = MLP(
      dimension: target.dimension,
      hidden: hidden,
      activation: choices.activation
    )
    let fields: [RunConfiguration.Field] =
      [.init(kind: .velocity, times: 0...1, network: network)]
      + (latent.isZero ? [] : [.init(kind: .denoiser, times: 0...1, network: network)])
    let objectives = [Objective.velocity(network)] + (latent.isZero ? [] : [.denoiser(network)])
    let ends = try split(target)
    let measured = Tensor.concatenating([
      base.measuredPoints(seed: seed), ends.training.measured,
    ])
    let standardization = try Standardization.fitted(to: measured, method: choices.method)
    let baseDensity = try base.density()
    let training = try Training(
      TwoSidedInterpolant(schedule: schedule, gamma: latent),
      coupling: AnyIndependentCoupling(base: baseDensity, target: ends.training.density),
      heldOut: ends.heldOut.map { AnyIndependentCoupling(base: baseDensity, target: $0) },
      objectives: objectives,
      configuration: trainingConfiguration,
      standardization: standardization
    )
    var basePoints: Tensor<Double>?
    var baseChoice = RunConfiguration.Base.points
    switch base {
    case .named(let name): baseChoice = .named(name)
    case .points(let points, _): basePoints = points
    }
    try finish(
      training,
      RunConfiguration(
        dimension: target.dimension,
        interpolant: .twoSided(
          schedule: choices.schedule,
          gamma: choices.gamma,
          scale: gammaScale
        ),
        base: baseChoice,
        target: target.description,
        fields: fields,
        training: trainingConfiguration,
        standardization: standardization,
        holdingOut: holdOut
      ),
      basePoints: basePoints
    )
  }

  private var trainingConfiguration: TrainingConfiguration {
    TrainingConfiguration(
      rows: rows,
      steps: steps,
      learningRate: LearningRate(learningRate, decay: .cosine(period: steps, final: 0)),
      seed: seed
    )
  }

  private struct Ends {
    var training: (density: any Density, measured: Tensor<Double>)
    var heldOut: (any Density)?
  }

  /// The points to train on and those held out; a density with a name has no finite set to memorise.
  private func split(_ target: Source) throws -> Ends {
    switch target {
    case .named(let name):
      return Ends(training: (name.density, target.measuredPoints(seed: seed)), heldOut: nil)
    case .points(let points, let path):
      guard points.shape[0] >= 2 else {
        throw PointsFileError(
          path: path,
          problem: "holds \(points.shape[0]) point; at least 2 are needed, one of them held out"
        )
      }
      let parts = try EmpiricalDensity(points: points).split(holdingOut: holdOut, seed: seed)
      return Ends(training: (parts.training, parts.training.points), heldOut: parts.heldOut)
    }
  }

  private func finish<Path>(
    _ training: consuming Training<Path>,
    _ configuration: RunConfiguration,
    basePoints: Tensor<Double>? = nil
  ) throws {
    var progress = TrainingProgress(steps: steps, style: quiet ? .quiet : nil)
    var metrics: [TrainingStep] = []
    while let step = try training.next() {
      progress.show(step)
      metrics.append(step)
    }
    try RunDirectory.write(
      to: output,
      configuration: configuration,
      parameters: training.parameters,
      basePoints: basePoints,
      metrics: metrics
    )
    say("run written to \(output)")
  }
}

/// Two independent ends whose types are known at run time only.
struct AnyIndependentCoupling: Coupling {
  let base: any Density
  let target: any Density

  var dimension: Int { base.dimension }

  var marginals: (base: any Density, target: any Density) { (base, target) }

  func pairs(_ block: RandomBlock) -> (x0: Tensor<Double>, x1: Tensor<Double>) {
    func pair(_ base: some Density, _ target: some Density) -> (Tensor<Double>, Tensor<Double>) {
      IndependentCoupling(base, target).pairs(block)
    }
    return pair(base, target)
  }
}
