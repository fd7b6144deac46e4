import ArgumentParser
import Integrators
import StochasticInterpolants
import Tensors

/// Draws samples from a trained bridge.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples from a trained bridge.",
    discussion: """
      Forward from the base at t = 0, or backward from the target at t = 1, by the probability flow ODE or \
      by an SDE of any ε(t). Points of one's own are carried along by --from. A trajectory is an array \
      [times, samples, dimension] as .npy; as text its rows, one time after another.

      EXAMPLES
        interpolate sample run/ --count 10000 --output samples.npy
        interpolate sample run/ --count 10000 --diffusion 0.5 --steps 100 --output samples.csv
        interpolate sample run/ --diffusion '0.5*sin(pi*t)^2' --count 100 --output -
        interpolate sample run/ --direction backward --from points.npy --output codes.npy
        interpolate sample run/ --tolerance 1e-4 --times 0:0.99 --finish denoise --output samples.npy
        interpolate sample run/ --save-times 0,0.25,0.5,0.75,1 --trajectory paths.npy
      """
  )

  /// The methods for steps on which ε acts.
  enum Method: String, CaseIterable {
    case sra1
    case eulerMaruyama = "euler-maruyama"
    case stochasticHeun = "stochastic-heun"
    case shark
  }

  enum Spacing: String, CaseIterable { case uniform, cosine }

  enum Finish: String, CaseIterable { case none, denoise, tweedie, mean, flow }

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(help: "The number of samples. (default: 10,000, or the points of --from)")
  var count: Int?

  @Option(help: DiffusionOption.help)
  var diffusion: String = "0"

  @Option(
    help: """
      The times on which ε acts, such as 0.001:0.999; the ODE covers the rest. The times on which the \
      score was trained, or for a denoiser 0.001:0.999, unless given; with latent:C those on which either \
      was, to the ends for a denoiser.
      """
  )
  var noiseTimes: String?

  @Option(help: "forward from t = 0 to 1, or backward.")
  var direction: String = "forward"

  @Option(help: "Points to start from instead of draws: a .npy or .csv file, or -.")
  var from: String?

  @Option(
    help: "The times that are followed, such as 0:0.5; those that start inside (0, 1) need --from."
  )
  var times: String = "0:1"

  @Option(help: "The number of steps. (default: 100)")
  var steps: Int?

  @Option(
    help: """
      The error of a step, absolute and relative, of standardised points as --diffusion: each sample chooses \
      its own steps.
      """
  )
  var tolerance: Double?

  @Option(
    help: "How paths that stop inside (0, 1) reach the end: none, denoise, tweedie, mean or flow."
  )
  var finish: String = "none"

  @Option(help: "How the steps are spread: uniform, or cosine, which is dense at both ends.")
  var spacing: String = "uniform"

  @Option(help: "The method of the SDE: sra1, euler-maruyama, stochastic-heun or shark.")
  var method: String = "sra1"

  @Option(help: ProductsOption.help)
  var products: String = "full"

  @Option(help: "The key of the random numbers; equal keys give equal samples.")
  var seed: UInt64 = 0

  @Option(help: "Where the samples go: a .npy or .csv file, or -.")
  var output: String?

  @Option(help: "The times of the trajectory, such as 0,0.5,1.")
  var saveTimes: String?

  @Option(help: "Where the points at --save-times go.")
  var trajectory: String?

  @Option(help: "npy or csv, where the name does not say it.")
  var format: String?

  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    if let count { try Check.count(count) }
    if let steps { try Check.repeats(steps, "--steps") }
    if count != nil && from != nil {
      throw ValidationError("--count and --from exclude each other: each point is one sample")
    }
    if (saveTimes == nil) != (trajectory == nil) {
      throw ValidationError("--save-times and --trajectory belong together; give both or none")
    }
    if output == nil && trajectory == nil {
      throw ValidationError("nothing would be written; give --output or --trajectory")
    }
    if let tolerance {
      try Check.positive(tolerance, "--tolerance")
      try Check.unused(
        ["--spacing": spacing != Spacing.uniform.rawValue, "--steps": steps != nil],
        "is for fixed steps; with --tolerance samples choose theirs"
      )
    }
    let options = try options()
    if tolerance != nil && options.method == .eulerMaruyama {
      throw ValidationError(
        "--method euler-maruyama has no error estimate; with --tolerance take sra1, stochastic-heun or shark, or "
          + "give --steps"
      )
    }
    let isForward = options.direction == .forward
    let first = isForward ? options.times.lowerBound : options.times.upperBound
    if from == nil && first != (isForward ? 0 : 1) {
      throw ValidationError(
        "--times \(times) start at t = \(first), which is not the \(isForward ? "base" : "target"); give "
          + "points of the law there by --from"
      )
    }
    let last = isForward ? options.times.upperBound : options.times.lowerBound
    if options.finish != .none && last == (isForward ? 1 : 0) {
      throw ValidationError(
        "--finish leads from a time inside (0, 1) to the end, and --times \(times) go there themselves; let them "
          + "stop before it, such as --times \(isForward ? "0:0.99" : "0.01:1")"
      )
    }
    if DiffusionOption.isZero(diffusion) {
      try Check.unused(
        ["--method is": options.method != .sra1, "--noise-times are": noiseTimes != nil],
        "for the SDE; add --diffusion, such as --diffusion 0.5"
      )
    }
  }

  private struct Options {
    var direction: Direction
    var spacing: StepSpacing
    var method: Method
    var finish: Finish
    var format: PointsFile.Format?
    var products: ProductPrecision
    var times: ClosedRange<Double>
    var noiseTimes: ClosedRange<Double>?
    var saving: [Double]
  }

  private func options() throws -> Options {
    let direction: DirectionName = try Check.named(self.direction, "--direction")
    let spacing: Spacing = try Check.named(self.spacing, "--spacing")
    let times = try Check.times(self.times, "--times")
    let saving = try saveTimes.map { try Check.timeList($0, "--save-times") } ?? []
    if let outside = saving.first(where: { !times.contains($0) }) {
      throw ValidationError("--save-times holds \(outside), which is outside --times \(self.times)")
    }
    return Options(
      direction: direction == .forward ? .forward : .backward,
      spacing: spacing == .uniform ? .uniform : .cosine,
      method: try Check.named(method, "--method"),
      finish: try Check.named(finish, "--finish"),
      format: try format.map { try Check.named($0, "--format") },
      products: try Check.named(products, "--products"),
      times: times,
      noiseTimes: try noiseTimes.map { try Check.times($0, "--noise-times") },
      saving: saving
    )
  }

  private enum DirectionName: String, CaseIterable { case forward, backward }

  func run() throws {
    let options = try options()
    try PointsFile.checkPlaces(
      ["--output": output, "--trajectory": trajectory],
      format: options.format
    )
    let run = try RunDirectory(directory)
    let starting = try from.map { try PointsFile.read($0) }
    let isBackward = options.direction == .backward
    let bridge = try run.bridge(readsTarget: isBackward && starting == nil)
      .with(products: options.products)
    let dimension = run.configuration.dimension
    if let starting, starting.shape[1] != dimension {
      throw PointsFileError(
        path: from ?? "",
        problem: "has points of \(starting.shape[1]) components, the run has \(dimension)"
      )
    }
    let diffusion = try DiffusionOption.diffusion(
      self.diffusion,
      on: options.noiseTimes,
      of: run.configuration,
      bridge.interpolant
    )
    if let times = diffusion?.times, !overlaps(times, options.times) {
      throw ValidationError(
        "--diffusion acts on the times \(times.lowerBound):\(times.upperBound), of which --times "
          + "\(self.times) have none; change --noise-times or leave --diffusion out"
      )
    }
    ProductsOption.remark(on: options.products)
    let count = starting?.shape[0] ?? self.count ?? 10_000
    let start = try starting.map { try GivenPoints($0) }
    let samples = try draw(bridge, options, diffusion, start, count)
    if let output { try PointsFile.write(samples.points, to: output, format: options.format) }
    if let trajectory {
      let stacked = Tensor.concatenating(samples.trajectory)
        .reshaped([samples.trajectory.count, count, dimension])
      try PointsFile.write(stacked, to: trajectory, format: options.format)
    }
    let places = [output, trajectory].compactMap { $0 }.joined(separator: " and ")
    say("\(count) samples, \(samples.evaluations) evaluations each, in \(places)")
  }

  private func overlaps(_ first: ClosedRange<Double>, _ second: ClosedRange<Double>) -> Bool {
    max(first.lowerBound, second.lowerBound) < min(first.upperBound, second.upperBound)
  }

  private func draw(
    _ bridge: Bridge<AnyInterpolant>,
    _ options: Options,
    _ diffusion: Diffusion?,
    _ start: GivenPoints?,
    _ count: Int
  ) throws -> Samples {
    let finishing: FinishingStep =
      switch options.finish {
      case .none: .none
      case .denoise: .denoise
      case .tweedie: .tweedie(bridge.interpolant)
      case .mean: .mean
      case .flow: .flow
      }
    let tolerance = self.tolerance.map { ErrorTolerance(absolute: $0, relative: $0) }
    func with(_ method: some StochasticMethod, _ diffusion: Diffusion) throws -> Samples {
      guard let tolerance else {
        return try bridge.sample(
          count: count,
          from: start,
          diffusion: diffusion,
          method: method,
          steps: steps ?? 100,
          spacing: options.spacing,
          times: options.times,
          direction: options.direction,
          finishing: finishing,
          saving: options.saving,
          seed: seed
        )
      }
      return try bridge.sample(
        count: count,
        from: start,
        diffusion: diffusion,
        method: method,
        tolerance: tolerance,
        times: options.times,
        direction: options.direction,
        finishing: finishing,
        saving: options.saving,
        seed: seed
      )
    }
    if let diffusion {
      return switch options.method {
      case .sra1: try with(SRA1(), diffusion)
      case .eulerMaruyama: try with(EulerMaruyama(), diffusion)
      case .stochasticHeun: try with(StochasticHeun(), diffusion)
      case .shark: try with(ShARK(), diffusion)
      }
    }
    guard let tolerance else {
      return try bridge.sample(
        count: count,
        from: start,
        steps: steps ?? 100,
        spacing: options.spacing,
        times: options.times,
        direction: options.direction,
        finishing: finishing,
        saving: options.saving,
        seed: seed
      )
    }
    return try bridge.sample(
      count: count,
      from: start,
      tolerance: tolerance,
      times: options.times,
      direction: options.direction,
      finishing: finishing,
      saving: options.saving,
      seed: seed
    )
  }
}
