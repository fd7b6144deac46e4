import Foundation
import Integrators
import Tensors
import Testing

/// What step control does with fields that fail, and how it says so.
@Suite struct AdaptiveFailureTests {
  private let tolerance = ErrorTolerance(absolute: 1e-6, relative: 1e-6)

  /// NaN from t = 0.5 on in one row: named at once, without shrinking the step, and the other rows go
  /// on.
  ///
  /// The first step is short, so that there is something to keep.
  @Test(arguments: AdaptiveTests.methods) func notANumber(_ method: RungeKutta) {
    var dynamics = RowwiseClosureDynamics { times, state in
      var slope = SixSolutions.slope(times, state)
      for slot in 0..<times.count where times[slot] >= 0.5 && state[slot, 1] < 0 {
        slope[slot, 1] = .nan
      }
      return slope
    }
    let initial = Tensor([0.5, 0.5, 0.4, -0.4, 0.3, 0.3], shape: [3, 2])
    let solution = method.solve(
      &dynamics,
      from: initial,
      start: 0,
      end: 1,
      tolerance: tolerance,
      limits: StepLimits(initialStep: 0.02),
      saving: [0.1, 0.9],
      blockSize: 2
    )
    #expect(solution.rows[0].outcome == .completed && solution.rows[2].outcome == .completed)
    guard case .nonFiniteField(let time, let component) = solution.rows[1].outcome else {
      Issue.record("\(solution.rows[1].outcome)")
      return
    }
    #expect(component == 1 && time >= 0.5 && time < 0.5 + 0.5)
    // What was computed is kept: the last state, its time and the value at 0.1.
    let report = solution.rows[1]
    #expect(report.time < 0.5 && report.rejected <= 3)
    // x falls from 0.4 until t = π/2, and an error with its square.
    let bound = tolerance.bound(steps: report.accepted, largest: 0.4, growth: 1)
    #expect(abs(solution.state[1, 0] - 1 / (2.5 + sin(report.time))) < bound)
    #expect(abs(solution.saved[0][1, 0] - 1 / (2.5 + sin(0.1))) < bound)
    #expect(solution.saved[1][1, 0].isNaN && !solution.saved[1][2, 0].isNaN)
    #expect(solution.failure?.row == 1 && solution.failure?.count == 1)
    let failure = #expect(throws: AdaptiveFailure.self) { try solution.completed() }
    let text = failure?.description ?? ""
    for part in ["sample 1", "component 1", "not finite", "start later"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  /// NaN at the start, and a state that is none.
  @Test func firstSlope() {
    var dynamics = RowwiseClosureDynamics { _, state in state.applying(.log) }
    let solution = RungeKutta.dormandPrince.solve(
      &dynamics,
      from: Tensor([2.0, -1, .nan, .infinity], shape: [4, 1]),
      start: 1,
      end: 2,
      tolerance: tolerance
    )
    let wanted: [RowOutcome] = [
      .completed, .nonFiniteField(time: 1, component: 0), .nonFiniteState(time: 1, component: 0),
      .nonFiniteState(time: 1, component: 0),
    ]
    #expect(solution.rows.map(\.outcome) == wanted)
    #expect(solution.failure?.count == 3)
  }

  /// The row that came least far is named, in either direction: dx/dt = ±x² from 0.8 ends at 1.25, from 1
  /// at 1, from 0.9 at 1.11.
  @Test(arguments: [1.0, -1]) func worstRow(_ sign: Double) {
    var dynamics = RowwiseClosureDynamics { _, state in state * state * sign }
    let solution = RungeKutta.dormandPrince.solve(
      &dynamics,
      from: Tensor([0.1, 0.8, 1, 0.9], shape: [4, 1]),
      start: 0,
      end: 1.5 * sign,
      tolerance: tolerance,
      limits: StepLimits(minimumStep: 1e-9)
    )
    #expect(solution.rows[0].outcome == .completed && solution.start == 0)
    #expect(solution.failure?.row == 2 && solution.failure?.count == 3)
  }

  /// dx/dt = −x³ with an absurd first step overflows: the attempts are rejected until it fits.
  @Test func overflowRejects() {
    var early = 0
    var dynamics = RowwiseClosureDynamics { times, state in
      if times[0] <= 1 { early += 1 }
      return -(state * state * state)
    }
    let method = RungeKutta.bogackiShampine
    let tolerance = ErrorTolerance(absolute: 1e-6, relative: 0)
    let solution = method.solve(
      &dynamics,
      from: Tensor([1.0], shape: [1, 1]),
      start: 0,
      end: 1e200,
      tolerance: tolerance,
      limits: StepLimits(initialStep: 1e190),
      saving: [1],
      blockSize: 1
    )
    #expect(solution.rows[0].rejected > 100)
    // A step that ends by t = 1 evaluates all its stages by then, and one more leads on; errors
    // fall with x³.
    let bound = tolerance.bound(
      steps: early / method.stageCount + 1,
      components: 1,
      largest: 1,
      growth: 1
    )
    #expect(abs((solution.saved.first?.scalar ?? 0) - 1 / 3.0.squareRoot()) < bound)
  }

  /// dx/dt = −√x: a long first step leaves the domain.
  ///
  /// NaN ends the row, or is retried on demand.
  @Test func retries() {
    var dynamics = RowwiseClosureDynamics { _, state in -state.applying(.squareRoot) }
    func solve(_ retries: Bool) -> AdaptiveSolution {
      RungeKutta.dormandPrince.solve(
        &dynamics,
        from: Tensor([1.0], shape: [1, 1]),
        start: 0,
        end: 1.5,
        tolerance: tolerance,
        limits: StepLimits(initialStep: 1.5, retriesNotANumber: retries)
      )
    }
    if case .nonFiniteField = solve(false).rows[0].outcome {} else { Issue.record("no failure") }
    let solution = solve(true)
    #expect(solution.rows[0].outcome == .completed && solution.rows[0].rejected > 0)
    // The slope of −√x is negative: errors fall.
    let steps = solution.rows[0].accepted
    let bound = tolerance.bound(steps: steps, components: 1, largest: 1, growth: 1)
    #expect(abs(solution.state.scalar - 0.0625) < bound)
  }

  /// A field that is not finite where the dense output of order 8 alone looks counts as at any stage.
  ///
  /// NaN ends the row, an infinite value rejects the step; dx/dt = 1 elsewhere.
  @Test(arguments: [Double.nan, .infinity]) func betweenTheEnds(_ value: Double) {
    // A tenth of the first step, of 1, is a node of the dense output alone; of the next, of 0.2, it is none.
    func solve(saving times: [Double], retries: Bool = false) -> AdaptiveSolution {
      var dynamics = RowwiseClosureDynamics { places, state in
        Tensor(
          places.elements.map { abs($0 - 0.1) < 1e-3 ? value : 1 },
          shape: state.shape
        )
      }
      return RungeKutta.dormandPrince8.solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        start: 0,
        end: 1,
        tolerance: tolerance,
        limits: StepLimits(initialStep: 1, retriesNotANumber: retries),
        saving: times
      )
    }
    let solution = solve(saving: [0.5])
    let report = solution.rows[0]
    if value.isNaN {
      #expect(report.outcome == .nonFiniteField(time: 0.1, component: 0))
      #expect(report.time == 0 && report.accepted == 0 && solution.saved[0].scalar.isNaN)
    }
    for finished in value.isNaN ? [solve(saving: [0.5], retries: true)] : [solution] {
      #expect(finished.rows[0].outcome == .completed && finished.rows[0].rejected == 1)
      // Roundings of sums of 16 slopes whose weights are below 20.
      #expect(abs(finished.saved[0].scalar - 0.5) < 16 * 20 * 0x1p-53)
    }
    // The ends of a step need no dense output: the first slope, 11 stages and the slope at the end.
    let atTheEnd = solve(saving: [1, 0])
    #expect(atTheEnd.rows[0].outcome == .completed && atTheEnd.rows[0].accepted == 1)
    #expect(atTheEnd.rows[0].evaluations == 1 + RungeKutta.dormandPrince8.stageCount)
    #expect(atTheEnd.saved[0] == atTheEnd.state)
  }

  /// dx/dt = x² from 1 ends at t = 1: the step becomes too short or the state overflows there.
  @Test func blowUp() {
    var dynamics = RowwiseClosureDynamics { _, state in state * state }
    let solution = RungeKutta.tsitouras.solve(
      &dynamics,
      from: Tensor([1.0, 0.5], shape: [2, 1]),
      start: 0,
      end: 1.5,
      tolerance: tolerance,
      limits: StepLimits(minimumStep: 1e-9)
    )
    guard case .stepTooShort(let time, let size, let component) = solution.rows[0].outcome else {
      Issue.record("\(solution.rows[0].outcome)")
      return
    }
    #expect(size == 1e-9 && component == 0)
    #expect("\(solution.rows[0].outcome)".contains("loosen"))
    // t + 1/x is 1 along the flow, and an error δ of x ≥ 1 moves it by δ/x², at most what it is at
    // x = 1.
    let (x, steps) = (solution.state[0, 0], Double(solution.rows[0].accepted))
    let shift = tolerance.bound(
      steps: solution.rows[0].accepted,
      components: 1,
      largest: 1,
      growth: 1
    )
    #expect(abs(time + 1 / x - 1) < shift)
    // The step that was refused last was at most 5·10⁻⁹ long, as none is shortened to less than a
    // fifth. Of the steps that counted the largest part of 1/x is above 1/steps, as Π(1 − part) = 1/x,
    // and near x = 1, where A + R is twice R, a part may be 2^(1/5) times as large.
    #expect(1 / x < 1.15 * 5e-9 * steps)
    #expect(solution.rows[1].outcome == .completed)
    // x grows from ½ to 2, and an error with its square.
    let bound = tolerance.bound(
      steps: solution.rows[1].accepted,
      components: 1,
      largest: 2,
      growth: 16
    )
    #expect(abs(solution.state[1, 0] - 2) < bound)
  }

  @Test func attempts() {
    var dynamics = SixSolutions.rowwise()
    let solution = RungeKutta.heun.solve(
      &dynamics,
      from: SixSolutions.solution(0),
      start: 0,
      end: 4,
      tolerance: tolerance,
      limits: StepLimits(attempts: 20)
    )
    for report in solution.rows {
      guard case .tooManyAttempts(let time, let size, _) = report.outcome else {
        Issue.record("\(report.outcome)")
        continue
      }
      #expect(size > 0 && size < 4 && "\(report.outcome)".contains("allow more"))
      #expect(report.accepted + report.rejected == 20 && time == report.time && time > 0)
    }
  }

  /// A state that leaves the finite numbers under a slope that does not: the row ends before.
  @Test(arguments: AdaptiveTests.methods) func overflow(_ method: RungeKutta) {
    var dynamics = RowwiseClosureDynamics { _, state in
      Tensor(repeating: 1e300, shape: state.shape)
    }
    let solution = method.solve(
      &dynamics,
      from: Tensor(zeros: [1, 2]),
      start: 0,
      end: 1e10,
      tolerance: tolerance
    )
    guard case .nonFiniteState(let time, 0) = solution.rows[0].outcome else {
      Issue.record("\(method.name): \(solution.rows[0].outcome)")
      return
    }
    // x = 10³⁰⁰ t exceeds the largest number at 1.8 · 10⁸. The last attempt leads there from a
    // finite state; a fifth of it would have been shorter than the least step, four units in the
    // last place of t: 2 · 20 half units. t and x are rounded once a step, and a sum of stageCount
    // products as often again for its weights.
    let largest = Double.greatestFiniteMagnitude / 1e300
    let weights = method.weights.reduce(0) { $0 + abs($1) }
    let roundings =
      2 * Double(solution.rows[0].accepted) + 2 * Double(method.stageCount + 1) * weights
    #expect(abs(time / largest - 1) < (2 * 20 + roundings) * 0x1p-53)
    #expect(solution.state.firstNonFinite == nil)
  }

  /// The worst component is named, the one that moves, whether the last attempt counted or not.
  @Test(arguments: 10..<20) func worstComponent(_ attempts: Int) {
    var dynamics = RowwiseClosureDynamics { times, state in
      Tensor(times.elements.flatMap { [0, cos(50 * $0), 0] }, shape: state.shape)
    }
    let solution = RungeKutta.bogackiShampine.solve(
      &dynamics,
      from: Tensor(zeros: [1, 3]),
      start: 0,
      end: 10,
      tolerance: tolerance,
      limits: StepLimits(attempts: attempts)
    )
    guard case .tooManyAttempts(_, _, 1) = solution.rows[0].outcome else {
      Issue.record("\(solution.rows[0].outcome)")
      return
    }
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuse() async {
    let method = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var dynamics = SixSolutions.rowwise()
      _ = RungeKutta.rk4.solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        start: 0,
        end: 1,
        tolerance: ErrorTolerance(absolute: 1, relative: 0)
      )
    }
    expect(method, says: "RK4", "no error estimate")
    let saving = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var dynamics = SixSolutions.rowwise()
      _ = RungeKutta.heun.solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        start: 1,
        end: 0,
        tolerance: ErrorTolerance(absolute: 1, relative: 0),
        saving: [1.25]
      )
    }
    expect(saving, says: "1.25", "between")
    let zero = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ErrorTolerance(absolute: 0, relative: 0)
    }
    expect(zero, says: "one of them positive")
    let changed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var tolerance = ErrorTolerance(absolute: 1, relative: 0)
      tolerance.weights = [0]
      var dynamics = SixSolutions.rowwise()
      _ = RungeKutta.heun.solve(
        &dynamics,
        from: Tensor(zeros: [1, 1]),
        start: 0,
        end: 1,
        tolerance: tolerance
      )
    }
    expect(changed, says: "not all 0, got [0.0]")
  }

  @Test func misuseOfControllers() async {
    let safety = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PIDController(safety: 1.5)
    }
    expect(safety, says: "a safety in (0, 1]", "got 1.5, 0.2 and 10.0")
    let least = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PIDController(minimumFactor: 1)
    }
    expect(least, says: "factors around 1", "got 0.9, 1.0 and 10.0")
    let largest = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = PIDController(maximumFactor: 0.75)
    }
    expect(largest, says: "factors around 1", "got 0.9, 0.2 and 0.75")
    let factor = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StepDecision(isAccepted: false, factor: 0)
    }
    expect(factor, says: "the factor of a step's length is positive, got 0.0")
  }

  @Test func everyFailureSaysWhatMayHelp() {
    let failures: [(outcome: RowOutcome, hint: String)] = [
      (.nonFiniteField(time: 0.5, component: 1), "start later or stop earlier"),
      (.nonFiniteState(time: 0.5, component: 1), "look at the start, or stop earlier"),
      (
        .stepTooShort(time: 0.5, size: 1e-9, component: 1),
        "loosen it, stop earlier, or use fixed steps"
      ),
      (
        .tooManyAttempts(time: 0.5, size: 1e-9, component: 1),
        "allow more, loosen the tolerance, or use fixed steps"
      ),
    ]
    for (outcome, hint) in failures {
      for text in ["t = 0.5", "component 1", hint] {
        #expect("\(outcome)".contains(text), "\(outcome)")
      }
    }
    for (outcome, _) in failures.dropFirst(2) { #expect("\(outcome)".contains("1e-09")) }
  }
}
