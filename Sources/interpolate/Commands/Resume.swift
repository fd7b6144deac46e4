import ArgumentParser
import StochasticInterpolants

/// Goes on with a training that was stopped.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a training that was stopped or killed.",
    discussion: """
      It begins at the newest checkpoint and makes the steps an uninterrupted training makes, to the last \
      bit, on one machine type. Steps made after that checkpoint are made again. A finished run is left \
      as it is.

      EXAMPLES
        interpolate resume run/
      """
  )

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @OptionGroup var progress: ProgressOptions

  func run() throws {
    try TrainingLoop.run(try RunDirectory(directory), progress: progress, isVerifying: true)
  }
}
