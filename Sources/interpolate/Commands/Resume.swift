import ArgumentParser
import StochasticInterpolants

/// Goes on with a training that was stopped.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a training that was stopped or killed.",
    discussion: """
      It begins at the newest checkpoint and makes the steps an uninterrupted training makes, to the last \
      bit, on one type of processor. Steps made after that checkpoint are made again. A finished run is left \
      as it is, unless --steps gives it more: then the learning rate is that of a training of as many \
      steps from there on.

      EXAMPLES
        interpolate resume run/
        interpolate resume run/ --steps 6000
      """
  )

  @Argument(help: "The run directory that `interpolate train` wrote.")
  var directory: String

  @Option(help: "The number of steps in all, where it is to be another than `train` was told.")
  var steps: Int?

  @OptionGroup var progress: ProgressOptions

  func validate() throws {
    if let steps { try Check.steps(steps) }
  }

  func run() throws {
    var run = try RunDirectory(directory)
    if let steps, steps != run.configuration.training.steps { run = try run.extended(to: steps) }
    try TrainingLoop.run(run, progress: progress, isVerifying: true)
  }
}
