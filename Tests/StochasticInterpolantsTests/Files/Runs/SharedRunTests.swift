import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// A run that was read before another process trained or extended it, and files others write beside it.
@Suite struct SharedRunTests {
  /// Weights and metrics of an older step would take the place of newer ones.
  @Test func aTrainingThatWasOvertakenIsRefused() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"])
    var behind = try run.training()
    var ahead = try run.training()
    _ = try run.train(&ahead)
    let weights = try scratch.bytes("run/weights.safetensors")
    let metrics = scratch.text("run/metrics.csv")
    let error = #expect(throws: RunError.self) { _ = try run.train(&behind) }
    let text = error?.description ?? ""
    #expect(text.contains("was trained to step 12 after it was read at step 0"), "\(text)")
    #expect(try scratch.bytes("run/weights.safetensors") == weights)
    #expect(scratch.text("run/metrics.csv") == metrics)
    // At the newest checkpoint it goes on, to no further step.
    var current = try run.training()
    #expect(try run.train(&current) == .finished)
  }

  /// Checkpoints of the configuration before would belong to no configuration that is stored.
  @Test func aRunThatWasExtendedIsOpenedAgain() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"])
    var training = try run.training()
    _ = try run.train(&training, isStopping: { true })
    let longer = try run.extended(to: 20)
    let before = scratch.contents("run/checkpoints")
    for refused in [{ _ = try run.train(&training) }, { _ = try run.extended(to: 30) }] {
      let error = #expect(throws: RunError.self) { try refused() }
      let text = error?.description ?? ""
      #expect(text.contains("has another configuration than it was opened with"), "\(text)")
    }
    #expect(scratch.contents("run/checkpoints") == before)
    var rest = try longer.training()
    #expect(try longer.train(&rest) == .finished)
    #expect(rest.step == 20)
  }

  @Test func filesThatOthersWriteStay() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"])
    let others = [".partial-0123abcd-samples.csv", ".partial-0123abcd-my-weights.safetensors"]
    let own = [".partial-0123abcd-weights.safetensors", ".partial-89ef4567-metrics.csv"]
    for name in others + own {
      try Data([1]).write(to: URL(fileURLWithPath: scratch["run/" + name]))
    }
    var training = try run.training()
    _ = try run.train(&training)
    let left = scratch.contents("run").filter { $0.hasPrefix(".partial-") }
    #expect(left == others.sorted())
  }

  /// One flipped bit of the last tensor: the step is still read from the header.
  @Test func damagedWeightsAreWrittenAgain() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].finished(at: scratch["run"])
    let whole = try scratch.bytes("run/weights.safetensors")
    var damaged = whole
    damaged[damaged.count - 1] ^= 1
    try damaged.write(to: URL(fileURLWithPath: scratch["run/weights.safetensors"]))
    #expect(throws: FileError.self) { _ = try run.bridge() }
    var again = try run.training()
    _ = try run.train(&again)
    #expect(try scratch.bytes("run/weights.safetensors") == whole)
  }
}
