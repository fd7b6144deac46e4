import Foundation
import StochasticInterpolants
import Testing

/// Whatever fails while a run is stored, what was stored before is whole.
@Suite struct CheckpointFaultTests {
  @Test func aFailureOfAnyOperationLeavesTheCheckpointBefore() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[1].create(at: scratch["run"], steps: 500, interval: 1, keep: 2)
    var training = try run.training()
    var failures = 0
    var isDone = false
    var operation = 0
    while !isDone, operation < 100 {
      let before = try run.training().state
      guard let step = try training.next() else { break }
      let after = training.state
      let fault = FileFault(afterOperations: operation)
      let error = FileFault.$current.withValue(fault) {
        fileError { try run.save(training, steps: [step]) }
      }
      let found = try RunDirectory(scratch["run"]).training().state
      if fault.hasOccurred {
        failures += 1
        #expect(error?.description.contains("No space left on device; make room") == true)
        #expect(found == before || found == after)
        // The weights are whole too, those of before or of now.
        _ = try run.bridge()
      } else {
        #expect(error == nil && found == after)
        isDone = true
      }
      #expect(try run.checkpoints().allSatisfy(run.isWhole))
      operation += 1
    }
    // Two logs of open, write, fsync and close. Two files of open, fsync, close, rename, and for the
    // directory open and fsync, with a write for the header and one a tensor: of two networks the six
    // parameters, in the checkpoint also their averages and two moments.
    #expect(isDone && failures == 2 * 4 + (6 + 1 + 2 * 4 * 6) + (6 + 1 + 2 * 6))
    let leftover = scratch.contents("run") + scratch.contents("run/checkpoints")
    #expect(!leftover.contains { $0.contains("partial") })
  }

  /// What a kill between the last checkpoint and the weights leaves, and a file of weights that was lost.
  @Test(arguments: [true, false]) func weightsComeToTheCheckpoint(areOld: Bool) throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[1].create(at: scratch["run"], steps: 12, interval: 4)
    let path = scratch["run/weights.safetensors"]
    var first: Data?
    var training = try run.training()
    _ = try run.train(
      &training,
      onStep: { step in
        if step.step == 5 { first = FileManager.default.contents(atPath: path) }
      }
    )
    let last = try #require(FileManager.default.contents(atPath: path))
    let old = try #require(first)
    #expect(old != last)
    if areOld {
      try old.write(to: URL(fileURLWithPath: path))
    } else {
      try FileManager.default.removeItem(atPath: path)
    }
    var resumed = try run.training()
    #expect(try run.train(&resumed) == .finished)
    #expect(FileManager.default.contents(atPath: path) == last)
  }

  @Test func aFailureWhileARunIsMadeLeavesNothing() throws {
    let scratch = try ScratchDirectory()
    for operation in 0..<200 {
      let fault = FileFault(afterOperations: operation)
      let error = FileFault.$current.withValue(fault) {
        fileError { _ = try RunCase.all[1].create(at: scratch["run"]) }
      }
      if !fault.hasOccurred {
        #expect(error == nil && scratch.contents() == ["run"])
        return
      }
      #expect(error != nil)
      // The last operations bring the finished directory's name to the disk: it is there, whole.
      if scratch.contents() != [] {
        _ = try RunDirectory(scratch["run"]).training()
        try FileManager.default.removeItem(atPath: scratch["run"])
      }
    }
    Issue.record("a run takes more than 200 operations")
  }

  @Test func aDamagedCheckpointIsNamedWithTheWholeOneBefore() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], steps: 12, interval: 4)
    var training = try run.training()
    _ = try run.train(&training)
    let newest = try #require(try run.checkpoints().last)
    let whole = try #require(FileManager.default.contents(atPath: newest.path))
    // Bits of the step's digits, of a shape, of the numbers' first and last byte; a cut file; another's.
    var damages: [Data] = [9, 200, 400, whole.count / 2, whole.count - 1].map { place in
      var bytes = whole
      bytes[place] ^= 1
      return bytes
    }
    damages.append(whole.prefix(whole.count - 5))
    damages.append(Data())
    let weights = FileManager.default.contents(atPath: scratch["run/weights.safetensors"])
    damages.append(try #require(weights))
    for damage in damages {
      try damage.write(to: URL(fileURLWithPath: newest.path))
      do {
        _ = try RunDirectory(scratch["run"]).training()
        Issue.record("a damaged checkpoint was read")
      } catch {
        let line = "\(error)"
        #expect(line.hasPrefix(newest.path) && !line.contains("\n"))
        #expect(line.contains("the checkpoint of step 8 is whole: remove this file"), "\(line)")
      }
    }
    try FileManager.default.removeItem(atPath: newest.path)
    let resumed = try RunDirectory(scratch["run"]).training()
    #expect(resumed.step == 8)
  }

  @Test func aChangedConfigurationOrChangedPointsAreNoticed() throws {
    let scratch = try ScratchDirectory()
    _ = try RunCase.all[2].create(at: scratch["run"])
    let path = scratch["run/configuration.json"]
    let text = try #require(scratch.text("run/configuration.json"))
    try text.replacing("\"rows\" : 200", with: "\"rows\" : 201")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let changed = #expect(throws: RunError.self) {
      _ = try RunDirectory(scratch["run"]).training()
    }
    #expect(changed?.description.contains("is not the one of this checkpoint") == true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    try NPY.write(RunCase.points * 3, to: scratch["run/target.npy"])
    let points = #expect(throws: FileError.self) {
      _ = try RunDirectory(scratch["run"]).training()
    }
    #expect(points?.description.contains("target.npy: is damaged") == true)
  }
}
