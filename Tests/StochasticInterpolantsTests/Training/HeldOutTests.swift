import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Points that are not trained on, and their loss.
@Suite struct HeldOutTests {
  /// The map is fitted to the points that are trained on, and not to those held out.
  @Test(arguments: [Standardization.Method.scale, .whitening])
  func heldOutLossIsReported(_ method: Standardization.Method) throws {
    let points = try EmpiricalDensity(points: TwoMoons().sample(count: 500, seed: 3))
    let configuration = TrainingTests.configuration(rows: 128, steps: 3)
    var training = try Training(
      .linear,
      points: points,
      holdingOut: 0.2,
      standardizing: method,
      objectives: [.velocity(TrainingTests.network)],
      configuration: configuration
    )
    var last: TrainingStep?
    while let step = try training.next() { last = step }
    #expect(last?.heldOutLosses?.count == 1)
    let parts = try points.split(holdingOut: 0.2, seed: configuration.seed)
    let fitted = try Standardization.fitted(to: parts.training.points, method: method)
    #expect(training.standardization == fitted)
  }

  /// Keeps the steps of the blocks that are drawn.
  struct RecordedSteps: Density {
    let dimension = 2
    let steps = Lock<Set<UInt32>>([])

    func sample(_ block: RandomBlock) -> Tensor<Double> {
      steps.withLock { _ = $0.insert(block.step) }
      return block.normal(columns: 2)
    }
  }

  @Test func heldOutRowsAreThoseOfNoStep() throws {
    let (target, heldOut) = (RecordedSteps(), RecordedSteps())
    var training = try Training(
      .linear,
      target: target,
      heldOut: heldOut,
      objectives: [.velocity(TrainingTests.network)],
      configuration: TrainingConfiguration(rows: 64, steps: 6, heldOutInterval: 2)
    )
    while try training.next() != nil {}
    #expect(target.steps.withLock { $0 } == Set(0..<6))
    #expect(heldOut.steps.withLock { $0 } == [.max])
  }

  @Test(arguments: [1, 3]) func heldOutPointsOfAnotherDimensionAreRefused(_ dimension: Int) {
    #expect(throws: TrainingError.heldOutDimension(heldOut: dimension, densities: 2)) {
      _ = try Training(
        .linear,
        target: TwoMoons(),
        heldOut: StandardGaussian(dimension: dimension),
        objectives: [.velocity(TrainingTests.network)],
        configuration: TrainingTests.configuration(rows: 64, steps: 3)
      )
    }
  }

  /// Of the field 1 the loss is ½ − E[target], and of the target x₁ − z of points at μ it is ½ − μ, within five
  /// deviations of the mean of as many z, at least 4,096 held out.
  @Test(arguments: [1, 3, 16, 400])
  func heldOutLossIsThatOfTheHeldOutPointsAtItsSteps(_ rows: Int) throws {
    var training = try Training(
      .linear,
      target: PointMass(Tensor([3])),
      heldOut: PointMass(Tensor([100])),
      objectives: [.velocity(UnitField())],
      configuration: TrainingConfiguration(rows: rows, steps: 5, heldOutInterval: 2)
    )
    var steps: [Int] = []
    while let step = try training.next() {
      let error = 5 / Double(rows).squareRoot()
      let (own, other) = (0.5 - 3, 0.5 - 100)
      #expect(abs(step.losses[0] - own) < error)
      guard let losses = step.heldOutLosses else { continue }
      steps.append(step.step)
      #expect(losses.count == 1)
      #expect(abs(losses[0] - other) < 5 / 4_096.0.squareRoot())
    }
    #expect(steps == [2, 4, 5])
  }

  /// A step of a rate below any rounding, of a training that begins with the average, has the same loss.
  @Test func heldOutLossIsThatOfTheAverage() throws {
    func training(_ rate: Double, _ average: Double?) throws -> Training<
      TargetPath<OneSidedInterpolant<LinearSchedule>>
    > {
      try Training(
        .linear,
        target: TwoMoons(),
        heldOut: TwoMoons(),
        objectives: [.velocity(TrainingTests.network)],
        configuration: TrainingConfiguration(
          rows: 128,
          steps: 4,
          learningRate: LearningRate(rate),
          averageDecay: average,
          heldOutInterval: 1
        )
      )
    }
    var averaged = try training(1e-2, 0.9)
    var losses: [Double]?
    for _ in 0..<3 { losses = try averaged.next()?.heldOutLosses }
    var state = averaged.state
    let average = try #require(state.learned[0].average)
    #expect(average != state.learned[0].parameters)
    state.learned[0].parameters = average
    state.learned[0].average = nil
    var frozen = try training(1e-30, nil)
    try frozen.restore(state)
    let step = try #require(try frozen.next())
    #expect(frozen.parameters[0] == average)
    #expect(step.heldOutLosses == losses)
  }
}
