import Integrators
import StochasticInterpolants
import Tensors
import Testing

@Suite struct IteratedDenoiserTests {
  static let fields = MixtureFields(
    OneSidedInterpolant.linear,
    target: GaussianMixture(isotropic: Tensor(rows: [[-2], [1]]), standardDeviation: 0.5)
  )
  static let base = StandardGaussian(dimension: 1)

  @Test func itIsOfFirstOrderForTheFlow() throws {
    let sampler = Sampler(Self.fields)
    let exact = try sampler.ode(count: 200, from: Self.base, steps: 800, seed: 1).points
    let errors = try [64, 128, 256].map { steps -> Double in
      let found = try sampler.iteratedDenoiser(
        count: 200,
        from: Self.base,
        schedule: LinearSchedule(),
        steps: steps,
        targetMean: Tensor([-0.5]),
        seed: 1
      )
      #expect(found.evaluations == steps)
      return (found.points - exact).sumOfSquares.squareRoot()
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(coarse / fine - 2) < 0.2, "\(errors)")
    }
  }

  @Test func oneStepIsTheDenoiserOfTheData() throws {
    // From t = 0.4 to 1 at once: η₁.
    let points = Self.base.sample(RandomBlock(seed: 4, samples: 0..<50).inStream(0x0200))
    let found = try Sampler(Self.fields).iteratedDenoiser(
      count: 50,
      from: Self.base,
      schedule: LinearSchedule(),
      steps: 1,
      times: 0.4...1,
      seed: 4
    )
    let exact = Self.fields(0.4, points, wanted: .targetDenoiser).targetDenoiser
    #expect(found.points.isApproximatelyEqual(to: exact, absoluteTolerance: 1e-12))
  }

  @Test func theStartNeedsTheMean() {
    #expect(throws: SamplingError.self) {
      _ = try Sampler(Self.fields).iteratedDenoiser(
        count: 2,
        from: Self.base,
        schedule: LinearSchedule(),
        steps: 3,
        seed: 1
      )
    }
  }

  @Test func samplesComeWithTheirLogDensity() throws {
    let sampler = Sampler(Self.fields)
    let drawn = try sampler.odeWithLogDensity(count: 300, from: Self.base, steps: 200, seed: 2)
    let plain = try sampler.ode(count: 300, from: Self.base, steps: 200, seed: 2)
    #expect(drawn.samples.points == plain.points)
    // Forward, backward and exact: fourth order, (1/200)⁴ times derivatives below 10³.
    let backward = try sampler.logDensity(drawn.samples.points, start: Self.base, steps: 200)
    let found = drawn.logDensity.values
    #expect(found.isApproximatelyEqual(to: backward.values, absoluteTolerance: 1e-6))
    let exact = GaussianMixture(isotropic: Tensor(rows: [[-2], [1]]), standardDeviation: 0.5)
      .logDensity(drawn.samples.points)
    #expect(found.isApproximatelyEqual(to: exact, absoluteTolerance: 1e-6))
  }
}
