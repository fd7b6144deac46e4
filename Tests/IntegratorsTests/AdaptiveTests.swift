import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Step control: tolerance, rows of their own, values at given times.
@Suite struct AdaptiveTests {
  static let methods = RungeKutta.all.filter { $0.error != nil }

  /// Rows of one component, dx/dt = −x² cos t, x = 1/(c + sin t).
  private static func rows(_ constants: [Double], at time: Double) -> Tensor<Double> {
    Tensor(constants.map { 1 / ($0 + sin(time)) }, shape: [constants.count, 1])
  }

  /// The error at the end is within ``ErrorTolerance/bound(steps:components:largest:growth:)``.
  @Test(arguments: methods, [(0.0, 4.0), (4.0, 0.0)])
  func tolerance(_ method: RungeKutta, _ ends: (Double, Double)) {
    var dynamics = SixSolutions.rowwise()
    var counts: [Int] = []
    let finest = method.order < 3 ? 1e-6 : 1e-9
    for size in [finest * pow(2, Double(method.error?.order ?? 0)), finest] {
      let tolerance = ErrorTolerance(absolute: size, relative: size)
      let solution = method.solve(
        &dynamics,
        from: SixSolutions.solution(ends.0),
        start: ends.0,
        end: ends.1,
        tolerance: tolerance
      )
      let exact = SixSolutions.solution(ends.1).elements
      for (row, report) in solution.rows.enumerated() {
        #expect(report.outcome == .completed && report.time == ends.1)
        #expect(
          report.evaluations
            == 2 + method.stageCount * (report.accepted + report.rejected)
        )
        for component in 0..<2 {
          let error = abs(solution.state[row, component] - exact[2 * row + component])
          #expect(error < SixSolutions.bound(tolerance, steps: report.accepted), "\(method.name)")
        }
      }
      counts.append(solution.rows.reduce(0) { $0 + $1.accepted })
    }
    // The estimate is O(hᵏ): a tolerance 2ᵏ times smaller needs twice the steps, to 25 percent.
    #expect(abs(Double(counts[1]) / Double(counts[0]) - 2) < 0.5, "\(method.name) \(counts)")
  }

  /// The same bits alone, among others, and while waiting for a slot.
  @Test(arguments: methods) func rowsAreIndependent(_ method: RungeKutta) {
    let constants = [1.2, 3.0, 1.9, 8.0, 1.4, 2.0, 1.1, 5.0, 4.0, 1.3, 2.5]
    var dynamics = SixSolutions.rowwise()
    func solve(_ constants: [Double], _ blockSize: Int) -> AdaptiveSolution {
      method.solve(
        &dynamics,
        from: Self.rows(constants, at: 0),
        start: 0,
        end: 3,
        tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5),
        saving: [2, 0.5],
        blockSize: blockSize
      )
    }
    let all = solve(constants, 4)
    #expect(Set(all.rows.map(\.accepted)).count >= 3)
    for (row, constant) in constants.enumerated() {
      let alone = solve([constant], 4)
      #expect(areIdentical(alone.state, all.state.slice(row..<row + 1)))
      for (own, whole) in zip(alone.saved, all.saved) {
        #expect(areIdentical(own, whole.slice(row..<row + 1)))
      }
      #expect(alone.rows[0] == all.rows[row])
    }
    let other = solve(constants.reversed(), 128)
    for row in constants.indices {
      #expect(
        areIdentical(
          other.state.slice(10 - row..<11 - row),
          all.state.slice(row..<row + 1)
        )
      )
    }
  }

  /// The field sees full blocks only, and states that a row is in.
  @Test func blocks() {
    var shapes: Set<[Int]> = []
    var dynamics = RowwiseClosureDynamics { times, state in
      shapes.insert(times.shape + state.shape)
      return SixSolutions.slope(times, state)
    }
    let solution = RungeKutta.dormandPrince.solve(
      &dynamics,
      from: Self.rows([2, 3, 4, 5, 6], at: 0),
      start: 0,
      end: 1,
      tolerance: ErrorTolerance(absolute: 1e-6, relative: 0),
      blockSize: 3
    )
    #expect(shapes == [[3, 3, 1]])
    #expect(solution.failure == nil)
  }

  /// Rows wait while a whole block before them fails at its first evaluation.
  @Test(arguments: methods, [1, 3, 4]) func aBlockThatFailsAtOnce(
    _ method: RungeKutta,
    _ blockSize: Int
  ) {
    var dynamics = RowwiseClosureDynamics { _, state in state.applying(.log) }
    let solution = method.solve(
      &dynamics,
      from: Tensor([-1, -2, -3, -4, -5, -6, -7, 2, 3], shape: [9, 1]),
      start: 0,
      end: 0.1,
      tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3),
      blockSize: blockSize
    )
    for (row, report) in solution.rows.enumerated() {
      #expect((report.outcome == .completed) == (row >= 7), "row \(row)")
      #expect(report.evaluations >= 1 && (report.time == 0.1) == (row >= 7), "row \(row)")
    }
    #expect(solution.state[7, 0] > 2 && solution.state[8, 0] > 3)
  }

  /// While rows wait every slot is in use, whatever the rows' numbers of steps: what is evaluated for nobody is at
  /// most what the last block takes to end, and what is left of the last that were let in.
  @Test(arguments: methods, [8, 32]) func slotsStayFull(_ method: RungeKutta, _ blockSize: Int) {
    let constants = (0..<2_000).map { 1.05 + 6 * Double($0 * 37 % 2_000) / 2_000 }
    var dynamics = SixSolutions.rowwise()
    let solution = method.solve(
      &dynamics,
      from: Self.rows(constants, at: 0),
      start: 0,
      end: 3,
      tolerance: ErrorTolerance(absolute: 1e-6, relative: 1e-6),
      blockSize: blockSize
    )
    let own = solution.rows.map(\.evaluations)
    #expect(Set(own).count >= 3)
    let longest = own.max() ?? 0
    let spent = solution.evaluations * blockSize
    #expect(spent >= own.reduce(0, +))
    #expect(spent <= own.reduce(0, +) + blockSize * (longest + 2))
  }

  /// Steps of one length (a tolerance that allows anything) and values between them, at 0.37 of each
  /// step: the largest error falls like hᵖ there too.
  @Test(arguments: methods) func denseOutput(_ method: RungeKutta) {
    let (problem, span, counts): (OrdinaryProblem, Double, [Int]) =
      method.order == 8 ? (.logistic, 1, [12, 16, 24]) : (.riccati, 2, [48, 96, 192])
    let errors = counts.map { count -> Double in
      var dynamics = RowwiseClosureDynamics { times, state in
        Tensor(
          zip(times.elements, state.elements).map { problem.field($0, $1) },
          shape: state.shape
        )
      }
      let size = 2 * span / Double(count)
      let times = (0..<count).map { -span + size * (Double($0) + 0.37) }
      let solution = method.solve(
        &dynamics,
        from: Tensor([problem.solution(-span)], shape: [1, 1]),
        start: -span,
        end: span,
        tolerance: ErrorTolerance(absolute: 1e6, relative: 0),
        limits: StepLimits(initialStep: size, maximumStep: size),
        saving: times,
        blockSize: 1
      )
      #expect(solution.rows[0].accepted == count)
      return zip(times, solution.saved).map { abs($1.scalar - problem.solution($0)) }.max() ?? 0
    }
    for index in 1..<counts.count {
      let slope =
        log(errors[index - 1] / errors[index])
        / log(Double(counts[index]) / Double(counts[index - 1]))
      #expect(abs(slope - Double(method.order)) < 0.2, "\(method.name) \(slope) \(errors)")
    }
    #expect(errors.last.map { $0 > 100 * 5 * 0x1p-53 } == true)
  }

  /// A rejected step to the end is not tried again as it was, however slightly shorter the next is.
  @Test(arguments: methods) func aRejectedLastStepIsNotRepeated(_ method: RungeKutta) {
    struct Hesitant: StepController {
      var initialMemory: Int { 0 }
      func decide(error: Double, order: Double, memory: inout Int) -> StepDecision {
        memory += 1
        return StepDecision(isAccepted: memory > 1, factor: 0.995)
      }
    }
    var dynamics = SixSolutions.rowwise()
    let solution = method.solve(
      &dynamics,
      from: SixSolutions.solution(0),
      start: 0,
      end: 1,
      tolerance: ErrorTolerance(absolute: 1, relative: 0),
      controller: Hesitant(),
      limits: StepLimits(initialStep: 1)
    )
    // The second attempt is 0.995 long, and the third takes the rest.
    #expect(solution.rows.allSatisfy { $0.accepted == 2 && $0.rejected == 1 })
  }

  /// A first step that is given obeys the longest one too.
  @Test(arguments: methods) func noStepIsLongerThanTheLongest(_ method: RungeKutta) {
    var dynamics = SixSolutions.rowwise()
    let solution = method.solve(
      &dynamics,
      from: SixSolutions.solution(0),
      start: 0,
      end: 1,
      tolerance: ErrorTolerance(absolute: 1e6, relative: 0),
      limits: StepLimits(initialStep: 0.5, maximumStep: 0.05)
    )
    // The last takes a rest of less than a hundredth of a step along.
    #expect(solution.rows.allSatisfy { (20...21).contains($0.accepted) })
  }

  /// Values between the steps of a backward solve, within the bound of its end.
  @Test(arguments: methods) func denseOutputBackward(_ method: RungeKutta) {
    var dynamics = SixSolutions.rowwise()
    let size = method.order < 3 ? 1e-6 : 1e-9
    let tolerance = ErrorTolerance(absolute: size, relative: size)
    let times = [3.3, 1.7, 0.4]
    let solution = method.solve(
      &dynamics,
      from: SixSolutions.solution(4),
      start: 4,
      end: 0,
      tolerance: tolerance,
      saving: times
    )
    let bound = SixSolutions.bound(tolerance, steps: solution.rows.map(\.accepted).max() ?? 0)
    for (time, saved) in zip(times, solution.saved) {
      #expect(mismatch(saved, SixSolutions.solution(time), tolerance: bound) == nil)
    }
  }

  /// One step over the whole interval is the fixed method's, forward and backward.
  @Test(arguments: methods, [(0.0, 0.5), (0.5, 0.0)])
  func oneStep(_ method: RungeKutta, _ ends: (Double, Double)) {
    var dynamics = SixSolutions.rowwise()
    let initial = SixSolutions.solution(ends.0)
    let solution = method.solve(
      &dynamics,
      from: initial,
      start: ends.0,
      end: ends.1,
      tolerance: ErrorTolerance(absolute: 1e6, relative: 0),
      limits: StepLimits(initialStep: 1),
      saving: [ends.1, ends.0]
    )
    let fixed = method.solve(
      &dynamics,
      from: initial,
      over: TimeGrid(from: ends.0, to: ends.1, steps: 1)
    )
    // Sums in another order: a rounding for each of at most 13 slopes of size below 3 · |b|.
    let weights = method.weights.reduce(0) { $0 + abs($1) }
    #expect(
      mismatch(solution.state, fixed.state, tolerance: 13 * 3 * weights * 0x1p-52) == nil,
      "\(method.name)"
    )
    #expect(solution.rows.allSatisfy { $0.accepted == 1 && $0.rejected == 0 })
    #expect(solution.saved == [solution.state, initial])
  }

  /// dx/dt = −x exp(−x²) from 25 moves by 10⁻²⁷⁰: an error whose square underflows fits every tolerance.
  @Test(arguments: methods) func aFieldNearlyZero(_ method: RungeKutta) {
    var dynamics = RowwiseClosureDynamics { _, state in
      Tensor(state.elements.map { -$0 * exp(-$0 * $0) }, shape: state.shape)
    }
    let solution = method.solve(
      &dynamics,
      from: Tensor([25.0], shape: [1, 1]),
      start: 0,
      end: 1,
      tolerance: ErrorTolerance(absolute: 1e-8, relative: 1e-8)
    )
    #expect(solution.rows[0].outcome == .completed && solution.rows[0].rejected == 0)
    #expect(solution.state.scalar == 25)
  }

  /// A controller that rejects every first attempt costs attempts, not accuracy.
  @Test func rejectingController() {
    var dynamics = SixSolutions.rowwise()
    let tolerance = ErrorTolerance(absolute: 1e-8, relative: 1e-8)
    let solution = RungeKutta.tsitouras.solve(
      &dynamics,
      from: SixSolutions.solution(0),
      start: 0,
      end: 4,
      tolerance: tolerance,
      controller: RejectingFirst()
    )
    let exact = SixSolutions.solution(4)
    let bound = SixSolutions.bound(tolerance, steps: solution.rows.map(\.accepted).max() ?? 0)
    #expect(mismatch(solution.state, exact, tolerance: bound) == nil)
    #expect(solution.rows.allSatisfy { $0.rejected >= $0.accepted })
  }

  /// The formula of the controller, its limits, and numbers that are none.
  @Test func controller() {
    let controller = PIDController(
      proportional: 0.4,
      integral: 0.3,
      derivative: 0.1,
      safety: 0.8,
      minimumFactor: 0.25,
      maximumFactor: 4
    )
    var memory = controller.initialMemory
    let errors = [0.5, 0.25, 0.125]
    var factors: [Double] = []
    for error in errors {
      let decision = controller.decide(error: error, order: 4, memory: &memory)
      #expect(decision.isAccepted)
      factors.append(decision.factor)
    }
    let wanted = 0.8 * pow(0.125, -0.2) * pow(0.25, 0.15) * pow(0.5, -0.025)
    #expect(abs(factors[2] - wanted) < 8 * 0x1p-53)
    #expect(abs(factors[0] - 0.8 * pow(0.5, -0.2)) < 8 * 0x1p-53)
    for error in [Double.nan, .infinity] {
      let decision = controller.decide(error: error, order: 4, memory: &memory)
      #expect(decision == StepDecision(isAccepted: false, factor: 0.25))
    }
    // After a rejection a step does not grow, then it may.
    #expect(controller.decide(error: 0, order: 4, memory: &memory).factor == 1)
    #expect(controller.decide(error: 0, order: 4, memory: &memory).factor == 4)
    let rejected = controller.decide(error: 16, order: 4, memory: &memory)
    #expect(rejected == StepDecision(isAccepted: false, factor: 0.4))
  }

  /// P = 0.2, I = 0.65, D = 0, S = 0.9 and factors in 0.2...10, as DOPRI5 has them.
  @Test func controllerByDefault() {
    let controller = PIDController()
    var memory = controller.initialMemory
    /// Eight roundings: of exponents, powers and products.
    func expect(_ error: Double, isAccepted: Bool, factor: Double) {
      let decision = controller.decide(error: error, order: 5, memory: &memory)
      #expect(decision.isAccepted == isAccepted)
      #expect(abs(decision.factor - factor) <= 8 * 0x1p-53 * factor, "\(error)")
    }
    expect(0.5, isAccepted: true, factor: 0.9 * pow(0.5, -0.85 / 5))
    expect(0.25, isAccepted: true, factor: 0.9 * pow(0.25, -0.85 / 5) * pow(0.5, 0.2 / 5))
    expect(0, isAccepted: true, factor: 10)
    expect(32, isAccepted: false, factor: 0.9 * pow(32, -1 / 5.0))
    expect(1e9, isAccepted: false, factor: 0.2)
  }

  /// A component of weight 0 does not shorten steps: a fast oscillation of tiny amplitude.
  @Test func weights() {
    var dynamics = RowwiseClosureDynamics { times, state in
      Tensor(
        times.elements.flatMap { [cos($0), 0.01 * cos(200 * $0)] },
        shape: state.shape
      )
    }
    func steps(_ weights: [Double]?) -> Int {
      RungeKutta.dormandPrince.solve(
        &dynamics,
        from: Tensor(zeros: [1, 2]),
        start: 0,
        end: 3,
        tolerance: ErrorTolerance(absolute: 1e-7, relative: 0, weights: weights)
      ).rows[0].accepted
    }
    #expect(steps([1, 0]) * 5 < steps(nil))
  }
}

/// Rejects the first attempt of every step: halves the first dozen, repeats the others.
struct RejectingFirst: StepController {
  struct Memory: Sendable {
    var inner: PIDController.Memory
    var isSecond = false
    var count = 0
  }

  let inner = PIDController()

  var initialMemory: Memory { Memory(inner: inner.initialMemory) }

  func decide(error: Double, order: Double, memory: inout Memory) -> StepDecision {
    memory.isSecond.toggle()
    if memory.isSecond {
      memory.count += 1
      return StepDecision(isAccepted: false, factor: memory.count > 12 ? 1 : 0.5)
    }
    return inner.decide(error: error, order: order, memory: &memory.inner)
  }
}
