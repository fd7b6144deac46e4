import Foundation
import Integrators
import Synchronization
import Tensors
import TestSupport
import Testing

/// What `solve` does with noise: its variance, its path, its rows.
@Suite struct BrownianTests {
  private let still = ClosureDynamics { _, state in Tensor(zeros: state.shape) }

  private func increments(_ samples: Range<Int>, seed: UInt64 = 4) -> BrownianIncrements {
    BrownianIncrements(RandomBlock(seed: seed, stream: 9, samples: samples))
  }

  /// Without drift the path is the noise itself: Σ √q_n z_n with q_n = 2∫ε of each step.
  @Test(arguments: 0..<stochasticMethods.count, [(0.0, 1.5), (1.5, 0.0)])
  func noiseOfAStep(_ index: Int, _ ends: (Double, Double)) {
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: 3)
    let path = increments(0..<5)
    let initial = testTensor([5, 2], seed: 1, as: Double.self)
    let solution = stochasticMethods[index].solution(
      still,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: path,
      saving: grid.times
    )
    var wanted = initial
    for step in 0..<3 {
      // A method with an area adds the variances of the halves: a few roundings more.
      #expect(mismatch(solution.saved[step], wanted, tolerance: 64 * 0x1p-53) == nil)
      let (time, next) = (grid.times[step], grid.times[step + 1])
      // Earlier time first, whatever the direction.
      let amount = Noise.variance(min(time, next), max(time, next))
      wanted += path.standardNormal(step: step, components: 2) * amount.squareRoot()
    }
    #expect(mismatch(solution.state, wanted, tolerance: 64 * 0x1p-53) == nil)
    #expect(solution.outcome == .completed)
    #expect(solution.evaluations == 3 * type(of: stochasticMethods[index]).stageCount)
  }

  /// The variance gathered over a path is 2∫ε over all of it, within five standard errors:
  /// σ² √(2/n) for n normal numbers.
  @Test(arguments: [1, 4]) func totalVariance(_ steps: Int) {
    let count = 40_000
    let state = EulerMaruyama().solution(
      still,
      from: Tensor(zeros: [count, 1]),
      over: TimeGrid(from: 0, to: 1, steps: steps),
      variance: Noise.variance,
      increments: increments(0..<count)
    ).state
    let wanted = Noise.variance(0, 1)
    let found = state.sumOfSquares / Double(count)
    #expect(abs(found - wanted) < 5 * wanted * (2 / Double(count)).squareRoot())
    // Left-point noise of one step is 4 instead of 2.09: far outside.
    #expect(abs(found - Noise.leftPoint(0, 1)) > 1 || steps > 1)
  }

  /// A row is the same alone, in another block, and in any order of samples.
  @Test(arguments: 0..<stochasticMethods.count) func rowsAreIndependent(_ index: Int) {
    let method = stochasticMethods[index]
    let grid = TimeGrid(from: 0, to: 1, steps: 6)
    let initial = testTensor([8, 2], seed: 2, as: Double.self)
    let field = ClosureDynamics { time, x in x.applying(.sin) * (1 + time) }
    let all = method.solution(
      field,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: increments(20..<28)
    ).state
    for row in 0..<8 {
      let alone = method.solution(
        field,
        from: initial.slice(row..<row + 1),
        over: grid,
        variance: Noise.variance,
        increments: increments(20 + row..<21 + row)
      ).state
      #expect(areIdentical(alone, all.slice(row..<row + 1)))
    }
    let order = [5, 0, 3]
    let some = method.solution(
      field,
      from: initial.gatheringRows(order),
      over: grid,
      variance: Noise.variance,
      increments: BrownianIncrements(
        RandomBlock(seed: 4, stream: 9, samples: order.map { 20 + $0 })
      )
    ).state
    #expect(areIdentical(some, all.gatheringRows(order)))
    let other = method.solution(
      field,
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: increments(20..<28, seed: 5)
    ).state
    #expect(zip(other.elements, all.elements).allSatisfy { $0 != $1 })
  }

  /// A path alone is its row among a thousand, over more steps than are drawn at once.
  @Test(arguments: 0..<stochasticMethods.count, [1, 3])
  func onePathAmongAThousand(_ index: Int, _ components: Int) {
    let method = stochasticMethods[index]
    let grid = TimeGrid(from: 0, to: 1, steps: 700)
    let initial = testTensor([1_000, components], seed: 6, as: Double.self)
    let field = ClosureDynamics { time, x in x.applying(.sin) * (1 + time) }
    func solve(_ rows: Range<Int>) -> Tensor<Double> {
      method.solution(
        field,
        from: initial.slice(rows),
        over: grid,
        noise: Noise.additive,
        increments: increments(rows)
      ).state
    }
    let all = solve(0..<1_000)
    for row in [0, 617, 999] {
      #expect(areIdentical(solve(row..<row + 1), all.slice(row..<row + 1)))
    }
  }

  /// A path cut in two is the same path.
  @Test(arguments: 0..<stochasticMethods.count) func continuation(_ index: Int) {
    let method = stochasticMethods[index]
    let field = ClosureDynamics { time, x in x.applying(.cos) * time }
    let times = [0, 0.25, 0.5, 0.75, 1.0]
    func part(_ range: ClosedRange<Int>, from initial: Tensor<Double>) -> Tensor<Double> {
      method.solution(
        field,
        from: initial,
        over: TimeGrid(Array(times[range])),
        variance: Noise.variance,
        increments: increments(0..<3).startingAt(step: range.lowerBound)
      ).state
    }
    let initial = Tensor<Double>(zeros: [3, 2])
    #expect(areIdentical(part(2...4, from: part(0...2, from: initial)), part(0...4, from: initial)))
  }

  /// Without noise the first methods of the list are Euler's and Heun's.
  @Test func withoutNoise() {
    let grid = TimeGrid(from: 0, to: 2.5, steps: 20)
    let initial = SixSolutions.solution(0)
    for (method, plain) in zip(stochasticMethods, [RungeKutta.euler, .heun, .heun]) {
      var dynamics = SixSolutions.dynamics()
      let wanted = plain.solve(&dynamics, from: initial, over: grid).state
      let found = method.solution(
        SixSolutions.dynamics(),
        from: initial,
        over: grid,
        variance: { _, _ in 0 },
        increments: increments(0..<3)
      ).state
      // The same sums, perhaps in another order: 20 steps of a few roundings of numbers below 1.
      #expect(mismatch(found, wanted, tolerance: 20 * 4 * 0x1p-53) == nil)
    }
  }

  /// Where each method asks its field in the step from 0.5 to 0.75, and what of the noise it has seen
  /// there: 0.25 of drift 1, an increment of 1 and an area of 10.
  @Test func stages() {
    let root = 6.0.squareRoot()
    let (early, late) = ((9 - root) / 12, (9 + root) / 12)
    let wanted: [[(time: Double, state: Double)]] = [
      [(0.5, 0)], [(0.5, 0), (0.75, 1.25)], [(0.5, 1), (0.75, 1.25)], [(0.75, 1), (0.75, 1.25)],
      [(0.5, 0), (0.6875, 0.1875 + 0.75 + 15)],
      [(0.5, 10), (0.5 + 0.25 * (5.0 / 6), 10 + (5.0 / 6) * 1.25)],
      [
        (0.5, 0), (0.59375, 0.46875 + 7.5 * 5.0.squareRoot()),
        (0.5 + 0.25 * early, 1.25 * early + 5 * (1 + root)),
        (0.5 + 0.25 * late, 1.25 * late + 5 * (1 - root)),
      ],
    ]
    #expect(wanted.count == stochasticMethods.count)
    for (method, wanted) in zip(stochasticMethods, wanted) {
      var asked: [(time: Double, state: Double)] = []
      let end = method.moved(
        Tensor(zeros: [1, 1]),
        from: 0.5,
        to: 0.75,
        noise: StepNoise(
          increment: Tensor([1], shape: [1, 1]),
          area: Tensor([10], shape: [1, 1])
        )
      ) { time, state in
        asked.append((time, state.scalar))
        return Tensor([1], shape: [1, 1])
      }
      #expect(asked.count == wanted.count)
      for (own, other) in zip(asked, wanted) {
        #expect(own.time == other.time, "\(type(of: method).name)")
        #expect(abs(own.state - other.state) <= 16 * 0x1p-52, "\(type(of: method).name)")
      }
      // The area is no part of the increment.
      #expect(abs(end.scalar - 1.25) <= 4 * 0x1p-52)
    }
  }

  /// Increment and area of a step have the covariance of their moments, within five standard errors:
  /// √(2/n) of a variance, at most √(1 + 1)/√n of the product of deviations for a covariance.
  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)]) func lawOfTheArea(_ ends: (Double, Double)) {
    let count = 40_000
    let moments = Noise.additive.moments(from: ends.0, to: ends.1)
    let noise = increments(0..<count).noise(
      step: 3,
      moments: moments,
      components: 1,
      withArea: true
    )
    guard let area = noise.area else {
      Issue.record("no area")
      return
    }
    // V, Cov and Var of H from integrals of 2ε = 2 + 2 cos 3t over u = t or 1 − t, by primitives.
    let (s, c) = (sin(3.0), cos(3.0))
    let mass = 2 + 2 * s / 3
    let first = 1 + 2 * (s / 3 + (c - 1) / 9)
    let second = 2.0 / 3 + 2 * (s / 3 + 2 * c / 9 - 2 * s / 27)
    let center = ends.0 == 0 ? first / mass : 1 - first / mass
    let spread = second / mass - first * first / (mass * mass)
    let slant = 0.5 - center
    let error = 5 * (2 / Double(count)).squareRoot()
    let ofArea = (slant * slant + spread) * mass
    func mean(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double { (a * b).mean() }
    let (own, both, other) = (
      mean(noise.increment, noise.increment), mean(noise.increment, area), mean(area, area)
    )
    #expect(abs(own - mass) < error * mass)
    #expect(abs(both - slant * mass) < error * (mass * ofArea).squareRoot())
    #expect(abs(other - ofArea) < error * ofArea)
    // Independence, c = ½, would be far outside.
    #expect(abs(both) > error * (mass * ofArea).squareRoot())
    // c and v are quotients of such sums and V, of at most 1.
    #expect(abs(moments.variance - mass) < Noise.rounding)
    #expect(abs(moments.center - center) < 2 * Noise.rounding / mass)
    #expect(abs(moments.spread - spread) < 2 * Noise.rounding / mass)
  }

  /// Tabulated noise is the same to the last bit, in either direction and off the grid, and asks for ε
  /// on the grid once: at 16 points a step.
  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)]) func tabulated(_ ends: (Double, Double)) {
    let counter = Counter()
    let plain = Noise.additive
    let noise = AdditiveNoise { time in
      counter.count.add(1, ordering: .relaxed)
      return 1 + cos(3 * time)
    }
    let grid = TimeGrid.cosine(from: ends.0, to: ends.1, steps: 5)
    let table = noise.tabulated(over: grid)
    for _ in 0..<3 {
      for (time, end) in zip(grid.times, grid.times.dropFirst()) {
        #expect(table.moments(from: time, to: end) == plain.moments(from: time, to: end))
        #expect(table.moments(from: end, to: time) == plain.moments(from: end, to: time))
      }
    }
    #expect(counter.count.load(ordering: .relaxed) == 16 * 5)
    #expect(table.moments(from: 0.3, to: 0.4) == plain.moments(from: 0.3, to: 0.4))
    let initial = testTensor([4, 2], seed: 9, as: Double.self)
    for method in stochasticMethods {
      let found = [plain, table].map {
        method.solution(
          ClosureDynamics { time, x in x.applying(.sin) * (1 + time) },
          from: initial,
          over: grid,
          noise: $0,
          increments: increments(3..<7)
        ).state
      }
      #expect(areIdentical(found[0], found[1]))
    }
  }

  private final class Counter: Sendable {
    let count = Atomic<Int>(0)
  }

  /// Moments from the halves of a step: V exact, c off by O(h³) and v by O(h²), slopes within 0.1.
  @Test func momentsOfHalves() {
    let errors = [0.05, 0.025, 0.0125].map { size -> (center: Double, spread: Double) in
      let exact = Noise.additive.moments(from: 0.3, to: 0.3 + size)
      let halves = NoiseMoments(
        first: Noise.variance(0.3, 0.3 + size / 2),
        second: Noise.variance(0.3 + size / 2, 0.3 + size)
      )
      #expect(abs(halves.variance - exact.variance) < 16 * 0x1p-53)
      return (abs(halves.center - exact.center), abs(halves.spread - exact.spread))
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse.center / fine.center) - 3) < 0.1)
      #expect(abs(log2(coarse.spread / fine.spread) - 2) < 0.1)
    }
  }

  /// A solve is its steps, each with the noise of its moments, forward and backward, also a single
  /// one; given ε it has the exact moments, given ∫ 2ε those of the halves.
  @Test(arguments: 0..<stochasticMethods.count, [(0.0, 1.0, 1), (1.0, 0.0, 3)])
  func solveIsItsSteps(_ index: Int, _ ends: (Double, Double, Int)) {
    let method = stochasticMethods[index]
    let usesArea = type(of: method).tableau.usesArea
    let grid = TimeGrid(from: ends.0, to: ends.1, steps: ends.2)
    let initial = testTensor([4, 2], seed: 9, as: Double.self)
    let path = increments(3..<7)
    func drift(_ time: Double, _ x: Tensor<Double>) -> Tensor<Double> {
      x.applying(.sin) * (1 + time)
    }
    func stepped(_ law: (Double, Double) -> NoiseMoments) -> Tensor<Double> {
      var state = initial
      for step in 0..<ends.2 {
        let (time, next) = (grid.times[step], grid.times[step + 1])
        let noise = path.noise(
          step: step,
          moments: law(time, next),
          components: 2,
          withArea: usesArea
        )
        state = method.moved(state, from: time, to: next, noise: noise, drift: drift)
      }
      return state
    }
    let exact = method.solution(
      ClosureDynamics(drift),
      from: initial,
      over: grid,
      noise: Noise.additive,
      increments: path
    )
    #expect(exact.state == stepped(Noise.additive.moments))
    #expect(exact.outcome == .completed && exact.state.firstNonFinite == nil)
    let halves = method.solution(
      ClosureDynamics(drift),
      from: initial,
      over: grid,
      variance: Noise.variance,
      increments: path
    )
    func amount(_ a: Double, _ b: Double) -> Double { Noise.variance(min(a, b), max(a, b)) }
    let wanted = stepped { time, next in
      let middle = time + (next - time) / 2
      return usesArea
        ? NoiseMoments(first: amount(time, middle), second: amount(middle, next))
        : NoiseMoments(uniform: amount(time, next))
    }
    #expect(halves.state == wanted)
  }
}
