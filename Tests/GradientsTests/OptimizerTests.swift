import Foundation
import Gradients
import Tensors
import TestSupport
import Testing

/// Optimisers are values with a state that can be stored; averages and schedules in closed form.
@Suite struct OptimizerTests {
  private func gradients(_ step: Int) -> [Tensor<Double>] {
    [testTensor([3, 2], seed: UInt64(2 * step)), testTensor([4], seed: UInt64(2 * step + 1))]
  }

  private let start: [Tensor<Double>] = [testTensor([3, 2], seed: 91), testTensor([4], seed: 92)]

  private func run<Method: Optimizer<Double>>(
    _ optimizer: inout Method,
    _ parameters: inout [Tensor<Double>],
    _ steps: Range<Int>
  ) {
    for step in steps {
      optimizer.update(
        &parameters,
        gradients: gradients(step),
        rate: 0.1,
        gradientScale: 1
      )
    }
  }

  private func checkValue<Method: Optimizer<Double>>(_ optimizer: Method) throws {
    var (whole, wholeParameters) = (optimizer, start)
    run(&whole, &wholeParameters, 0..<8)
    // Up to step 4, then a copy and a decoded state go on: the same bits, and no effect on the rest.
    var (half, halfParameters) = (optimizer, start)
    run(&half, &halfParameters, 0..<4)
    let keptParameters = halfParameters
    var (copy, copyParameters) = (half, halfParameters)
    run(&copy, &copyParameters, 4..<6)
    run(&copy, &copyParameters, 0..<3)
    #expect(halfParameters == keptParameters)
    #expect(copyParameters != halfParameters)
    let data = try JSONEncoder().encode(half)
    var decoded = try JSONDecoder().decode(Method.self, from: data)
    var decodedParameters = try JSONDecoder().decode(
      [Tensor<Double>].self,
      from: JSONEncoder().encode(halfParameters)
    )
    run(&half, &halfParameters, 4..<8)
    run(&decoded, &decodedParameters, 4..<8)
    for index in 0..<2 {
      #expect(areIdentical(halfParameters[index], wholeParameters[index]))
      #expect(areIdentical(decodedParameters[index], wholeParameters[index]))
    }
    #expect(start == [testTensor([3, 2], seed: 91), testTensor([4], seed: 92)])
  }

  @Test func values() throws {
    try checkValue(Adam<Double>(beta1: 0.7, beta2: 0.9, weightDecay: 0.1))
    try checkValue(Adam<Double>(weightDecay: 0.1, isDecoupled: true))
    try checkValue(SGD<Double>())
    try checkValue(SGD<Double>(momentum: 0.9, dampening: 0.3, weightDecay: 0.1))
    try checkValue(SGD<Double>(momentum: 0.9, isNesterov: true))
  }

  @Test func countsSteps() {
    var optimizer = Adam<Double>()
    var parameters = start
    run(&optimizer, &parameters, 0..<5)
    #expect(optimizer.step == 5)
  }

  /// Without momentum, dampening has nothing to dampen (PyTorch): p ← p − r g at every step.
  @Test func dampeningWithoutMomentum() {
    var (plain, damped) = (SGD<Double>(), SGD<Double>(dampening: 0.5))
    var (p, q) = (start, start)
    run(&plain, &p, 0..<3)
    run(&damped, &q, 0..<3)
    #expect(p == q)
    var expected = start[1]
    for step in 0..<3 { expected = expected - gradients(step)[1] * 0.1 }
    #expect(mismatch(p[1], expected, tolerance: 8 * 0x1p-53 * 2) == nil)
  }

  @Test func dampeningIsFinite() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SGD<Double>(momentum: 0.9, dampening: .nan)
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("the dampening is finite, got nan"), "\(output)")
  }

  /// A norm that is no number has no bound: gradients that are clipped with it are not taken as they are.
  @Test func clippingScale() {
    #expect(GradientClipping.scale(norm: .nan, maximum: 2).isNaN)
    #expect(GradientClipping.scale(norm: .infinity, maximum: 2) == 0)
    #expect(GradientClipping.scale(norm: 1, maximum: 2) == 1)
    #expect(GradientClipping.scale(norm: 3, maximum: .infinity) == 1)
    // One division, of a sum that is rounded once.
    #expect(abs(GradientClipping.scale(norm: 8, maximum: 2) - 2 / (8 + 1e-6)) <= 0x1p-54)
  }

  /// aₙ = (1 − d) Σ dⁿ⁻ᵏ p_k / (1 − dⁿ), of which no update has more than (1 − d)/(1 − dⁿ).
  @Test(arguments: [0.0, 0.5, 0.999]) func averageInClosedForm(_ decay: Double) {
    var average = AveragedParameters<Double>(decay: decay)
    #expect(average.parameters == [])
    let points = (1...20).map { testTensor([5], seed: UInt64($0), as: Double.self) }
    for (index, point) in points.enumerated() {
      average.update([point])
      let count = index + 1
      #expect(average.updates == count)
      // The geometric sum, which does not cancel as 1 − dⁿ does.
      let shares = (0...index).map { pow(decay, Double(index - $0)) }
      let all = shares.reduce(0, +)
      let wanted = zip(points, shares).reduce(Tensor(zeros: [5])) { $0 + $1.0 * ($1.1 / all) }
      // Three roundings an update of numbers below 1.5; and each weight is off by the rounding of dⁿ over
      // 1 − dⁿ, at most one of 1 − d.
      let roundings = 3 * Double(count) + 2 / (1 - decay)
      #expect(mismatch(average.parameters[0], wanted, tolerance: roundings * 0x1p-53 * 1.5) == nil)
    }
    // A value: the copy goes on alone.
    var copy = average
    copy.update([points[0]])
    #expect(copy.parameters != average.parameters || decay == 1)
  }

  /// The warm-up is PyTorch's LinearLR(start_factor: 1/(W + 1), total_iters: W), whose factor after
  /// n steps is s + (1 − s) min(n, W)/W; that formula is checked on the fixture, which has s = 0.1.
  @Test func warmUp() throws {
    func linear(_ start: Double, _ total: Int, _ step: Int) -> Double {
      start + (1 - start) * Double(min(step, total)) / Double(total)
    }
    let fixture = try Fixtures.load("optimizers", as: OptimizerFixture.self)
    let item = try #require(fixture.schedules.last)
    let base = try #require(item.settings["learningRate"])
    let start = try #require(item.settings["startFactor"])
    let count = Int(try #require(item.settings["warmUpSteps"]))
    for step in 0..<count {
      #expect(abs(item.rates[step] - base * linear(start, count, step)) <= 16 * 0x1p-53 * base)
    }
    for count in [1, 2, 5, 100] {
      let schedule = LearningRate(0.3, warmUp: count)
      for step in 0...count + 3 {
        let wanted = 0.3 * linear(1 / Double(count + 1), count, step)
        #expect(abs(schedule(step) - wanted) <= 4 * 0x1p-53 * 0.3)
      }
    }
  }

  @Test func schedules() throws {
    #expect((0..<5).map { LearningRate(0.1)($0) } == [0.1, 0.1, 0.1, 0.1, 0.1])
    let step = LearningRate(1, decay: .step(period: 3, factor: 0.5), warmUp: 2)
    let half: [Double] = [1.0 / 3, 2.0 / 3, 1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    #expect((0..<9).map { step($0) } == half)
    let cosine = LearningRate(2, decay: .cosine(period: 4, final: 1))
    #expect(cosine(0) == 2)
    #expect(abs(cosine(2) - 1.5) <= 4 * 0x1p-53)
    #expect(cosine(4) == 1 && cosine(400) == 1)
    let decoded = try JSONDecoder().decode(LearningRate.self, from: JSONEncoder().encode(step))
    #expect(decoded == step)
  }
}
