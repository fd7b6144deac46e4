import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// What a trained bridge promises whatever its quality.
@Suite struct TrainedBridgeTests {
  /// Sample i starts from row i, in any block, and is carried along in the user's coordinates.
  @Test func pointsOfOnesOwnAreCarriedAlong() throws {
    let fields = ClosureFields(dimension: 2, velocity: { _, x in x * 0 + 1 })
    let points = StandardGaussian(dimension: 2).sample(count: 300, seed: 4)
    let moved = try Sampler(fields).ode(
      count: 301,
      from: try GivenPoints(points),
      method: .euler,
      steps: 1,
      seed: 9
    ).points
    #expect(moved.slice(0..<300) == points + 1)
    // One more begins again.
    #expect(moved.slice(300..<301) == points.slice(0..<1) + 1)
    let backward = try Sampler(fields).ode(
      count: 5,
      from: try GivenPoints(points),
      method: .euler,
      steps: 1,
      direction: .backward,
      seed: 9
    ).points
    #expect(backward == points.slice(0..<5) - 1)
  }

  static let network = MLP(dimension: 1, hidden: [16, 16], activation: .silu)

  /// A short training to N(1000, 200²), in coordinates in which the target is N(0, 1).
  static func oneSided() throws -> Bridge<OneSidedInterpolant<LinearSchedule>> {
    var training = try Training(
      .linear,
      target: Gaussian(mean: Tensor([1_000]), covariance: Tensor(rows: [[40_000]])),
      objectives: [.velocity(network), .score(network, times: 0...0.99)],
      configuration: TrainingConfiguration(
        rows: 256,
        steps: 60,
        learningRate: LearningRate(5e-3),
        seed: 3
      ),
      standardization: Standardization(mean: [1_000], scales: [200])
    )
    while try training.next() != nil {}
    return training.model
  }

  @Test func densityIntegratesToOneInTheUsersCoordinates() throws {
    // The flow is a bijection whatever the network has learned, so ∫ρ̂ = 1. The trapezoid rule over
    // ±8 standard deviations in steps of 1/100 adds less than 1e-8 for a smooth density, RK4 over 100
    // steps about 1e-8, single precision about 1e-6 times the 100 summed divergences.
    let spacing = 2.0
    let grid = (0...1_600).map { -600 + spacing * Double($0) }
    let log = try Self.oneSided().logDensity(Tensor(grid, shape: [grid.count, 1]))
    let mass = log.values.applying(.exp).sum() * spacing
    #expect(abs(mass - 1) < 2e-4, "∫ρ̂ = \(mass)")
  }

  @Test func noiseActsByDefaultWhereTheScoreWasTrained() throws {
    let bridge = try Self.oneSided()
    let standard = try bridge.sample(count: 50, diffusion: .constant(0.5), steps: 20, seed: 4)
    let named = try bridge.sample(
      count: 50,
      diffusion: .constant(0.5, on: 0...0.99),
      steps: 20,
      seed: 4
    )
    #expect(standard.points == named.points)
    let ode = try bridge.sample(count: 50, steps: 20, seed: 4)
    #expect(ode.points != standard.points)
  }

  @Test func stepsByToleranceMeetFixedOnes() throws {
    let bridge = try Self.oneSided()
    let fixed = try bridge.sample(count: 50, steps: 200, seed: 4)
    let chosen = try bridge.sample(
      count: 50,
      tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5),
      saving: [1],
      seed: 4
    )
    #expect(chosen.reports.count == 50 && chosen.trajectory[0] == chosen.points)
    // Some ten steps of 1e-5 each, in units of the standard deviation, 200.
    #expect(chosen.points.isApproximatelyEqual(to: fixed.points, absoluteTolerance: 200 * 1e-4))
    let backward = try bridge.sample(
      count: 50,
      tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5),
      direction: .backward,
      seed: 4
    )
    #expect(backward.points.firstNonFinite == nil && backward.points != chosen.points)
  }

  @Test func aScoreIsNotUsedWhereItWasNotTrained() throws {
    let bridge = try Self.oneSided()
    let error = #expect(throws: SamplingError.self) {
      try bridge.sample(count: 1, diffusion: .constant(0.5, on: 0...1), steps: 10)
    }
    #expect(error == .untrained(used: 0...1, trained: 0...0.99))
  }

  @Test func aDenoiserGivesNoScoreWhereTheLatentVanishes() throws {
    let training = try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: StandardGaussian(dimension: 1),
      target: StandardGaussian(dimension: 1),
      objectives: [.velocity(Self.network), .denoiser(Self.network)],
      configuration: TrainingConfiguration(rows: 128, steps: 1)
    )
    let bridge = training.model
    let error = #expect(throws: SamplingError.self) {
      try bridge.sample(count: 1, diffusion: .constant(1), steps: 10)
    }
    guard case .singularScore(time: 0, let cause) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect("\(cause)".contains("γ = 0"))
    let inner = try bridge.sample(count: 1, diffusion: .constant(1, on: 0.1...0.9), steps: 10)
    #expect(inner.points.firstNonFinite == nil)
  }

  @Test func aStartInsideTheTimesNeedsItsLaw() throws {
    let bridge = try BridgeLogDensityTests.bridge()
    let steps = ErrorTolerance(absolute: 1e-3, relative: 1e-3)
    for draw in [
      { _ = try bridge.sample(count: 1, times: 0.5...1) },
      { _ = try bridge.sample(count: 1, times: 0...0.5, direction: .backward) },
      { _ = try bridge.sample(count: 1, tolerance: steps, times: 0.5...1) },
      {
        _ = try bridge.sample(
          count: 1,
          diffusion: .constant(1),
          method: ShARK(),
          tolerance: steps,
          times: 0.5...1
        )
      },
      { _ = try bridge.logDensity(BridgeLogDensityTests.points, times: 0.5...1) },
      { _ = try bridge.logDensity(BridgeLogDensityTests.points, tolerance: steps, times: 0.5...1) },
    ] as [() throws -> Void] {
      let error = #expect(throws: SamplingError.self) { try draw() }
      #expect(error == .noStart(time: 0.5))
    }
    // ρ(½) = N(½, c₀/4 + c₁/4 + 1/16), in the user's coordinates; ρ₁ there is N(14.5, 10).
    let half = try BridgeLogDensityTests.gaussian(
      7 + 5 * 0.5,
      25 * (0.25 * (ExactNetwork.variance0 + ExactNetwork.variance1) + 0.0625)
    )
    let samples = try bridge.sample(count: 20_000, from: half, steps: 50, times: 0.5...1, seed: 3)
    SamplerTests.checkLaw(samples.points, mean: 14.5, variance: 10, bias: 1e-3)
    let logs = try bridge.logDensity(BridgeLogDensityTests.points, from: half, times: 0.5...1)
    let exact = try BridgeLogDensityTests.exact(.forward)
    // Fields in Float, as at both ends.
    #expect(logs.values.isApproximatelyEqual(to: exact, absoluteTolerance: 200 * 0x1p-22))
  }

  @Test func anEndThatIsNotAtHandIsNamed() throws {
    let whole = try BridgeLogDensityTests.bridge()
    let bridge = Bridge(fields: whole.fields, base: whole.base)
    let error = #expect(throws: SamplingError.self) {
      try bridge.sample(count: 1, direction: .backward)
    }
    #expect(error == .noStart(time: 1))
    #expect(error?.description.contains("t = 1.0 is at hand") == true)
  }

  @Test func aMethodIsTheOneThatWasGiven() throws {
    let bridge = try BridgeLogDensityTests.bridge()
    func draw(_ method: some StochasticMethod) throws -> Tensor<Double> {
      try bridge.sample(count: 9, diffusion: .constant(0.5), method: method, steps: 10).points
    }
    let standard = try bridge.sample(count: 9, diffusion: .constant(0.5), steps: 10).points
    #expect(try draw(SRA1()) == standard)
    #expect(try draw(EulerMaruyama()) != standard)
  }
}
