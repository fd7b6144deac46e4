import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// A numerical failure is a value that says when and where; misuse stops the program.
@Suite struct FailureTests {
  /// Components of time t, not a number in one element from t = 0.5 on.
  private func failing(_ value: Double) -> ClosureDynamics {
    ClosureDynamics { time, state in
      var slope = Tensor<Double>(repeating: 1, shape: state.shape)
      if time >= 0.5 { slope[2, 1] = value }
      return slope
    }
  }

  @Test(arguments: [Double.nan, .infinity]) func nonFiniteField(_ value: Double) {
    var dynamics = failing(value)
    let solution = RungeKutta.euler.solve(
      &dynamics,
      from: Tensor(zeros: [4, 3]),
      over: TimeGrid(from: 0, to: 1, steps: 8),
      saving: [0, 0.25, 0.5, 0.75, 1]
    )
    #expect(solution.outcome == .nonFiniteField(time: 0.5, row: 2, component: 1))
    #expect(solution.steps == 4 && solution.time == 0.5)
    #expect(solution.evaluations == 5)
    // What was computed is kept: t = 0, 0.25 and 0.5, the last with x = 0.5; the rest is NaN.
    #expect(solution.saved.count == 5)
    for (saved, x) in zip(solution.saved, [0, 0.25, 0.5]) {
      #expect(saved == Tensor(repeating: x, shape: [4, 3]))
    }
    #expect(solution.saved[3...].allSatisfy { $0.elements.allSatisfy { $0.isNaN } })
    #expect(solution.state == Tensor(repeating: 0.5, shape: [4, 3]))
    let failure = #expect(throws: IntegrationFailure.self) { try solution.completed() }
    #expect(failure?.steps == 4)
    let text = failure?.description ?? ""
    for part in ["after 4 steps", "t = 0.5", "sample 2", "component 1"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  /// The time is that of the stage: Heun's second slope of the step from 0.375 stands at 0.5.
  @Test func timeOfTheStage() {
    var dynamics = failing(.nan)
    let grid = TimeGrid(from: 0, to: 1, steps: 8)
    let solution = RungeKutta.heun.solve(&dynamics, from: Tensor(zeros: [4, 3]), over: grid)
    #expect(solution.outcome == .nonFiniteField(time: 0.5, row: 2, component: 1))
    #expect(solution.steps == 3)
    #expect(solution.evaluations == 8)
  }

  /// Backward, and by a stochastic method.
  @Test func stochasticAndBackward() {
    var dynamics = ClosureDynamics { time, state in
      var slope = Tensor<Double>(zeros: state.shape)
      if time < 0.4 { slope[0, 2] = .nan }
      return slope
    }
    let solution = StochasticHeun().solve(
      &dynamics,
      from: Tensor(zeros: [2, 3]),
      over: TimeGrid(from: 1, to: 0, steps: 4),
      variance: { $1 - $0 },
      increments: BrownianIncrements(RandomBlock(seed: 1, samples: 0..<2))
    )
    #expect(solution.outcome == .nonFiniteField(time: 0.25, row: 0, component: 2))
    #expect(solution.steps == 2 && solution.time == 0.5)
    #expect(solution.evaluations == 6)
  }

  /// dx/dt = x with far too large a step overflows: that is the state's failure, not the field's,
  /// also where a stage of the step overflows first and the field is asked there.
  @Test func overflow() {
    var dynamics = ClosureDynamics { _, state in state }
    var initial = Tensor<Double>(zeros: [3, 2])
    initial[1, 0] = 4
    let grid = TimeGrid(from: 0, to: 1e7, steps: 100)
    for method in RungeKutta.all {
      let solution = method.solve(&dynamics, from: initial, over: grid)
      guard case .nonFiniteState(let time, let row, let component) = solution.outcome else {
        Issue.record("\(method.name): \(solution.outcome)")
        continue
      }
      #expect(row == 1 && component == 0)
      // A step multiplies by 10⁵ or more: 308 digits are used up within 62.
      #expect(time > 0 && time <= 62e5)
      #expect(solution.steps < 62)
      #expect("\(solution.outcome)".contains("sample 1, component 0; use more steps"))
    }
  }

  @Test func completes() throws {
    var dynamics = SixSolutions.dynamics()
    let solution = RungeKutta.heun.solve(
      &dynamics,
      from: SixSolutions.solution(0),
      over: TimeGrid(from: 0, to: 1, steps: 3)
    )
    #expect(try solution.completed() == solution.state)
    #expect("\(solution.outcome)" == "completed")
  }

  /// A field that writes in place gives the bits of one that returns its value, and may keep the state.
  @Test(arguments: RungeKutta.all) func inPlace(_ method: RungeKutta) {
    var kept: [Tensor<Double>] = []
    var dynamics = ClosureDynamics(inPlace: { time, state, slope in
      kept.append(state)
      slope.copy(from: state)
      slope.scale(by: -1 - time)
    })
    var returning = ClosureDynamics { time, state in state * (-1 - time) }
    let initial = testTensor([3, 2], seed: 8, as: Double.self)
    let grid = TimeGrid(from: 0, to: 1, steps: 3)
    let found = method.solve(&dynamics, from: initial, over: grid, saving: grid.times)
    let wanted = method.solve(&returning, from: initial, over: grid, saving: grid.times)
    #expect(areIdentical(found.state, wanted.state))
    #expect(kept.count == 3 * method.stageCount)
    for (step, saved) in wanted.saved.dropLast().enumerated() {
      #expect(areIdentical(kept[step * method.stageCount], saved))
    }
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuse() async {
    let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var dynamics = ClosureDynamics { _, _ in Tensor(zeros: [2, 2]) }
      _ = RungeKutta.euler.solve(
        &dynamics,
        from: Tensor(zeros: [2, 3]),
        over: TimeGrid(from: 0, to: 1, steps: 1)
      )
    }
    expect(shape, says: "[2, 2]", "[2, 3]")
    let tableau = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RungeKutta(name: "broken", order: 2, nodes: [0, 1], stages: [[], []], weights: [1])
    }
    expect(tableau, says: "broken", "2 weights", "[0, 0]")
    let variance = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var dynamics = ClosureDynamics { _, state in state }
      _ = EulerMaruyama().solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        over: TimeGrid(from: 0, to: 1, steps: 4),
        variance: { $0 < 0.5 ? 1 : -$1 },
        increments: BrownianIncrements(RandomBlock(seed: 1, samples: 0..<1))
      )
    }
    expect(variance, says: "t = 0.5 and 0.75", "-0.75")
    let saving = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var dynamics = ClosureDynamics { _, state in state }
      _ = RungeKutta.euler.solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        over: TimeGrid(from: 0, to: 1, steps: 4),
        saving: [0.3]
      )
    }
    expect(saving, says: "0.3", "grid")
  }
}
