import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A training that is stopped and resumed is the one that was not.
@Suite struct ResumeTests {
  @Test(arguments: RunCase.all)
  func stoppedAndResumedHasTheBitsOfOneTraining(_ own: RunCase) throws {
    let expected = try own.uninterrupted()
    let scratch = try ScratchDirectory()
    _ = try own.create(at: scratch["run"])
    // Stopped on a checkpoint's step, between two, and before the first.
    for stop in [1, 4, 7] {
      let run = try RunDirectory(scratch["run"])
      var training = try run.training()
      let outcome = try run.train(&training, isStopping: { true }, onStep: { _ in })
      let isStopped = outcome == .stopped(step: training.step)
      #expect(isStopped)
      var count = training.step
      // A process that dies here leaves steps that no checkpoint has.
      while count < stop, try training.next() != nil { count += 1 }
    }
    let run = try RunDirectory(scratch["run"])
    var training = try run.training(workers: Workers(count: 3))
    let outcome = try run.train(&training)
    #expect(outcome == .finished)
    #expect(training.state == expected)
    // What was stored is what was reached, and the bridge has its parameters.
    #expect(try RunDirectory(scratch["run"]).training().state == expected)
    let bridge = try run.bridge()
    let parameters = expected.learned.map { $0.average ?? $0.parameters }
    #expect(bridge.fields.fields.map(\.parameters) == parameters)
    #expect(try run.checkpoints().last?.step == 12)
  }

  @Test func metricsHaveEveryStepOnceAfterAKill() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], steps: 10, interval: 4)
    var training = try run.training()
    var seen = 0
    _ = try run.train(&training, isStopping: { seen == 6 }, onStep: { _ in seen += 1 })
    // As a process leaves them that was killed while it wrote: later steps, and half a line.
    let table = try #require(scratch.text("run/metrics.csv"))
    let lines = try #require(scratch.text("run/metrics.jsonl"))
    let row = try #require(table.split(separator: "\n").last)
    let later = row.replacing(/^6,/, with: "7,")
    // Of a row of a later step the first digit alone may be there, the number of an earlier one.
    try "\(table)\(later)\n1".write(
      toFile: scratch["run/metrics.csv"],
      atomically: true,
      encoding: .utf8
    )
    try "\(lines){\"step\":7,\"lo".write(
      toFile: scratch["run/metrics.jsonl"],
      atomically: true,
      encoding: .utf8
    )
    let resumed = try RunDirectory(scratch["run"])
    var rest = try resumed.training()
    #expect(rest.step == 6)
    _ = try resumed.train(&rest)
    let steps = try #require(scratch.text("run/metrics.csv")).split(separator: "\n").dropFirst()
      .map { String($0.prefix { $0 != "," }) }
    #expect(steps == (1...10).map { "\($0)" })
    struct Line: Decodable {
      let step: Int
      let loss: [String: Double]
      let held_out: [String: Double]?
    }
    let decoded = try #require(scratch.text("run/metrics.jsonl")).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(decoded.map(\.step) == Array(1...10))
    #expect(decoded.allSatisfy { $0.loss.keys.sorted() == ["score", "velocity"] })
  }

  @Test func aRunIsTrainedByOneAtATime() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"])
    var training = try run.training()
    var message = ""
    var isFirst = true
    let left = scratch["run/checkpoints/.partial-0123abcd-step"]
    try Data().write(to: URL(fileURLWithPath: left))
    func trainBeside(_: TrainingStep) {
      guard isFirst else { return }
      isFirst = false
      do {
        let second = try RunDirectory(scratch["run"])
        var other = try second.training()
        _ = try second.train(&other)
      } catch {
        message = "\(error)"
      }
    }
    _ = try run.train(&training, onStep: trainBeside)
    #expect(message.contains("is being trained by another process"), "\(message)")
    // What a killed process left unfinished is gone, and the lock is let go of.
    #expect(!FileManager.default.fileExists(atPath: left))
    let outcome = try run.train(&training)
    #expect(outcome == .finished)
  }

  /// To begin again at step 0 would overwrite the weights and the metrics.
  @Test func aRunWithoutCheckpointsIsLeftAsItIs() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].finished(at: scratch["run"])
    let before = try scratch.bytes("run/weights.safetensors")
    let metrics = scratch.text("run/metrics.csv")
    for name in scratch.contents("run/checkpoints") {
      try FileManager.default.removeItem(atPath: scratch["run/checkpoints/" + name])
    }
    let error = #expect(throws: RunError.self) { _ = try run.training() }
    #expect(error?.description.contains("has no checkpoint to go on from") == true)
    #expect(try scratch.bytes("run/weights.safetensors") == before)
    #expect(scratch.text("run/metrics.csv") == metrics)
  }

  /// Weights of another program say no step, and a finished run makes none that would replace them.
  @Test func weightsOfAnotherProgramStay() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].finished(at: scratch["run"])
    var weights = try Safetensors.read(scratch["run/weights.safetensors"])
    weights.metadata["step"] = nil
    try weights.writeChecksummed(to: scratch["run/weights.safetensors"])
    let before = try scratch.bytes("run/weights.safetensors")
    var again = try run.training()
    _ = try run.train(&again)
    #expect(try scratch.bytes("run/weights.safetensors") == before)
    // Those of another step of this program are an unfinished save.
    weights.metadata["step"] = "3"
    try weights.writeChecksummed(to: scratch["run/weights.safetensors"])
    _ = try run.train(&again)
    #expect(try Safetensors.read(scratch["run/weights.safetensors"]).metadata["step"] == "12")
  }

  @Test func onlyTheLastCheckpointsAreKept() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], steps: 11, interval: 2, keep: 2)
    #expect(try run.checkpoints().map(\.step) == [0])
    var training = try run.training()
    _ = try run.train(&training)
    #expect(try run.checkpoints().map(\.step) == [10, 11])
    #expect(scratch.contents("run/checkpoints").count == 2)
  }

  @Test func divergenceStopsBeforeTheWeightsAndNamesItsPlace() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], rate: 1e30, interval: 1)
    var training = try run.training()
    var last = 0
    var message = ""
    do {
      _ = try run.train(&training, onStep: { last = $0.step })
    } catch {
      message = "\(error)"
    }
    #expect(last >= 1 && training.step == last)
    #expect(message.contains("diverged at step \(last + 1): the velocity's loss is"), "\(message)")
    #expect(message.contains("the checkpoint of step \(last) is kept"), "\(message)")
    let time = message.firstMatch(of: /in a row at t = ([0-9.e-]+);/).flatMap { Double($0.1) }
    #expect(time.map { (0...1).contains($0) } == true, "\(message)")
    #expect(!message.contains("\n"))
    // The weights are those of the last good step, and the metrics go up to it.
    #expect(try run.training().state == training.state)
    #expect(scratch.text("run/metrics.csv")?.split(separator: "\n").count == last + 1)
  }

  @Test func theWorstRowIsTheOneWithoutAFiniteLoss() throws {
    /// Infinite for the one sample with the largest number of the batch.
    struct Spoiled: Density {
      var dimension: Int { 1 }
      func sample(_ block: RandomBlock) -> Tensor<Double> {
        var points = block.normal(columns: 1)
        for row in 0..<block.count where Int(block.firstSample) + row == 150 {
          points[row, 0] = .infinity
        }
        return points
      }
    }
    var training = try Training(
      .linear,
      target: Spoiled(),
      objectives: [.velocity(MLP(dimension: 1, hidden: [4]))],
      configuration: TrainingConfiguration(rows: 200, steps: 1, seed: 9)
    )
    var error: TrainingError?
    do {
      _ = try training.next()
    } catch let failure {
      error = failure
    }
    // The time of sample 150 as the training draws it: its own path at its own address.
    let block = RandomBlock(seed: 9, samples: 128..<256, step: 0)
    let times = TimeSampling.uniform.draw(block, first: 128, of: 200, on: 0...1).times
    guard case .diverged(1, .velocity, let time, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(time == times[22])
  }
}
