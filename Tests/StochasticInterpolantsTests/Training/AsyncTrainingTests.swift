import Gradients
import StochasticInterpolants
import Tensors
import Testing

@Suite struct AsyncTrainingTests {
  typealias Moons = CoupledPath<TwoSidedInterpolant<LinearSchedule, BrownianLatent>>

  static func training(steps: Int, rate: Double = 1e-2) throws -> Training<Moons> {
    try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: TwoMoons(),
      target: EightGaussians(),
      objectives: [.velocity(TrainingTests.network)],
      configuration: TrainingTests.configuration(rows: 300, steps: steps, rate: rate)
    )
  }

  /// The parameters after all steps, made one after another.
  static func parameters(steps: Int) throws -> [[Tensor<Float>]] {
    var training = try training(steps: steps)
    while try training.next() != nil {}
    return training.parameters
  }

  @Test func stepsAreThoseOfATraining() async throws {
    var plain = try Self.training(steps: 6)
    let training = AsyncTraining(try Self.training(steps: 6))
    var count = 0
    for try await step in training {
      let own = try #require(try plain.next())
      #expect(step.step == own.step && step.losses == own.losses)
      #expect(step.gradientNorms == own.gradientNorms)
      count += 1
    }
    #expect(count == 6)
    #expect(try await training.next() == nil)
    #expect(await training.step == 6)
    #expect(await training.withTraining { $0.parameters } == plain.parameters)
  }

  @Test func aCancelledTaskBeginsNoStep() async throws {
    let training = AsyncTraining(try Self.training(steps: 8))
    let task = Task {
      var steps: [Int] = []
      do {
        for try await step in training {
          steps.append(step.step)
          // The third step is the last that this task asks for.
          if step.step == 3 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      } catch is CancellationError {
        return (steps, true)
      }
      return (steps, false)
    }
    let (steps, wasCancelled) = try await task.value
    #expect(steps == [1, 2, 3] && wasCancelled)
    #expect(await training.step == 3)
    // Another task goes on, to the parameters of eight steps at once.
    var rest: [Int] = []
    for try await step in training { rest.append(step.step) }
    #expect(rest == [4, 5, 6, 7, 8])
    let wanted = try Self.parameters(steps: 8)
    #expect(await training.withTraining { $0.parameters } == wanted)
  }

  @Test func divergenceIsThrownAndTheModelStays() async throws {
    let training = AsyncTraining(try Self.training(steps: 8, rate: 1e30))
    var reached = 0
    let error = await #expect(throws: TrainingError.self) {
      for try await step in training { reached = step.step }
    }
    guard case .diverged(let step, _, _, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step == reached + 1)
    #expect(await training.step == reached)
  }

  /// Steps that two tasks ask for are shared out, each made once.
  @Test func twoTasksShareTheSteps() async throws {
    let training = AsyncTraining(try Self.training(steps: 9))
    func drain() async throws -> [Int] {
      var steps: [Int] = []
      for try await step in training { steps.append(step.step) }
      return steps
    }
    async let first = drain()
    async let second = drain()
    let all = try await first + second
    #expect(all.sorted() == Array(1...9))
    let wanted = try Self.parameters(steps: 9)
    #expect(await training.withTraining { $0.parameters } == wanted)
  }
}
