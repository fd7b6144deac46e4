import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// Step control for SDEs along the paths of a tree.
@Suite struct StochasticAdaptiveTests {
  static let count = 80

  private static func tree(
    _ samples: Range<Int> = 0..<count,
    ends: (Double, Double) = (0, 1)
  ) -> BrownianTree {
    BrownianTree(
      RandomBlock(seed: 21, stream: 32, samples: samples),
      noise: Noise.additive,
      from: ends.0,
      to: ends.1,
      depth: 16
    )
  }

  private static func slope(_ times: Tensor<Double>, _ x: Tensor<Double>) -> Tensor<Double> {
    let forcing = Tensor(times.elements.map { 0.5 * sin(3 * $0) }, shape: [times.count, 1])
    return (x * 2).applying(.tanh) * 2 - x + forcing
  }

  private static var start: Tensor<Double> { testTensor([count, 1], seed: 5, as: Double.self) }

  private static func error(_ found: Tensor<Double>, _ wanted: Tensor<Double>) -> Double {
    ((found - wanted).sumOfSquares / Double(found.count)).squareRoot()
  }

  /// Rows approach the fine solution of the same path as the tolerance falls, with any controller.
  @Test(arguments: estimatingMethods) func converges(_ index: Int) {
    let method = stochasticMethods[index]
    var dynamics = RowwiseClosureDynamics(Self.slope)
    let fine = SRA1().solve(
      &dynamics,
      from: Self.start,
      over: TimeGrid(from: 0, to: 1, steps: 1024),
      tree: Self.tree()
    ).state
    var errors: [Double] = []
    var steps: [Int] = []
    for tolerance in [1e-2, 1e-3] {
      let solution = method.adaptive(&dynamics, Self.start, Self.tree(), tolerance)
      #expect(solution.failure == nil)
      errors.append(Self.error(solution.state, fine))
      steps.append(solution.rows.reduce(0) { $0 + $1.accepted })
      for report in solution.rows {
        #expect(report.time == 1)
        let stages = type(of: method).stageCount
        #expect(report.evaluations == stages * (report.accepted + report.rejected))
      }
    }
    // The estimate is O(h^1.5) and an upper bound of the error of a step: ten times tighter, 10^(2/3)
    // times the steps. Its next term is of the order √h of the first.
    let ratio = Double(steps[1]) / Double(steps[0])
    let next = (Double(Self.count) / Double(steps[0])).squareRoot()
    #expect(abs(ratio / pow(10, 2 / 3) - 1) < next, "\(steps)")
    // Errors fall at least with the steps, at strong order 1; a root mean square of n normal errors has
    // the relative standard error 1/√(2n), their ratio 1/√n.
    let spread = 1 + 5 / Double(Self.count).squareRoot()
    #expect(errors[1] < errors[0] / ratio * spread, "\(errors)")
    #expect(errors[0] < 1e-2 * 2 * Double(steps[0] / Self.count).squareRoot(), "\(errors)")
    let rejecting = method.adaptive(
      &dynamics,
      Self.start,
      Self.tree(),
      1e-3,
      controller: RejectingFirst()
    )
    #expect(rejecting.rows.allSatisfy { $0.rejected >= $0.accepted })
    #expect(Self.error(rejecting.state, fine) < 2 * errors[1] + 1e-4)
  }

  /// A method whose slopes all see one noise has no honest estimate, and says so.
  @Test func methodsWithoutAnEstimateAreRefused() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      var dynamics = RowwiseClosureDynamics { _, state in state }
      let tree = BrownianTree(
        RandomBlock(seed: 1, samples: 0..<1),
        noise: .constant(1),
        from: 0,
        to: 1
      )
      _ = HeunSiT().adaptive(&dynamics, Tensor(zeros: [1, 1]), tree, 1e-2)
    }
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    #expect(output.contains("Heun (SiT) has no error estimate"), "\(output)")
    for method in stochasticMethods {
      let tableau = type(of: method).tableau
      if tableau.errors.isEmpty { continue }
      // The noise of a step is in its error to leading order, and so in an honest estimate.
      let places = zip(tableau.increments, tableau.areas).map { SIMD2($0, $1) }
      let seen = zip(tableau.errors, places).reduce(SIMD2<Double>()) { $0 + $1.0 * $1.1 }
      #expect(seen != SIMD2(), "\(type(of: method).name)")
    }
  }

  /// Without drift the end is the path's, whatever was rejected on the way.
  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)]) func pathStays(_ ends: (Double, Double)) {
    let tree = Self.tree(ends: ends)
    var dynamics = RowwiseClosureDynamics { _, state in Tensor(zeros: state.shape) }
    let whole = tree.noise(fromLeaf: 0, to: tree.leafCount, components: 1).increment
    let solution = SRA1().adaptive(
      &dynamics,
      Self.start,
      tree,
      1e-3,
      controller: RejectingFirst()
    )
    #expect(solution.rows.allSatisfy { $0.rejected > 0 })
    #expect(solution.failure == nil)
    #expect(mismatch(solution.state, Self.start + whole, tolerance: 200 * 8 * 0x1p-53) == nil)
  }

  /// Mean and variance of an Ornstein–Uhlenbeck process, within five standard errors, backward in time,
  /// under a controller that rejects every first attempt, and under one that rejects first attempts
  /// of large noise: were the noise of the second one drawn anew, the variance would be too small.
  @Test func law() {
    expectLaw(RejectingFirst(), least: 1)
    // Some 20 of 100 attempts of length 0.2 are large; half of them are enough.
    expectLaw(RejectingLarge(), least: 0.1, limits: StepLimits(initialStep: 0.2))
  }

  private func expectLaw(
    _ controller: some StepController,
    least: Double,
    limits: StepLimits = StepLimits()
  ) {
    let count = 4_000
    let tree = Self.tree(0..<count, ends: (1.5, 0))
    var dynamics = RowwiseClosureDynamics { _, state in state * 1.3 }
    let solution = ShARK().adaptive(
      &dynamics,
      Tensor(repeating: 2, shape: [count, 1]),
      tree,
      0.1,
      controller: controller,
      limits: limits
    )
    let (accepted, rejected) = solution.rows.reduce(into: (0, 0)) {
      $0 = ($0.0 + $1.accepted, $0.1 + $1.rejected)
    }
    #expect(Double(rejected) >= least * Double(accepted), "\(accepted) \(rejected)")
    let mean = solution.state.mean()
    let variance = (solution.state - mean).sumOfSquares / Double(count - 1)
    let wanted = Noise.weightedVariance(0, 1.5, rate: -2.6)
    #expect(abs(mean - 2 * exp(-1.95)) < 5 * (wanted / Double(count)).squareRoot())
    #expect(abs(variance - wanted) < 5 * wanted * (2 / Double(count)).squareRoot())
  }

  /// The same bits alone, among others and while waiting for a slot; values at given times.
  @Test func rowsAreIndependent() {
    var dynamics = RowwiseClosureDynamics(Self.slope)
    func solve(_ rows: Range<Int>, _ blockSize: Int) -> AdaptiveSolution {
      SRA1().solve(
        &dynamics,
        from: Self.start.slice(rows),
        tree: Self.tree(rows),
        tolerance: ErrorTolerance(absolute: 1e-2, relative: 1e-2),
        saving: [1, 0.3, 0, 0.75],
        blockSize: blockSize
      )
    }
    let all = solve(0..<11, 4)
    #expect(Set(all.rows.map(\.accepted)).count > 3)
    for row in 0..<11 {
      let alone = solve(row..<row + 1, 4)
      #expect(areIdentical(alone.state, all.state.slice(row..<row + 1)))
      #expect(alone.rows[0] == all.rows[row])
      for (own, whole) in zip(alone.saved, all.saved) {
        #expect(areIdentical(own, whole.slice(row..<row + 1)))
      }
    }
    #expect(areIdentical(solve(0..<11, 128).state, all.state))
    #expect(areIdentical(all.saved[0], all.state))
    #expect(areIdentical(all.saved[2], Self.start.slice(0..<11)))
    let fine = SRA1().solve(
      &dynamics,
      from: Self.start.slice(0..<11),
      over: TimeGrid(from: 0, to: 1, steps: 2_000),
      tree: Self.tree(0..<11),
      saving: [0.3, 0.75]
    )
    let steps = Double(all.rows.map(\.accepted).max() ?? 0)
    #expect(Self.error(all.saved[1], fine.saved[0]) < 1e-2 * 2 * steps.squareRoot())
    #expect(Self.error(all.saved[3], fine.saved[1]) < 1e-2 * 2 * steps.squareRoot())
    #expect(Self.error(all.saved[3], all.state) > 0.1)
  }

  /// One step over the whole interval is the fixed method's.
  @Test func oneStep() {
    var dynamics = RowwiseClosureDynamics(Self.slope)
    let solution = ShARK().solve(
      &dynamics,
      from: Self.start,
      tree: Self.tree(),
      tolerance: ErrorTolerance(absolute: 1e6, relative: 0),
      limits: StepLimits(initialStep: 1)
    )
    let fixed = ShARK().solve(
      &dynamics,
      from: Self.start,
      over: TimeGrid(from: 0, to: 1, steps: 1),
      tree: Self.tree()
    )
    #expect(solution.rows.allSatisfy { $0.accepted == 1 })
    #expect(mismatch(solution.state, fixed.state, tolerance: 64 * 0x1p-53) == nil)
  }

  /// NaN is named at once; a tolerance below what a leaf can give ends the row.
  @Test func failures() {
    var broken = RowwiseClosureDynamics { times, state in
      var slope = Self.slope(times, state)
      for slot in 0..<times.count where times[slot] > 0.5 { slope[slot, 0] = .nan }
      return slope
    }
    let first = SRA1().adaptive(&broken, Self.start, Self.tree(), 1e-2)
    for report in first.rows {
      guard case .nonFiniteField(let time, 0) = report.outcome else {
        Issue.record("\(report.outcome)")
        continue
      }
      #expect(time > 0.5 && report.time <= time)
    }
    var dynamics = RowwiseClosureDynamics(Self.slope)
    let second = SRA1().adaptive(&dynamics, Self.start, Self.tree(), 1e-12)
    for report in second.rows {
      guard case .stepTooShort(_, let size, 0) = report.outcome else {
        Issue.record("\(report.outcome)")
        continue
      }
      #expect(size == 0x1p-16)
    }
  }
}

/// Rejects the first attempt of a step if its estimate is above the tolerance.
///
/// The second is half as long and accepted; the next step has the first one's length again.
private struct RejectingLarge: StepController {
  var initialMemory: Bool { false }

  func decide(error: Double, order: Double, memory isSecond: inout Bool) -> StepDecision {
    if isSecond {
      isSecond = false
      return StepDecision(isAccepted: true, factor: 2)
    }
    isSecond = error > 1
    return StepDecision(isAccepted: !isSecond, factor: isSecond ? 0.5 : 1)
  }
}

extension StochasticMethod {
  /// The adaptive solve, callable on an existential.
  func adaptive(
    _ dynamics: inout RowwiseClosureDynamics,
    _ initial: Tensor<Double>,
    _ tree: BrownianTree,
    _ tolerance: Double,
    controller: some StepController = PIDController(),
    limits: StepLimits = StepLimits()
  ) -> AdaptiveSolution {
    solve(
      &dynamics,
      from: initial,
      tree: tree,
      tolerance: ErrorTolerance(absolute: tolerance, relative: 0),
      controller: controller,
      limits: limits
    )
  }
}
