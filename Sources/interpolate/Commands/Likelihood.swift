import ArgumentParser
import Integrators
import StochasticInterpolants
import Tensors

/// Computes log-densities of points under a trained bridge.
struct Likelihood: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute log-densities of points at t = 1, in nats.",
    discussion: """
      By the probability flow ODE backward with the exact divergence, or, where there are many components, \
      with Hutchinson's estimates of --probes; or along --paths of an SDE of any ε(t): feynman-kac, which \
      is exact for the SDE of the bridge; lower-bound, which is below it; process, which trusts the learned \
      score. The base must be a density whose value is known. The mean with a minus is the cross-entropy, \
      printed with its standard error.

      EXAMPLES
        interpolate likelihood run/ --points points.npy --output log-densities.npy
        interpolate likelihood run/ --points points.npy --probes 10 --standard-errors errors.npy
        interpolate likelihood run/ --points points.npy --estimator process --diffusion 0.5 --paths 50
        interpolate densities draw moons --count 1000 --output - | \\
          interpolate likelihood run/ --points - --output -
      """
  )

  /// What the paths follow, and what is averaged over them.
  enum Estimator: String, CaseIterable {
    case flow
    case feynmanKac = "feynman-kac"
    case lowerBound = "lower-bound"
    case process

    /// The library's estimator; nil for the flow, on which nothing is drawn but probes.
    var alongPaths: DensityEstimator? {
      switch self {
      case .flow: nil
      case .feynmanKac: .feynmanKac
      case .lowerBound: .lowerBound
      case .process: .process
      }
    }
  }

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(help: "The points: a .npy or .csv file, or -.")
  var points: String

  @Option(help: "Where the log-densities go, one a point: a .npy or .csv file, or -.")
  var output: String?

  @Option(help: "Where their standard errors go, one a point: a .npy or .csv file, or -.")
  var standardErrors: String?

  @Option(help: "The number of steps.")
  var steps: Int = 100

  @Option(help: "The number of Hutchinson's probes of a point; the exact divergence unless given.")
  var probes: Int?

  @Option(help: "flow, feynman-kac, lower-bound or process.")
  var estimator: String = Estimator.flow.rawValue

  @Option(
    help: ArgumentHelp(
      stringLiteral: DiffusionOption.text + " Not 0: the ODE's is the estimator flow."
    )
  )
  var diffusion: String?

  @Option(
    help: """
      The times on which ε acts, such as 0.001:0.999. Those on which the score was trained, or for a denoiser \
      0.001:0.999, unless given.
      """
  )
  var noiseTimes: String?

  @Option(help: "The number of paths of a point; 100 for the estimators of an SDE.")
  var paths: Int?

  @Option(help: "The key of probes and paths; equal keys give equal numbers.")
  var seed: UInt64 = 0

  @Flag(help: "Print the cross-entropy as JSON on standard output.")
  var json = false

  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    try Check.repeats(steps, "--steps")
    if let probes { try Check.repeats(probes, "--probes") }
    if let paths { try Check.repeats(paths, "--paths") }
    if [output, standardErrors].filter({ $0 == PointsFile.pipe }).count + (json ? 1 : 0) > 1 {
      throw ValidationError(
        "--json, --output - and --standard-errors - would write to standard output together; "
          + "give a file to all but one"
      )
    }
    let options = try options()
    switch options.estimator {
    case .flow:
      try Check.unused(
        [
          "--diffusion": diffusion != nil, "--noise-times": noiseTimes != nil,
          "--paths": paths != nil,
        ],
        "is for the estimators of an SDE; add --estimator feynman-kac, lower-bound or process"
      )
    case .feynmanKac where probes != nil:
      throw ValidationError(
        "--probes would bias feynman-kac, which averages exponentials; leave them out, or take "
          + "--estimator lower-bound or process"
      )
    case .feynmanKac, .lowerBound, .process:
      if diffusion == nil {
        throw ValidationError("--estimator \(estimator) needs an ε, such as --diffusion 0.5")
      }
    }
    if standardErrors != nil && (options.estimator == .flow ? probes ?? 1 : options.paths) < 2 {
      throw ValidationError(
        "--standard-errors need at least two probes or paths; give --probes or --paths of 2 or more"
      )
    }
  }

  private struct Options {
    var estimator: Estimator
    var noiseTimes: ClosedRange<Double>?
    var paths: Int
  }

  private func options() throws -> Options {
    Options(
      estimator: try Check.named(estimator, "--estimator"),
      noiseTimes: try noiseTimes.map { try Check.times($0, "--noise-times") },
      paths: paths ?? 100
    )
  }

  func run() throws {
    let options = try options()
    try PointsFile.checkPlaces(["--output": output, "--standard-errors": standardErrors])
    let run = try RunDirectory(directory)
    let bridge = try run.bridge()
    let points = try PointsFile.read(self.points)
    guard points.shape[1] == run.configuration.dimension else {
      throw PointsFileError(
        path: self.points,
        problem: "has points of \(points.shape[1]) components, the run has "
          + "\(run.configuration.dimension)"
      )
    }
    let estimates = try estimate(run.configuration, bridge, at: points, options)
    if let output { try PointsFile.write(estimates.values, to: output) }
    if let standardErrors { try PointsFile.write(estimates.standardErrors, to: standardErrors) }
    let entropy = estimates.crossEntropy
    if json {
      try StandardOutput.write(
        JSONText.object([
          ("points", .integer(points.shape[0])), ("crossEntropy", .number(entropy.value)),
          ("standardError", .number(entropy.standardError)),
          ("drawsOfAPoint", .integer(estimates.draws)),
        ]) + "\n"
      )
    } else {
      say("cross-entropy \(entropy) nats over \(points.shape[0]) points")
    }
  }

  private func estimate(
    _ run: RunConfiguration,
    _ bridge: Bridge<AnyInterpolant>,
    at points: Tensor<Double>,
    _ options: Options
  ) throws -> LogDensities {
    let divergence: DivergenceRule =
      probes.map { .hutchinson(probes: $0, seed: seed) } ?? .exact
    guard let estimator = options.estimator.alongPaths else {
      return try bridge.logDensity(points, divergence: divergence, steps: steps)
    }
    let diffusion = try DiffusionOption.diffusion(
      self.diffusion ?? "",
      on: options.noiseTimes,
      of: run,
      bridge.interpolant,
      asksForScore: true
    )
    guard let diffusion else {
      throw ValidationError(
        "--estimator \(self.estimator) needs an ε that is not 0; for the ODE leave --estimator out"
      )
    }
    return try bridge.sdeLogDensity(
      points,
      estimator: estimator,
      divergence: divergence,
      diffusion: diffusion,
      paths: options.paths,
      steps: steps,
      seed: seed
    )
  }
}
