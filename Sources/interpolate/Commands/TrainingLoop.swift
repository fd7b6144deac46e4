import ArgumentParser
import StochasticInterpolants
import Tensors

/// The loop of `train` and `resume`: progress, checkpoints, and a graceful stop.
enum TrainingLoop {
  static func run(
    _ run: RunDirectory,
    progress options: ProgressOptions,
    isVerifying: Bool
  ) throws {
    Interruption.watch()
    var training = try run.training(isVerifying: isVerifying)
    let first = training.step
    let steps = run.configuration.training.steps
    var progress = TrainingProgress(
      steps: steps,
      after: training.step,
      style: options.style(steps: steps)
    )
    let outcome: RunDirectory.Outcome
    do {
      outcome = try run.train(
        &training,
        isStopping: { Interruption.isWanted },
        onStep: { progress.show($0) }
      )
    } catch {
      progress.end()
      throw error
    }
    switch outcome {
    case .finished:
      if training.step > first || !RunPicture.isOfWeights(run) { try RunPicture.write(run) }
      say("run of \(steps) steps in \(run.path)")
    case .stopped(let step):
      progress.end()
      say(
        "stopped and stored at step \(step) of \(steps); go on by: interpolate resume \(run.path)"
      )
      throw ExitCode(130)
    }
  }
}
