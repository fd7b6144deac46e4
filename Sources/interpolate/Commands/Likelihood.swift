import ArgumentParser
import StochasticInterpolants
import Tensors

/// Computes log-densities of points under a trained bridge.
struct Likelihood: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute log-densities of points at t = 1, in nats.",
    discussion: """
      By the probability flow ODE backward with the exact divergence; the base must be a density whose \
      value is known. The mean with a minus is the cross-entropy, printed with its standard error.

      EXAMPLES
        interpolate likelihood run/ --points points.npy --output log-densities.npy
        interpolate densities draw moons --count 1000 --output - | \\
          interpolate likelihood run/ --points - --output -
      """
  )

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(help: "The points: a .npy or .csv file, or -.")
  var points: String

  @Option(help: "Where the log-densities go, one a point: a .npy or .csv file, or -.")
  var output: String?

  @Option(help: "The number of steps.")
  var steps: Int = 100

  @Flag(help: "Print the cross-entropy as JSON on standard output.")
  var json = false

  @OptionGroup var file: ConfigurationOption

  func validate() throws {
    try Check.positive(steps, "--steps")
    if json && output == PointsFile.pipe {
      throw ValidationError("--json and --output - would both write to standard output")
    }
  }

  func run() throws {
    if let output { _ = try PointsFile.format(of: output) }
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
    let logs = try bridge.logDensity(points, steps: steps)
    if let output { try PointsFile.write(logs.values, to: output) }
    let entropy = logs.crossEntropy
    if json {
      try StandardOutput.write(
        JSONText.object([
          ("points", .integer(points.shape[0])), ("crossEntropy", .number(entropy.value)),
          ("standardError", .number(entropy.standardError)),
        ]) + "\n"
      )
    } else {
      say("cross-entropy \(entropy) nats over \(points.shape[0]) points")
    }
  }
}
