import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Updates that workers share out: each parameter moves by its own moments, and its average with it.
@Suite struct UpdateTests {
  static let optimizers: [OptimizerChoice] = [
    .adam(), .adamW(weightDecay: 0.1), .sgd(), .sgd(momentum: 0.9),
  ]

  /// Networks of four, one and two pieces of 1,024 parameters, so that a worker's run ends inside a network.
  private func start(_ optimizer: OptimizerChoice, workers: Int) throws -> Training<
    CoupledPath<TwoSidedInterpolant<LinearSchedule, BrownianLatent>>
  > {
    try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: TwoMoons(),
      target: EightGaussians(),
      objectives: [
        .velocity(MLP(dimension: 2, hidden: [56, 56], activation: .silu)),
        .denoiser(MLP(dimension: 2, hidden: [10], activation: .silu)),
        .targetDenoiser(MLP(dimension: 2, hidden: [30, 40], activation: .silu)),
      ],
      configuration: TrainingConfiguration(
        rows: 300,
        steps: 4,
        learningRate: LearningRate(1e-2),
        optimizer: optimizer,
        averageDecay: 0.75,
        seed: 7
      ),
      workers: Workers(count: workers)
    )
  }

  /// Without moments a step moves by the rate times the gradient, whose norm over all of a network is at most
  /// the limit; parameters, of a norm below 20, round by 2⁻²⁴ of themselves.
  @Test(arguments: [0.05, 1e9]) func aLimitBoundsTheMove(_ limit: Double) throws {
    let network = MLP(dimension: 2, hidden: [56, 56], activation: .silu)
    var training = try Training(
      .linear,
      target: EightGaussians(),
      objectives: [.velocity(network)],
      configuration: TrainingConfiguration(
        rows: 300,
        steps: 1,
        learningRate: LearningRate(0.5),
        optimizer: .sgd(),
        gradientNormLimit: limit
      )
    )
    let before = training.parameters[0]
    _ = try training.next()
    let norm = zip(training.parameters[0], before).reduce(0) { $0 + ($1.0 - $1.1).sumOfSquares }
      .squareRoot()
    if limit < 1 {
      #expect(abs(norm - 0.5 * limit) < 20 * 0x1p-23)
    } else {
      // The gradient itself is larger.
      #expect(norm > 10 * 0.5 * 0.05 && norm < 100)
    }
  }

  /// Adam's first step is the rate over 1 − β₁, here ten times it: beyond single precision.
  @Test func aStepThatLeavesNoNumbersIsAnError() throws {
    var training = try Training(
      .linear,
      target: EightGaussians(),
      objectives: [.velocity(MLP(dimension: 2, hidden: [8]))],
      configuration: TrainingConfiguration(
        rows: 100,
        steps: 1,
        learningRate: LearningRate(1e38)
      )
    )
    let error = #expect(throws: TrainingError.self) { _ = try training.next() }
    #expect(error == .parametersNotFinite(step: 1, objective: .velocity))
    #expect(error?.description.contains("try a smaller learning rate") == true)
  }

  /// Targets and points of 10¹² make gradients of 10²⁴, whose squares are beyond single precision: Adam's second
  /// moment would stay infinite and its parameters where they are.
  @Test(arguments: [(OptimizerChoice.adam(), nil), (.adam(), 1.0), (.sgd(), nil)])
  func adamRefusesGradientsWithoutASquare(_ optimizer: OptimizerChoice, limit: Double?) throws {
    let far = try Gaussian(mean: Tensor([1e12]), covariance: Tensor(identity: 1))
    var training = try Training(
      .linear,
      target: far,
      objectives: [.velocity(MLP(dimension: 1, hidden: [8], activation: .silu))],
      configuration: TrainingConfiguration(
        rows: 100,
        steps: 1,
        learningRate: LearningRate(1e-2),
        optimizer: optimizer,
        gradientNormLimit: limit
      )
    )
    guard optimizer == .adam(), limit == nil else {
      #expect(try training.next()?.step == 1)
      return
    }
    let before = training.parameters
    let error = #expect(throws: TrainingError.self) { _ = try training.next() }
    guard case .diverged(let step, _, _, let loss, let norm) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step == 1 && loss.isFinite && norm.isFinite)
    #expect(norm >= Double(Float.greatestFiniteMagnitude).squareRoot())
    #expect(training.parameters == before)
  }

  /// An average of no parameters is as empty after three steps as before.
  @Test func aNetworkWithoutParametersIsRestored() throws {
    func start() throws -> Training<TargetPath<OneSidedInterpolant<LinearSchedule>>> {
      try Training(
        .linear,
        target: StandardGaussian(dimension: 1),
        objectives: [.velocity(UnitField())],
        configuration: TrainingConfiguration(rows: 10, steps: 3, averageDecay: 0.9)
      )
    }
    var training = try start()
    while try training.next() != nil {}
    var again = try start()
    try again.restore(training.state)
    #expect(again.state == training.state && again.step == 3)
  }

  @Test(arguments: optimizers)
  func statesAreEqualBitsForAnyNumberOfWorkers(_ optimizer: OptimizerChoice) throws {
    func trained(_ workers: Int) throws -> TrainingState {
      var training = try start(optimizer, workers: workers)
      while try training.next() != nil {}
      return training.state
    }
    let one = try trained(1)
    for workers in [2, 3, 5] { #expect(try trained(workers) == one, "\(workers) workers") }
  }

  /// p′ of p and the moments after the step, and the size of what was added, by the rules of the
  /// optimisers in double.
  private func moved(
    _ optimizer: OptimizerChoice,
    _ p: Double,
    _ moments: [Double],
    step: Int
  ) -> (value: Double, added: Double) {
    let rate = 1e-2
    switch optimizer {
    case .adam(let beta1, let beta2, let epsilon):
      let m = moments[0] / (1 - pow(beta1, Double(step)))
      let v = moments[1] / (1 - pow(beta2, Double(step)))
      let added = rate * m / (v.squareRoot() + epsilon)
      return (p - added, added)
    case .adamW(let weightDecay, let beta1, let beta2, let epsilon):
      let m = moments[0] / (1 - pow(beta1, Double(step)))
      let v = moments[1] / (1 - pow(beta2, Double(step)))
      let added = rate * m / (v.squareRoot() + epsilon)
      return (p - rate * weightDecay * p - added, added)
    case .sgd: return (p - rate * moments[0], rate * moments[0])
    }
  }

  /// The moments after a step and the parameters before it give the parameters after it, and those the
  /// average, each to the roundings of Float: at most eight of what is added, two of the result.
  @Test(arguments: optimizers, [1, 2, 3])
  func everyParameterMovesByItsOwnMoments(_ optimizer: OptimizerChoice, workers: Int) throws {
    var training = try start(optimizer, workers: workers)
    var before = training.state
    let unit = Double(Float.ulpOfOne) / 2
    while try training.next() != nil {
      let after = training.state
      let share = 0.25 / (1 - pow(0.75, Double(after.step)))
      for (old, new) in zip(before.learned, after.learned) {
        let average = try #require(new.average)
        for index in new.parameters.indices {
          let moments = new.moments.map { $0[index].elements.map(Double.init) }
          let p = old.parameters[index].elements.map(Double.init)
          let found = new.parameters[index].elements.map(Double.init)
          let oldAverage =
            old.average?.isEmpty == false
            ? old.average?[index].elements.map(Double.init) : nil
          let newAverage = average[index].elements.map(Double.init)
          var problems = 0
          for i in p.indices {
            let wanted = moved(optimizer, p[i], moments.map { $0[i] }, step: after.step)
            let isMoved =
              abs(found[i] - wanted.value)
              <= unit * (8 * abs(wanted.added) + 2 * (abs(p[i]) + abs(found[i])))
            let way = oldAverage.map { share * (found[i] - $0[i]) } ?? 0
            let mean = oldAverage.map { $0[i] + way } ?? found[i]
            let isAveraged = abs(newAverage[i] - mean) <= unit * (2 * abs(mean) + 4 * abs(way))
            if !isMoved || !isAveraged { problems += 1 }
          }
          #expect(problems == 0, "\(p.count) parameters, step \(after.step)")
        }
      }
      before = after
    }
    #expect(training.step == 4)
  }
}
