import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
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

  @Test func theScheduleOfOtherFieldsIsRefused() throws {
    func run<F: Fields>(_ fields: F, _ schedule: some Schedule) throws {
      _ = try Sampler(fields).iteratedDenoiser(
        count: 2,
        from: Self.base,
        schedule: schedule,
        steps: 4,
        targetMean: Tensor([-0.5]),
        seed: 1
      )
    }
    #expect(
      throws: SamplingError.otherSchedule(
        purpose: "the iterated denoiser",
        time: 0.25,
        coefficient: "α",
        given: TrigonometricSchedule().alpha(0.25).value,
        fields: 0.75
      )
    ) { try run(Self.fields, TrigonometricSchedule()) }
    let fromPoint = MixtureFields(
      PointMassInterpolant(
        from: Tensor([1]),
        schedule: LinearSchedule(),
        gamma: FollmerLatent(scale: 1)
      ),
      target: GaussianMixture(isotropic: Tensor(rows: [[-2], [1]]), standardDeviation: 0.5)
    )
    let error = #expect(throws: SamplingError.self) { try run(fromPoint, LinearSchedule()) }
    #expect(error?.description.contains("α = 1.0 at t = 0.0, where these fields have 0.0") == true)
    /// α of the linear schedule, and β = t².
    struct Slow: Schedule {
      func alpha(_ time: Double) -> Coefficient { LinearSchedule().alpha(time) }
      func beta(_ time: Double) -> Coefficient {
        Coefficient(value: time * time, derivative: 2 * time)
      }
    }
    let slow = #expect(throws: SamplingError.self) { try run(Self.fields, Slow()) }
    #expect(
      slow?.description.contains("β = 0.0625 at t = 0.25, where these fields have 0.25") == true
    )
    try run(Self.fields, LinearSchedule())
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
    let backward = try sampler.logDensity(drawn.samples.points, from: Self.base, steps: 200)
    let found = drawn.logDensity.values
    #expect(found.isApproximatelyEqual(to: backward.values, absoluteTolerance: 1e-6))
    let exact = GaussianMixture(isotropic: Tensor(rows: [[-2], [1]]), standardDeviation: 0.5)
      .logDensity(drawn.samples.points)
    #expect(found.isApproximatelyEqual(to: exact, absoluteTolerance: 1e-6))
  }

  @Test func timesWithoutTrainingAreRefused() throws {
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        LearnedField(
          kinds: [.denoiser],
          network: ExactNetwork(kinds: [.denoiser], isTwoSided: false),
          parameters: [],
          times: 0...0.97
        )
      ]
    )
    func draw(_ steps: Int) throws -> Samples {
      try Sampler(fields).iteratedDenoiser(
        count: 3,
        from: Self.base,
        schedule: LinearSchedule(),
        steps: steps,
        targetMean: Tensor([ExactNetwork.mean1]),
        seed: 1
      )
    }
    let error = #expect(throws: SamplingError.self) { try draw(100) }
    #expect(error == .untrained(used: 0...0.99, trained: 0...0.97))
    // Ten steps ask at 0.9 for the last time.
    #expect(try draw(10).points.firstNonFinite == nil)
  }

  @Test func fieldsThatDrawABasePointAreRefused() throws {
    let fields = try FinishingStepTests.fields()
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).iteratedDenoiser(
        count: 2,
        from: Self.base,
        schedule: LinearSchedule(),
        steps: 3,
        targetMean: Tensor([2]),
        seed: 1
      )
    }
    #expect(error == .twoSided(purpose: "the iterated denoiser"))
    #expect(error?.description.contains("one-sided") == true)
  }

  @Test func timesOutsideTheInterpolantAreMisuse() async {
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = try Sampler(IteratedDenoiserTests.fields).iteratedDenoiser(
        count: 2,
        from: IteratedDenoiserTests.base,
        schedule: LinearSchedule(),
        steps: 3,
        times: 0.5...1.5,
        seed: 1
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("an interval inside [0, 1], got 0.5...1.5"))
  }

  /// J = t² x₁ has not the β of the step.
  @Test func whatIsNotLinearIsRefused() throws {
    let interpolant = try CustomOneSidedInterpolant(dimension: 1, schedule: LinearSchedule()) {
      time,
      x1 in time.squared * x1
    }
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    let fields = LearnedFields(
      interpolant: interpolant,
      fields: [.untrained([.denoiser], network, seed: 1)]
    )
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).iteratedDenoiser(
        count: 2,
        from: StandardGaussian(dimension: 1),
        schedule: LinearSchedule(),
        steps: 3,
        targetMean: Tensor([0]),
        seed: 1
      )
    }
    #expect(error == .notLinear(purpose: "the iterated denoiser"))
    #expect(error?.description.contains("not linear in x₁; follow their ODE or SDE") == true)
  }

  @Test func theMeanHasAllComponents() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Sampler(ClosureFields(dimension: 2, velocity: { _, x in x })).iteratedDenoiser(
        count: 2,
        from: StandardGaussian(dimension: 2),
        schedule: LinearSchedule(),
        steps: 3,
        targetMean: Tensor([0.3]),
        seed: 1
      )
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("the mean of x₁ has 2 components, got the shape [1]"), "\(text)")
  }
}
