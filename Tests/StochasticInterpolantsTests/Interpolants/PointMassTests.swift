import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Bridges from one point: section 3.1 and arXiv 2403.13724.
@Suite struct PointMassTests {
  static let source = Tensor<Double>([0.5, -1])

  /// α = 1 − t², β = t²: ∂_t I = 0 at t = 0, as the theorem of section 3.1 asks.
  struct QuadraticSchedule: Schedule {
    func alpha(_ time: Double) -> Coefficient {
      Coefficient(value: 1 - time * time, derivative: -2 * time)
    }
    func beta(_ time: Double) -> Coefficient {
      Coefficient(value: time * time, derivative: 2 * time)
    }
  }

  static func cases() -> [(String, AnyInterpolant)] {
    func own(_ schedule: some Schedule, _ gamma: some LatentSchedule) -> AnyInterpolant {
      AnyInterpolant(PointMassInterpolant(from: source, schedule: schedule, gamma: gamma))
    }
    return [
      ("Föllmer, β = t", own(LinearSchedule(), FollmerLatent(scale: 1.3))),
      ("Föllmer, β = t²", own(QuadraticSchedule(), FollmerLatent(scale: 0.8))),
      ("diffusive", own(QuadraticSchedule(), DiffusiveLatent(0.5))),
      ("Brownian bridge", own(LinearSchedule(), BrownianLatent(scale: 1.5))),
    ]
  }

  @Test func theDriftIsRegularAtBothEnds() throws {
    let target = try ExactCase.target()
    let points = RandomBlock(seed: 4, samples: 0..<50).normal(columns: 2)
    for (name, interpolant) in Self.cases() {
      let fields = MixtureFields(interpolant, target: target)
      let linear = try #require(interpolant.linearCoefficients(0))
      // u(0, x₀) = α̇(0)x₀ + β̇(0)E[x₁].
      let start = fields(0, Self.source.reshaped([1, 2]), wanted: .drift).drift
      let expected = Self.source * linear.alpha.derivative + target.mean * linear.beta.derivative
      #expect(
        start.isApproximatelyEqual(to: expected.reshaped([1, 2]), absoluteTolerance: 1e-14),
        "\(name)"
      )
      #expect(fields(1, points, wanted: .drift).drift.firstNonFinite == nil, "\(name)")
      // u = b + εs wherever both exist.
      for time in [0.2, 0.6, 1] {
        let values = fields(time, points, wanted: [.drift, .velocity, .score])
        let process = try #require(interpolant.process(time))
        let sum = values.velocity + values.score * process.diffusion
        #expect(values.drift.isApproximatelyEqual(to: sum, absoluteTolerance: 1e-10), "\(name)")
      }
      // The velocity is singular at the point, and says so.
      #expect(fields.obstacle(to: .velocity, at: 0) != nil)
    }
  }

  @Test func theDiffusiveDriftEndsInTheTargetsScore() throws {
    // u(1, x) = ∂_t I(1, x₀, x) + 2a ∇log ρ₁(x) (after (3.11)); ∂_t I(1) = 2(x − x₀) here, and the
    // drift is b + as with b(1) = ∂_t I + as.
    let interpolant = PointMassInterpolant(
      from: Self.source,
      schedule: QuadraticSchedule(),
      gamma: DiffusiveLatent(0.5)
    )
    let fields = MixtureFields(interpolant, target: try ExactCase.target())
    let points = RandomBlock(seed: 5, samples: 0..<50).normal(columns: 2)
    let values = fields(1, points, wanted: [.drift, .score])
    let expected = (points - Self.source) * 2 + values.score * (2 * 0.5)
    #expect(values.drift.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-11))
  }

  @Test func theTargetOfTheDriftHasItAsMean() throws {
    let target = try ExactCase.target()
    let count = 60_000
    let block = RandomBlock(seed: 6, samples: 0..<count)
    for (name, interpolant) in Self.cases() {
      let fields = MixtureFields(interpolant, target: target)
      for time in [0.05, 0.4, 0.9] {
        let linear = try #require(interpolant.linearCoefficients(time))
        let process = try #require(interpolant.process(time))
        let x1 = target.sample(block.inStream(200))
        let z = block.inStream(300).normal(columns: 2)
        let x =
          Self.source * linear.alpha.value + x1 * linear.beta.value + z * linear.latent.value
        let wanted =
          Self.source * linear.alpha.derivative + x1 * linear.beta.derivative + z * process.slope
        let error = wanted - fields(time, x, wanted: .drift).drift
        for feature in [x, x.applying(.sin), x.applying(.cos)] {
          let products = error * feature
          for component in 0..<2 {
            let own = products.slice(component..<component + 1, along: 1)
            let mean = own.mean()
            let variance = own.sumOfSquares / Double(count) - mean * mean
            #expect(
              abs(mean) < 5 * (variance / Double(count)).squareRoot(),
              "\(name) at t = \(time)"
            )
          }
        }
      }
    }
  }

  static let diffusions: [(String, Diffusion)] = [
    ("the process", .process),
    (
      "retuned to Föllmer's",
      .custom(on: 0.02...1, elsewhere: .process) { 0.5 * 1.69 * (1 - $0 * $0) }
    ),
    ("retuned to a constant", .constant(0.3, on: 0.02...1, elsewhere: .process)),
  ]

  @Test func everyNoiseCarriesThePointToTheTarget() throws {
    let target = try ExactCase.target()
    let interpolant = PointMassInterpolant(
      from: Self.source,
      schedule: LinearSchedule(),
      gamma: FollmerLatent(scale: 1.3)
    )
    let fields = MixtureFields(interpolant, target: target)
    let count = 20_000
    let named = Diffusion.follmer(of: interpolant, on: 0.02...1)
    for (name, diffusion) in Self.diffusions + [("Föllmer's by name", named)] {
      let samples = try Sampler(fields).sde(
        count: count,
        from: interpolant.base(of: target),
        diffusion: diffusion,
        steps: 200,
        saving: [0.5],
        seed: 7
      )
      for (time, points) in [(0.5, samples.trajectory[0]), (1.0, samples.points)] {
        let (mean, covariance) = (fields.mean(time), fields.covariance(time))
        let found = points.mean(along: 0)
        let centred = points - mean
        for component in 0..<2 {
          let error = (covariance[component, component] / Double(count)).squareRoot()
          // Five standard errors, and 0.005 for 200 steps of second order: h² = 2.5e-5 times 200.
          #expect(abs(found[component] - mean[component]) < 5 * error + 0.005, "\(name), \(time)")
          let squares = centred.slice(component..<component + 1, along: 1)
          let variance = squares.sumOfSquares / Double(count)
          let exact = covariance[component, component]
          // The fourth moments of these mixtures are below 3 C².
          let spread = exact * (2 / Double(count)).squareRoot()
          #expect(abs(variance - exact) < 5 * spread + 0.01, "\(name), \(time)")
        }
      }
    }
    // Any ε has this law: by name it is the closed form's.
    func end(_ diffusion: Diffusion) throws -> Tensor<Double> {
      try Sampler(fields).sde(
        count: 5,
        from: interpolant.base(of: target),
        diffusion: diffusion,
        steps: 20,
        seed: 7
      ).points
    }
    let exact = Diffusion.custom(on: 0.02...1, elsewhere: .process) { 0.5 * 1.69 * (1 - $0 * $0) }
    // Two ways to round ε in 20 steps of numbers below 10.
    #expect(try end(named).isApproximatelyEqual(to: end(exact), absoluteTolerance: 1e-11))
    // Without the process there is no way out of the point.
    #expect(throws: SamplingError.self) {
      _ = try Sampler(fields).sde(
        count: 2,
        from: interpolant.base(of: target),
        diffusion: .constant(0.4),
        steps: 10,
        seed: 0
      )
    }
  }

  @Test func follmersNoiseIsTheClosedForm() {
    for time in [0, 0.1, 0.5, 0.9, 1] {
      let first = PointMassInterpolant(
        from: Self.source,
        schedule: LinearSchedule(),
        gamma: FollmerLatent(scale: 1.3)
      )
      let exact = 0.5 * 1.69 * (1 - time) * (1 + time)
      #expect(abs(first.follmerDiffusion(time) - exact) < 1e-14)
      let second = PointMassInterpolant(
        from: Self.source,
        schedule: QuadraticSchedule(),
        gamma: FollmerLatent(scale: 1.3)
      )
      #expect(
        abs(second.follmerDiffusion(time) - 0.5 * 1.69 * (1 - time) * (3 - time)) < 1e-14
      )
    }
  }

  /// u of a bridge from 2 to N(−1, ½) with γ = (1−t)√t as a network that is the closed form.
  struct Drift: ParameterFreeNetwork {
    func callAsFunction<Scalar>(
      _ parameters: [Variable<Scalar>],
      time t: Variable<Scalar>,
      points x: Variable<Scalar>
    ) -> Variable<Scalar> {
      // C = t²/2 + t(1−t)², Cov(target, x) = t/2 − (1−t)t, both divided by t, so that u(0, 2) = −3.
      let late = 1 - t
      let variance = t * 0.5 + late * late
      return (0.5 - late) * (x - 2 * late + t) / variance - 3
    }
  }

  static let fromTwo = PointMassInterpolant(
    from: Tensor([2.0]),
    schedule: LinearSchedule(),
    gamma: FollmerLatent()
  )

  @Test func theScoreFollowsFromALearnedDrift() throws {
    let interpolant = Self.fromTwo
    let exact = MixtureFields(
      interpolant,
      target: GaussianMixture(
        isotropic: Tensor(rows: [[-1]]),
        standardDeviation: 0.5.squareRoot()
      )
    )
    let learned = LearnedFields(
      interpolant: interpolant,
      fields: [LearnedField(kind: .drift, network: Drift(), parameters: [], times: 0...1)]
    )
    let points = Tensor(rows: [[-1.0], [0.2], [1.5]])
    let wanted: Quantities = [.velocity, .score, .drift, .denoiser, .targetDenoiser]
    for time in [0.2, 0.5, 0.9] {
      let (found, expected) = (learned(time, points, wanted: wanted), exact(time, points))
      for (found, expected) in [
        (found.velocity, expected.velocity), (found.score, expected.score),
        (found.drift, expected.drift), (found.denoiser, expected.denoiser),
        (found.targetDenoiser, expected.targetDenoiser),
      ] {
        // Float fields of size 10 through the factor 1/(γ(γβ̇ − βδ)) < 40.
        #expect(found.isApproximatelyEqual(to: expected, absoluteTolerance: 400 * 0x1p-23))
      }
    }
    #expect(learned.obstacle(to: .score, at: 0) != nil)
    #expect(learned.obstacle(to: .drift, at: 0) == nil)
  }

  @Test func withoutNoiseALearnedDriftIsFollowedByItsFlow() throws {
    // From t = 0.2 on b = u − εs alone is asked for: at t = 1 ε = 0 and s does not follow from u.
    let learned = LearnedFields(
      interpolant: Self.fromTwo,
      fields: [LearnedField(kind: .drift, network: Drift(), parameters: [], times: 0...1)]
    )
    let samples = try Sampler(learned).sde(
      count: 20_000,
      from: PointMass(Tensor([2.0])),
      diffusion: .constant(0, on: 0.2...1, elsewhere: .process),
      steps: 200,
      seed: 7
    ).points
    // Five standard errors of N(−1, ½), and 0.005 for 200 steps of order 2: h² = 2.5e-5 times a third
    // derivative below 200.
    let (mean, count) = (samples.mean(), 20_000.0)
    let variance = samples.sumOfSquares / count - mean * mean
    #expect(abs(mean + 1) < 5 * (0.5 / count).squareRoot() + 0.005)
    #expect(abs(variance - 0.5) < 5 * 0.5 * (2 / count).squareRoot() + 0.005)
  }

  @Test func outsideTheTrainedTimesOfANoiseThePathFollowsTheProcess() throws {
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh, heads: 2)
    let trained = 0.2...0.8
    let learned = LearnedFields(
      interpolant: Self.fromTwo,
      fields: [
        LearnedField(kind: .drift, network: Drift(), parameters: [], times: 0...1),
        .untrained([.velocity, .score], network, seed: 1, times: trained),
      ]
    )
    func draw(_ diffusion: Diffusion, _ times: ClosedRange<Double>) throws -> Tensor<Double> {
      try Sampler(learned).sde(
        count: 5,
        from: PointMass(Tensor([2.0])),
        diffusion: diffusion,
        steps: 10,
        times: times,
        seed: 7
      ).points
    }
    for noise in [0, 0.3] {
      let own = Diffusion.constant(noise, elsewhere: .process)
      #expect(try draw(own, 0...0.1) == draw(.process, 0...0.1))
      let named = Diffusion.constant(noise, on: trained, elsewhere: .process)
      #expect(try draw(own, 0...1) == draw(named, 0...1))
      #expect(try draw(own, 0...1) != draw(.process, 0...1))
    }
  }
}
