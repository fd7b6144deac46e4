import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// A training of parts that no run directory stores goes on from a file as from the state in memory.
@Suite struct TrainingStateFileTests {
  private static func training(
    _ optimizer: OptimizerChoice = .adam(),
    average: Double? = 0.9
  ) throws -> Training<TargetPath<MirrorInterpolant<IdentityMirror, BrownianLatent>>> {
    try Training(
      .mirror(gamma: BrownianLatent()),
      target: TwoMoons(),
      objectives: [
        .denoiser(OwnNetwork()),
        Objective(
          [.velocity, .score],
          network: MLP(dimension: 2, hidden: [8], heads: 2),
          times: 0.1...0.9
        ),
      ],
      configuration: TrainingConfiguration(
        rows: 100,
        steps: 6,
        learningRate: LearningRate(1e-2),
        optimizer: optimizer,
        averageDecay: average
      )
    )
  }

  /// A network of one's own: W x.
  struct OwnNetwork: Network {
    let dimension = 2
    let heads = 1
    var parameterLayout: [ParameterShape] { [ParameterShape("w", [2, 2])] }
    func initialParameters(seed: UInt64) -> [Tensor<Double>] {
      [RandomBlock(seed: seed, samples: 0..<2).normal(columns: 2)]
    }
    func callAsFunction<Scalar>(
      _ parameters: [Variable<Scalar>],
      time: Variable<Scalar>,
      points: Variable<Scalar>
    ) -> Variable<Scalar> {
      .product(points, parameters[0], transposingSecond: true) + time
    }
  }

  @Test(arguments: [OptimizerChoice.adam(), .sgd(), .sgd(momentum: 0.9)], [nil, 0.9])
  func aTrainingGoesOnFromAFile(_ optimizer: OptimizerChoice, _ average: Double?) throws {
    let scratch = try ScratchDirectory()
    var whole = try Self.training(optimizer, average: average)
    // Before the first step averages and moments are empty.
    try whole.state.write(to: scratch["start"])
    #expect(try TrainingState(contentsOf: scratch["start"]) == whole.state)
    for _ in 0..<3 { _ = try whole.next() }
    try whole.state.write(to: scratch["state"])
    while try whole.next() != nil {}
    var resumed = try Self.training(optimizer, average: average)
    let state = try TrainingState(contentsOf: scratch["state"])
    #expect(state.step == 3)
    try resumed.restore(state)
    while try resumed.next() != nil {}
    #expect(resumed.state == whole.state)
  }

  @Test func otherAndDamagedFilesAreRefused() throws {
    let scratch = try ScratchDirectory()
    let state = try Self.training().state
    try state.write(to: scratch["state"])
    var bytes = try scratch.bytes("state")
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: URL(fileURLWithPath: scratch["damaged"]))
    let damaged = fileError { _ = try TrainingState(contentsOf: scratch["damaged"]) }
    guard case .damaged = damaged else {
      Issue.record("\(String(describing: damaged))")
      return
    }
    try Safetensors(metadata: ["step": "3"]).writeChecksummed(to: scratch["other"])
    let other = fileError { _ = try TrainingState(contentsOf: scratch["other"]) }
    #expect(
      other?.description.contains("do not say that it is a swift-interpolants training state")
        == true
    )
    var file = try Safetensors.read(scratch["state"])
    file.metadata["objectives"] = "3"
    try file.writeChecksummed(to: scratch["more"])
    let more = fileError { _ = try TrainingState(contentsOf: scratch["more"]) }
    #expect(more?.description.contains("no number '2.moments'") == true)
    file.metadata["objectives"] = "2"
    file.metadata["0.parameters"] = "2"
    try file.writeChecksummed(to: scratch["missing"])
    let missing = fileError { _ = try TrainingState(contentsOf: scratch["missing"]) }
    #expect(missing?.description.contains("no tensor '0.parameters.1'") == true)
  }

  @Test("A state of another training is refused by what differs, and nothing is changed")
  func foreignStates() throws {
    var training = try Self.training(average: nil)
    let own = training.state
    let averaged = try Self.training(average: 0.9).state
    func altered(_ change: (inout TrainingState) -> Void) -> TrainingState {
      var other = own
      change(&other)
      return other
    }
    let cases: [(state: TrainingState, problem: String)] = [
      (altered { $0.step = 7 }, "it is of step 7"),
      (altered { $0.step = -1 }, "it is of step -1"),
      (altered { $0.learned[0].updates = .max }, "counted \(Int.max) updates in 0 steps"),
      (altered { $0.learned.removeLast() }, "it has 1 objectives, the training 2"),
      (altered { $0.learned[1].parameters[0] = Tensor(zeros: [3, 3]) }, "[3, 3]"),
      (averaged, "an average of parameters is kept in only one of the two"),
    ]
    for (state, problem) in cases {
      let error = #expect(throws: TrainingError.self) { try training.restore(state) }
      #expect(error?.description.contains(problem) == true, "\(problem): \(error as Any)")
    }
    #expect(training.state == own)
  }

  @Test("Averages and moments before the first step, or none after it, are refused")
  func averageOfAnotherStep() throws {
    var training = try Self.training(average: 0.9)
    for _ in 0..<2 { _ = try training.next() }
    let own = training.state
    var early = own
    early.step = 0
    var without = own
    without.learned[0].average = []
    var forgotten = own
    forgotten.learned[1].moments = own.learned[1].moments.map { _ in [] }
    var restarted = own
    restarted.learned[1].updates = 0
    let cases = [
      (early, "its average has parameters after 0 steps"),
      (without, "its average is empty after 2 steps"),
      (forgotten, "its optimiser is another one, or of another step than 2"),
      (restarted, "its optimiser has counted 0 updates in 2 steps, not 2"),
    ]
    for (state, problem) in cases {
      let error = #expect(throws: TrainingError.self) { try training.restore(state) }
      #expect(error?.description.contains(problem) == true, "\(error as Any)")
    }
    #expect(training.state == own)
  }
}
