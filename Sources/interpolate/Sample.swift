import ArgumentParser
import StochasticInterpolants
import Tensors

/// Draws samples from a trained bridge.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples from a trained bridge.",
    discussion: """
      EXAMPLES
        interpolate sample run/ --count 10000 --output samples.npy
        interpolate sample run/ --count 10000 --diffusion 0.5 --steps 100 --output samples.csv
      """
  )

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(help: "The number of samples.")
  var count: Int = 10_000

  @Option(help: "The diffusion ε of the SDE; 0 follows the probability flow ODE.")
  var diffusion: Double = 0

  @Option(help: "The number of equal steps in t.")
  var steps: Int = 100

  @Option(help: "The key of the random numbers; equal keys give equal samples.")
  var seed: UInt64 = 0

  @Option(
    help: """
      The first and last t between which ε acts, such as 0.001:0.999; the ODE covers the rest. The \
      times on which the score was trained, or for a denoiser 0.001:0.999, unless given.
      """
  )
  var noiseTimes: String?

  @Option(help: "Where the samples go: a .npy or .csv file.")
  var output: String

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1, got \(count)") }
    if steps < 1 { throw ValidationError("--steps must be at least 1, got \(steps)") }
    if !(diffusion >= 0 && diffusion.isFinite) {
      throw ValidationError("--diffusion must be finite and not negative, got \(diffusion)")
    }
    _ = try noiseTimes.map(Self.times)
  }

  func run() throws {
    try PointsFile.checkName(output)
    let (configuration, bridge) = try RunDirectory.read(directory)
    let isDenoiser = !configuration.fields.contains { $0.kind == .score }
    let times = try noiseTimes.map(Self.times) ?? (isDenoiser ? 0.001...0.999 : nil)
    let samples = try bridge.sample(
      count: count,
      diffusion: diffusion > 0 ? .constant(diffusion, on: times) : nil,
      steps: steps,
      seed: seed
    )
    try PointsFile.write(samples.points, to: output)
    say("\(count) samples, \(samples.evaluations) evaluations each, in \(output)")
  }

  private static func times(_ text: String) throws -> ClosedRange<Double> {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first >= 0, first < last,
      last <= 1
    else {
      throw ValidationError("--noise-times must be two times such as 0.001:0.999, got '\(text)'")
    }
    return first...last
  }
}
