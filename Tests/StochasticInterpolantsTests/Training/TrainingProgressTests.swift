import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// What a training shows on standard error, which belongs to the process: each test has its own.
@Suite struct TrainingProgressTests {
  /// Seven steps, each shown in a style.
  private static func train(showing style: TrainingProgress.Style?) throws {
    var training = try Training(
      .linear,
      target: TwoMoons(),
      objectives: [.velocity(MLP(dimension: 2, hidden: [4], activation: .silu))],
      configuration: TrainingConfiguration(rows: 16, steps: 7)
    )
    var progress = TrainingProgress(steps: 7, style: style)
    while let step = try training.next() { progress.show(step) }
    progress.end()
  }

  /// The text before the losses of each line; a line that shows something else stays as it is.
  private func steps(_ result: ExitTest.Result?) -> [String] {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: " loss ", maxSplits: 1).first.map(String.init) ?? "" }
  }

  @Test func plainLinesAreThoseOfTheIntervalAndBothEnds() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try Self.train(showing: .plain(every: 3))
    }
    #expect(steps(result) == ["step 1/7", "step 3/7", "step 6/7", "step 7/7", ""])
  }

  @Test func quietIsSilent() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try Self.train(showing: .quiet)
    }
    #expect(steps(result) == [""])
  }

  /// Standard error that is observed is no terminal: twenty lines, or as many as there are steps.
  @Test func withoutATerminalAutomaticIsPlain() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try #require(TrainingProgress.Style.automatic(steps: 100) == .plain(every: 5))
      try #require(TrainingProgress.Style.automatic(steps: 119) == .plain(every: 5))
      try #require(TrainingProgress.Style.automatic(steps: 7) == .plain(every: 1))
      try Self.train(showing: nil)
    }
    #expect(steps(result) == (1...7).map { "step \($0)/7" } + [""])
  }
}
