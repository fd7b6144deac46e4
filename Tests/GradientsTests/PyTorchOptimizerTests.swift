import Foundation
import Gradients
import Tensors
import TestSupport
import Testing

/// Ten steps of every optimiser at hostile settings against PyTorch in float64.
@Suite struct PyTorchOptimizerTests {
  /// aᵢ pᵢ³ + bᵢ cos(bᵢ pᵢ).
  private func slope(_ p: Tensor<Double>, _ fixture: OptimizerFixture) -> Tensor<Double> {
    let (a, b) = (Tensor(fixture.quartic), Tensor(fixture.frequency))
    return a * p * p * p + b * (b * p).applying(.cos)
  }

  private func rows(
    _ optimizer: some Optimizer<Double>,
    rate: Double,
    _ fixture: OptimizerFixture
  ) -> [[Double]] {
    var optimizer = optimizer
    var parameters = [Tensor(fixture.start)]
    return (0..<10).map { _ in
      optimizer.update(
        &parameters,
        gradients: [slope(parameters[0], fixture)],
        rate: rate,
        gradientScale: 1
      )
      return parameters[0].elements
    }
  }

  private func rows(_ item: OptimizerFixture.Case, _ fixture: OptimizerFixture) -> [[Double]] {
    let settings = item.settings
    if item.optimizer == "SGD" {
      let optimizer = SGD<Double>(
        momentum: settings.momentum ?? .nan,
        dampening: settings.dampening ?? .nan,
        weightDecay: settings.weightDecay,
        isNesterov: settings.nesterov ?? false
      )
      return rows(optimizer, rate: settings.learningRate, fixture)
    }
    let optimizer = Adam<Double>(
      beta1: settings.beta1 ?? .nan,
      beta2: settings.beta2 ?? .nan,
      epsilon: settings.epsilon ?? .nan,
      weightDecay: settings.weightDecay,
      isDecoupled: item.optimizer == "AdamW"
    )
    return rows(optimizer, rate: settings.learningRate, fixture)
  }

  /// A rounding of the first step has grown by `amplification` (measured by PyTorch, up to 5,450)
  /// in the tenth: 10⁻¹² of the largest parameter where that is below 1,000 (some four roundings a
  /// step), else in proportion.
  @Test func tenSteps() throws {
    let fixture = try Fixtures.load("optimizers", as: OptimizerFixture.self)
    #expect(Set(fixture.optimizers.map(\.optimizer)) == ["SGD", "Adam", "AdamW"])
    for item in fixture.optimizers {
      let found = rows(item, fixture).flatMap { $0 }
      let wanted = item.parameters.flatMap { $0 }
      let tolerance = 1e-12 * max(1, item.amplification / 1_000) * magnitude(wanted)
      let problem = mismatch(found, wanted) { _ in tolerance }
      #expect(problem == nil, "\(item.optimizer) \(item.name)")
    }
  }

  @Test func clipping() throws {
    let fixture = try Fixtures.load("optimizers", as: OptimizerFixture.self)
    for item in fixture.clipping {
      let gradients = item.gradients.map { Tensor($0) }
      let norm = GradientClipping.norm(of: gradients)
      #expect(abs(norm - item.totalNorm) <= 4 * 0x1p-53 * item.totalNorm)
      let factor = GradientClipping.scale(norm: norm, maximum: item.maxNorm)
      for (gradient, wanted) in zip(gradients, item.clipped) {
        let problem = mismatch((gradient * factor).elements, wanted) {
          8 * 0x1p-53 * abs(wanted[$0])
        }
        #expect(problem == nil)
      }
    }
  }

  /// The scale is applied before everything else, in the same pass.
  @Test func gradientScale() {
    let gradient: [Tensor<Double>] = [testTensor([7], seed: 2)]
    func check(_ make: () -> some Optimizer<Double>) {
      var (first, second) = (make(), make())
      var p: [Tensor<Double>] = [testTensor([7], seed: 1)]
      var q = p
      for _ in 0..<3 {
        first.update(&p, gradients: gradient, rate: 0.1, gradientScale: 0.25)
        second.update(&q, gradients: gradient.map { $0 * 0.25 }, rate: 0.1, gradientScale: 1)
      }
      #expect(p == q)
    }
    check { Adam<Double>(weightDecay: 0.1) }
    check { SGD<Double>(momentum: 0.9, weightDecay: 0.1) }
  }

  /// The rates of PyTorch's schedulers: cos and pow of two libraries, a few roundings.
  @Test func schedules() throws {
    let fixture = try Fixtures.load("optimizers", as: OptimizerFixture.self)
    for item in fixture.schedules {
      let settings = item.settings
      let base = try #require(settings["learningRate"])
      let schedule: LearningRate
      var first = 0
      switch item.name {
      case "step":
        let (period, factor) = (settings["interval"] ?? 0, settings["factor"] ?? 0)
        schedule = LearningRate(base, decay: .step(period: Int(period), factor: factor))
      case "cosine":
        let (period, final) = (settings["steps"] ?? 0, settings["minimum"] ?? 0)
        schedule = LearningRate(base, decay: .cosine(period: Int(period), final: final))
      default:
        let (period, final) = (settings["steps"] ?? 0, settings["minimum"] ?? 0)
        first = Int(settings["warmUpSteps"] ?? 0)
        schedule = LearningRate(
          base,
          decay: .cosine(period: Int(period), final: final),
          warmUp: first
        )
      }
      let problem = mismatch(
        (first...20).map { schedule($0) },
        Array(item.rates[first...])
      ) { _ in 16 * 0x1p-53 * base }
      #expect(problem == nil, "\(item.name)")
    }
  }

  /// PyTorch's averages begin with p₁ in full: dⁿ⁻¹ p₁ + (1 − d) Σ dⁿ⁻ᵏ p_k from k = 2 on.
  ///
  /// Without dⁿ p₁ and over 1 − dⁿ they are these.
  @Test func averages() throws {
    let fixture = try Fixtures.load("optimizers", as: OptimizerFixture.self)
    for item in fixture.averages {
      var average = AveragedParameters<Double>(decay: item.decay)
      let first = try #require(item.values.first)
      for (index, row) in item.values.enumerated() {
        average.update([Tensor(row)])
        let kept = pow(item.decay, Double(index + 1))
        let wanted = zip(item.averages[index], first).map { ($0 - kept * $1) / (1 - kept) }
        // Two roundings an update of numbers below 1, six updates, on either side; theirs over 1 − dⁿ.
        let bound = 12 * 0x1p-53 * (1 + 2 / (1 - kept))
        let problem = mismatch(average.parameters[0].elements, wanted) { _ in bound }
        #expect(problem == nil)
      }
    }
  }
}
