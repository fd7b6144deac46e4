import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A finished run goes on to more steps.
@Suite struct ExtendingTests {
  @Test(arguments: RunCase.all)
  func aFinishedRunGoesOn(_ own: RunCase) throws {
    let scratch = try ScratchDirectory()
    func finished(_ name: String) throws -> RunDirectory {
      try own.finished(at: scratch[name], steps: 8, interval: 3)
    }
    let longer = try finished("whole").extended(to: 15)
    #expect(try longer.checkpoints().map(\.step) == [8])
    var training = try longer.training()
    #expect(training.step == 8)
    var rates: [Double] = []
    let outcome = try longer.train(&training, onStep: { rates.append($0.learningRate) })
    #expect(outcome == .finished)
    #expect(training.step == 15)
    // The rate is that of a training of 15 steps, with the warm-up that was.
    let rate = own.rate(1e-2, steps: 15)
    #expect(rates == (8..<15).map { rate($0) })
    // Stopped after its first new step and opened again, it ends in the same bits.
    let stopped = try finished("stopped").extended(to: 15)
    var first = try stopped.training()
    _ = try stopped.train(&first, isStopping: { true })
    let again = try RunDirectory(scratch["stopped"])
    var rest = try again.training()
    #expect(rest.step == 9)
    _ = try again.train(&rest)
    #expect(rest.state == training.state)
  }

  /// Fewer steps than the warm-up, and more again: the cosine still falls over what is then asked for.
  @Test func stepsMayBeFewerThanTheWarmUpForAWhile() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[2].create(at: scratch["run"], steps: 8, interval: 1)
    var training = try run.training()
    _ = try run.train(&training, isStopping: { true })
    let short = try run.extended(to: 2)
    var first = try short.training()
    _ = try short.train(&first)
    let long = try short.extended(to: 20)
    var rest = try long.training()
    var rates: [Double] = []
    _ = try long.train(&rest, onStep: { rates.append($0.learningRate) })
    #expect(rates.count == 18 && rates.allSatisfy { $0 > 0 })
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func aOneSidedRunHasNoOtherBase() throws {
    let scratch = try ScratchDirectory()
    var own = RunCase.all[0]
    own.base = .named(.moons)
    let error = #expect(throws: RunError.self) { try own.create(at: scratch["run"]) }
    #expect(
      error?.description.contains("its base is not standardGaussian") == true
    )
  }

  @Test func stepsThatAreMadeCannotBeTakenBack() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], steps: 8)
    var training = try run.training()
    _ = try run.train(&training)
    let before = scratch.text("run/configuration.json")
    for steps in [7, 0, -1, 1 << 32] {
      let error = #expect(throws: RunError.self) { try run.extended(to: steps) }
      let text = try #require(error).description
      #expect(text.contains("has made 8 steps and cannot have \(steps) in all; give at least 8"))
    }
    #expect(scratch.text("run/configuration.json") == before)
  }

  /// As where a process is started while a run is trained, which has its open files until it is another program.
  @Test func theLockEndsWithTheLoopThoughAnotherHasItsFile() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[0].create(at: scratch["run"], steps: 4)
    var copies: [Int32] = []
    defer { for copy in copies { close(copy) } }
    var training = try run.training()
    _ = try run.train(
      &training,
      onStep: { step in
        guard step.step == 1 else { return }
        let manager = FileManager.default
        let own = scratch["run/configuration.json"]
        let names = (try? manager.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let numbers = names.filter { name in
          let target = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
          return target?.hasSuffix(own) == true
        }
        copies = numbers.compactMap { Int32($0) }.map { dup($0) }
      }
    )
    #expect(copies.count == 1)
    #expect(try run.extended(to: 8).configuration.training.steps == 8)
  }

  @Test func aFailureOfAnyOperationLeavesARunThatGoesOn() throws {
    let scratch = try ScratchDirectory()
    let run = try RunCase.all[1].create(at: scratch["run"], steps: 4, interval: 2)
    var training = try run.training()
    _ = try run.train(&training)
    let state = training.state
    for operation in 0..<200 {
      let fault = FileFault(afterOperations: operation)
      let isExtended = FileFault.$current.withValue(fault) {
        (try? RunDirectory(scratch["run"]).extended(to: 100 + operation)) != nil
      }
      #expect(isExtended || fault.hasOccurred)
      let found = try RunDirectory(scratch["run"])
      #expect(try found.training().state == state)
      // A checkpoint of before that cannot be removed does not stop a run.
      if isExtended { #expect(found.configuration.training.steps == 100 + operation) }
      if !fault.hasOccurred { return }
    }
    Issue.record("giving a run more steps takes more than 200 operations")
  }
}
