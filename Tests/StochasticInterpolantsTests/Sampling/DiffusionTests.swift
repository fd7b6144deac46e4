import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// ε by name, and where each acts.
@Suite struct DiffusionTests {
  static let interpolant = OneSidedInterpolant<LinearSchedule>.linear

  /// Every name, on given times.
  static func all(on times: ClosedRange<Double>) -> [(name: String, diffusion: Diffusion)] {
    let (start, end) = (times.lowerBound, times.upperBound)
    return [
      ("γ", .latent(1, of: interpolant, on: times)),
      ("γ²", .latent(1, power: 2, of: interpolant, on: times)),
      ("least KL", .klOptimal(LinearSchedule(), from: start, to: end)),
      ("α", .noiseLevel(LinearSchedule(), on: times)),
      ("1 − t", .decreasingLinearly(on: times)),
      ("decreasing", .decreasing(on: times)),
      ("sin²", .increasingDecreasing(on: times)),
      ("sin² over γ", .increasingDecreasing(of: interpolant, on: times)),
    ]
  }

  @Test func everyNameActsWhereItIsToldTo() throws {
    let own = MarginalTests.cases[2]
    let sampler = Sampler(own.fields)
    let (count, steps, seed) = (20, 20, UInt64(5))
    let flow = try sampler.ode(
      count: count,
      from: own.start,
      method: .heun,
      steps: steps,
      saving: [0.5],
      seed: seed
    )
    for (name, diffusion) in Self.all(on: 0.5...0.9) {
      #expect(diffusion.times == 0.5...0.9, "\(name)")
      let samples = try sampler.sde(
        count: count,
        from: own.start,
        diffusion: diffusion,
        steps: steps,
        saving: [0.5, 0.55],
        seed: seed
      )
      // Before it acts a path is that of the flow, in the same steps but for the rounding of their ends.
      #expect(
        samples.trajectory[0].isApproximatelyEqual(to: flow.trajectory[0], relativeTolerance: 1e-9),
        "\(name)"
      )
      #expect(samples.points != flow.points, "\(name)")
    }
  }

  @Test func everyNameKeepsTheLawOnAPartOfTheTimes() throws {
    for (name, diffusion) in Self.all(on: 0.1...0.9) {
      for direction in [Direction.forward, .backward] {
        let z = try MarginalTests.largestScore(MarginalTests.cases[2], diffusion, direction)
        #expect(z < 5, "ε = \(name), \(direction)")
      }
    }
  }

  @Test(arguments: [0, 1, 3])
  func anEpsilonDividedByAnotherAlphaKeepsTheLawToo(_ index: Int) throws {
    // ε/α of the linear schedule is not ε/γ of these fields, whose latent is √(t(1−t)), t(1−t) or √(1−t²).
    for (name, diffusion) in [
      ("α", Diffusion.noiseLevel(LinearSchedule(), on: 0.1...0.9)),
      ("least KL", .klOptimal(LinearSchedule(), from: 0.1, to: 0.9)),
      ("γ of another", .latent(2, of: Self.interpolant, on: 0.1...0.9)),
    ] {
      for direction in [Direction.forward, .backward] {
        let z = try MarginalTests.largestScore(MarginalTests.cases[index], diffusion, direction)
        #expect(z < 5, "ε = \(name), \(direction)")
      }
    }
  }

  @Test func withoutTimesANameActsWhereTheFieldsWereTrained() throws {
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    func learned(_ kind: VectorField, _ times: ClosedRange<Double>) -> LearnedField {
      LearnedField.untrained([kind], network, seed: 1, times: times)
    }
    let sampler = Sampler(
      LearnedFields(
        interpolant: Self.interpolant,
        fields: [learned(.velocity, 0...1), learned(.score, 0.1...0.9)]
      )
    )
    func draw(_ diffusion: Diffusion) throws -> Tensor<Double> {
      try sampler.sde(
        count: 5,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 10,
        seed: 1
      ).points
    }
    let (here, everywhere) = (0.1...0.9, 0.0...1.0)
    for (own, inside, outside) in [
      (
        Diffusion.latent(1, of: Self.interpolant),
        Diffusion.latent(1, of: Self.interpolant, on: here),
        Diffusion.latent(1, of: Self.interpolant, on: everywhere)
      ),
      (
        .noiseLevel(LinearSchedule()), .noiseLevel(LinearSchedule(), on: here),
        .noiseLevel(LinearSchedule(), on: everywhere)
      ),
      (.constant(1), .constant(1, on: here), .constant(1, on: everywhere)),
    ] {
      #expect(try draw(own) == draw(inside))
      #expect(throws: SamplingError.untrained(used: everywhere, trained: here)) {
        try draw(outside)
      }
    }
  }

  @Test func anOptionalNoiseThatWouldActNowhereIsRefused() throws {
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    let trained = 0.2...0.8
    let fields: [LearnedField] = [
      .untrained([.velocity], network, seed: 1),
      .untrained([.score], network, seed: 1, times: trained),
    ]
    let sampler = Sampler(LearnedFields(interpolant: Self.interpolant, fields: fields))
    let (base, tolerance) = (
      StandardGaussian(dimension: 1), ErrorTolerance(absolute: 0.1, relative: 0)
    )
    let linear = LinearPart.gaussian(Self.interpolant, targetVariance: 1)
    func draws(_ used: ClosedRange<Double>, _ diffusion: Diffusion) -> [() throws -> Void] {
      [
        {
          _ = try sampler.sde(
            count: 2,
            from: base,
            diffusion: diffusion,
            steps: 2,
            times: used,
            seed: 1
          )
        },
        {
          _ = try sampler.sde(
            count: 2,
            from: base,
            diffusion: diffusion,
            tolerance: tolerance,
            times: used,
            seed: 1
          )
        },
        {
          _ = try sampler.exponential(
            count: 2,
            from: base,
            linear: linear,
            diffusion: diffusion,
            steps: 2,
            times: used,
            seed: 1
          )
        },
      ]
    }
    for used in [0...0.2, 0...0.1, 0.8...1] {
      for draw in draws(used, .constant(1)) {
        #expect(throws: SamplingError.noNoise(used: used, trained: trained)) { try draw() }
      }
      // With times of its own it may be on the way through several runs.
      for draw in draws(used, .constant(1, on: trained)) {
        #expect(throws: Never.self) { try draw() }
      }
    }
  }

  @Test func aScoreThatIsSingularAtAnEndIsLeftOut() throws {
    // From b alone the score of a one-sided bridge is not determined at t = 1, also where ε is 0 there.
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    let learned = LearnedFields(
      interpolant: Self.interpolant,
      fields: [
        .untrained([.velocity], network, seed: 1)
      ]
    )
    func draw(_ diffusion: Diffusion) throws -> Samples {
      try Sampler(learned).sde(
        count: 5,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 10,
        seed: 1
      )
    }
    for diffusion in [Diffusion.decreasing(), .decreasingLinearly(), .increasingDecreasing()] {
      let error = #expect(throws: SamplingError.self) { try draw(diffusion) }
      guard case .singularScore(time: 1, let cause) = error else {
        Issue.record("\(error as Any)")
        continue
      }
      #expect("\(cause)".contains("γ = 0"))
    }
    let inner = 0...0.9
    for diffusion in [
      Diffusion.decreasing(on: inner), .decreasingLinearly(on: inner),
      .increasingDecreasing(on: inner),
    ] {
      #expect(try draw(diffusion).points.firstNonFinite == nil)
    }
  }

  /// b trained at all times and s on some, of a bridge from N(0, 1).
  static func trained(_ times: ClosedRange<Double>) -> Sampler<
    LearnedFields<OneSidedInterpolant<LinearSchedule>>
  > {
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    return Sampler(
      LearnedFields(
        interpolant: interpolant,
        fields: [
          .untrained([.velocity], network, seed: 1),
          .untrained([.score], network, seed: 1, times: times),
        ]
      )
    )
  }

  @Test func aTimeBesideTheEndOfTheNoiseIsThatEnd() throws {
    let (base, low, high) = (StandardGaussian(dimension: 1), 0.01, 0.95)
    func draw(_ saving: [Double], _ direction: Direction = .forward) throws -> Samples {
      try Self.trained(low...high).sde(
        count: 5,
        from: base,
        diffusion: .constant(0.5),
        steps: 64,
        direction: direction,
        saving: saving,
        seed: 1
      )
    }
    let twentieths = Array(stride(from: 0, through: 1, by: 0.05))
    #expect(twentieths[19] == high.nextUp)
    let kept = try draw(twentieths)
    #expect(kept.trajectory.count == 21 && kept.trajectory[20] == kept.points)
    var exact = twentieths
    exact[19] = high
    #expect(try draw(exact).trajectory == kept.trajectory)
    for direction in [Direction.forward, .backward] {
      let near = try draw([high.nextUp, low.nextDown], direction)
      #expect(try near.trajectory == draw([high, low], direction).trajectory)
    }
    // A time of the steps' own: 0.2 + 0.8 · 7/8.
    let sampler = Self.trained(0.01...0.9)
    let samples = try sampler.sde(
      count: 5,
      from: base,
      diffusion: .constant(0.5),
      steps: 8,
      times: 0.2...1,
      seed: 1
    )
    #expect(samples.points.firstNonFinite == nil)
    let logs = try sampler.sdeLogDensity(
      Tensor(rows: [[0.3]]),
      from: base,
      diffusion: .constant(0.5),
      paths: 2,
      steps: 8,
      times: 0.2...1,
      seed: 1
    )
    #expect(logs.values.firstNonFinite == nil)
  }

  @Test func anEpsilonOverALatentWithASteepEndTakesTheScore() throws {
    // ½ over √(1 − t²) is infinite at t = 1, where s is finite.
    func diffusion(on times: ClosedRange<Double>? = nil) -> Diffusion {
      .custom(on: times, overLatent: { 0.5 / (1 - $0 * $0).squareRoot() }, { _ in 0.5 })
    }
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    func draw(
      _ diffusion: Diffusion,
      trained: ClosedRange<Double> = 0...1,
      times: ClosedRange<Double> = 0...1
    ) throws -> Tensor<Double> {
      try Sampler(
        LearnedFields(
          interpolant: OneSidedInterpolant.sbdm,
          fields: [
            .untrained([.velocity], network, seed: 1),
            .untrained([.denoiser], network, seed: 2, times: trained),
          ]
        )
      ).sde(
        count: 5,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 10,
        times: times,
        seed: 1
      ).points
    }
    #expect(try draw(diffusion()) == draw(diffusion(on: 0...1)))
    // Where it does not act up to that end it takes the denoiser.
    let inner = 0...0.9
    #expect(try draw(diffusion(), trained: inner) == draw(diffusion(on: inner)))
    #expect(try draw(diffusion(), times: inner) == draw(diffusion(on: inner), times: inner))
  }

  @Test func aRatioThatIsNotFiniteIsNamed() throws {
    // Infinite at one time of the grid, ε itself ½.
    let diffusion = Diffusion.custom(
      on: 0.1...0.9,
      overLatent: { abs($0 - 0.3) < 1e-6 ? .infinity : 0.5 / (1 - $0) },
      { _ in 0.5 }
    )
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    let fields = LearnedFields(
      interpolant: Self.interpolant,
      fields: [.untrained([.denoiser], network, seed: 1)],
      targetMean: Tensor([0.0])
    )
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).sde(
        count: 1,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 10,
        seed: 1
      )
    }
    #expect(error?.description.hasPrefix("ε/γ is inf at t = 0.3") == true)
  }
}
