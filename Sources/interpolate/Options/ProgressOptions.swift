import ArgumentParser
import StochasticInterpolants

/// How a training shows its progress, on standard error.
struct ProgressOptions: ParsableArguments {
  enum Mode: String, ExpressibleByArgument, CaseIterable { case auto, terminal, plain, quiet }

  @Option(
    help: """
      terminal rewrites one line, plain prints about twenty, quiet none; auto is terminal where standard error \
      is one. NO_COLOR in the environment turns colours off.
      """
  )
  var progress: Mode = .auto

  @Flag(help: "Show no progress: --progress quiet.")
  var quiet = false

  func validate() throws {
    if quiet && progress != .auto && progress != .quiet {
      throw ValidationError("--quiet contradicts --progress \(progress.rawValue); give one of them")
    }
  }

  func style(steps: Int) -> TrainingProgress.Style? {
    if quiet { return .quiet }
    return switch progress {
    case .auto: nil
    case .terminal: .terminal
    case .plain: .plain(every: max(1, steps / 20))
    case .quiet: .quiet
    }
  }
}
