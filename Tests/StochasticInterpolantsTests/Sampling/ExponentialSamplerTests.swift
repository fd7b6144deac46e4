import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// The exponential method through the sampler: what it takes exactly, its order, and the law.
@Suite struct ExponentialSamplerTests {
  /// A bridge between N(0, c₀) and N(0, c₁), and the linear part that is all of its drift.
  struct Centred: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fields: MixtureFields<AnyInterpolant>
    let linear: LinearPart
    let variances: (start: Double, end: Double)
    var dimension: Int { fields.dimension }

    static func gaussian(_ variance: Double, dimension: Int = 1) -> GaussianMixture {
      GaussianMixture(
        isotropic: Tensor(zeros: [1, dimension]),
        standardDeviation: variance.squareRoot()
      )
    }

    init(_ name: String, _ interpolant: some CoupledInterpolant, _ base: Double, _ end: Double) {
      testDescription = name
      variances = (base, end)
      fields = MixtureFields(
        AnyInterpolant(interpolant),
        base: Self.gaussian(base),
        target: Self.gaussian(end)
      )
      linear = .gaussian(interpolant, baseVariance: base, targetVariance: end)
    }

    init(
      _ name: String,
      _ interpolant: some TargetInterpolant,
      _ base: Double,
      _ end: Double,
      dimension: Int = 1
    ) {
      testDescription = name
      variances = (base, end)
      fields = MixtureFields(
        AnyInterpolant(interpolant),
        target: Self.gaussian(end, dimension: dimension)
      )
      linear = .gaussian(interpolant, targetVariance: end)
    }
  }

  static let centred: [Centred] = {
    var all = [
      Centred("linear, Brownian", .linear(gamma: BrownianLatent()), 0.5, 1.5),
      Centred("trigonometric, quadratic", .trigonometric(gamma: QuadraticLatent()), 0.5, 1.5),
      Centred("one-sided trigonometric", .trigonometric, 1, 0.5),
    ]
    do {
      let base = try GaussianBaseInterpolant(
        schedule: LinearSchedule(),
        covariance: Tensor(rows: [[2.5]])
      )
      all.append(Centred("from N(0, 2.5)", base, 2.5, 1.2))
      let plane = try GaussianBaseInterpolant(
        schedule: LinearSchedule(),
        covariance: Tensor(identity: 2) * 2.5
      )
      all.append(Centred("from N(0, 2.5) in the plane", plane, 2.5, 1.2, dimension: 2))
    } catch {
      fatalError("\(error)")
    }
    return all
  }()

  static let diffusions: [Diffusion] = [
    .constant(0), .constant(0.8), .custom { 1 + cos(3 * $0) },
  ]

  /// The normal numbers of the one step of a sample with the seed 3.
  static func normals(_ direction: Direction, dimension: Int = 1) throws -> [Double] {
    // √(2ε) z = z for b = s = 0 and ε = ½.
    let still = ClosureFields(
      dimension: dimension,
      velocity: { _, x in Tensor(zeros: x.shape) },
      score: { _, x in Tensor(zeros: x.shape) }
    )
    return try Sampler(still).sde(
      count: 1,
      from: PointMass(Tensor(zeros: [dimension])),
      method: EulerMaruyama(),
      diffusion: .constant(0.5),
      steps: 1,
      direction: direction,
      seed: 3
    ).points.elements
  }

  /// One step from x is E x + √q z in each component, with the law of the end: E² c(start) + q =
  /// c(end).
  ///
  /// Gauss's rule leaves about ρ⁻³² of ∫ε/c and q, where ρ > 2.3 is the size of the ellipse around the
  /// step that reaches the nearest zero of c.
  @Test(arguments: centred, [Direction.forward, .backward])
  func oneStepIsExactBetweenCentredGaussians(_ own: Centred, _ direction: Direction) throws {
    let (start, end) =
      direction == .forward
      ? own.variances : (start: own.variances.end, end: own.variances.start)
    func moved(_ point: Double, _ diffusion: Diffusion) throws -> [Double] {
      let samples = try Sampler(own.fields).exponential(
        count: 1,
        from: PointMass(Tensor(repeating: point, shape: [own.dimension])),
        linear: own.linear,
        diffusion: diffusion,
        steps: 1,
        direction: direction,
        seed: 3
      )
      #expect(samples.evaluations == 2)
      return samples.points.elements
    }
    let z = try Self.normals(direction, dimension: own.dimension)
    for (index, diffusion) in Self.diffusions.enumerated() {
      let (noises, ends) = (try moved(0, diffusion), try moved(1, diffusion))
      for component in 0..<own.dimension {
        let noise = noises[component]
        let propagator = ends[component] - noise
        let variance = noise * noise / (z[component] * z[component])
        #expect(abs(propagator * propagator * start + variance - end) < 1e-11)
        #expect(index == 0 ? noise == 0 : variance > 0.1)
      }
    }
  }

  /// One step is as exact where ε is (1 − t)/t from close to t = 0 on, and where c₁ is so large that
  /// c = (1 − t)² + c₁t² has its zeros at about ±i/√c₁, close to t = 0 too.
  @Test(arguments: [0.5, 25, 100, 1e4], [Direction.forward, .backward])
  func oneStepIsExactNearPoles(_ variance: Double, _ direction: Direction) throws {
    let own = Centred("one-sided linear", OneSidedInterpolant.linear, 1, variance)
    func spread(_ time: Double) -> Double { (1 - time) * (1 - time) + variance * time * time }
    let z = try Self.normals(direction)[0]
    for (diffusion, first) in [
      (Diffusion.constant(1), 0),
      (.klOptimal(LinearSchedule(), from: 1e-3), 1e-3),
      (.klOptimal(LinearSchedule(), from: 1e-6), 1e-6),
    ] {
      func moved(_ point: Double) throws -> Double {
        try Sampler(own.fields).exponential(
          count: 1,
          from: PointMass(Tensor([point])),
          linear: own.linear,
          diffusion: diffusion,
          steps: 1,
          times: first...1,
          direction: direction,
          seed: 3
        ).points.scalar
      }
      let noise = try moved(0)
      let propagator = try moved(1) - noise
      let found = noise * noise / (z * z)
      let (start, end) = direction == .forward ? (first, 1) : (1, first)
      let sum = propagator * propagator * spread(start) + found
      // Some 20 panels of 10⁻¹⁴, and a rule for q that errs by some hundred times as much as that for ∫ε/c; N, which
      // is 0, is rounded to 10⁻¹⁶ of ε.
      #expect(abs(sum / spread(end) - 1) < 1e-11, "\(own) from \(first)")
    }
  }

  /// For c = ½ + t² the propagator is √(c(1)/c(0)) exp(−ε√2 arctan √2), also where the noise is far too large
  /// for a step of another method.
  @Test(arguments: [0.4, 200]) func thePropagatorIsThatOfTheNoise(_ diffusion: Double) throws {
    let own = Self.centred[0]
    func ends(_ points: [Double], _ direction: Direction) throws -> [Double] {
      try points.map { point in
        try Sampler(own.fields).exponential(
          count: 1,
          from: PointMass(Tensor([point])),
          linear: own.linear,
          diffusion: .constant(diffusion),
          steps: 1,
          direction: direction,
          seed: 3
        ).points.scalar
      }
    }
    // ∫ dt/c = √2 arctan √2 from 0 to 1.
    let forgotten = exp(-diffusion * 2.0.squareRoot() * atan(2.0.squareRoot()))
    for (direction, ratio) in [(Direction.forward, 3.0), (.backward, 1 / 3.0)] {
      let found = try ends([0, 1], direction)
      #expect(abs(found[1] - found[0] - ratio.squareRoot() * forgotten) < 1e-13)
    }
  }

  /// Means that move are not taken exactly: paths of two bridges that differ in their means alone, with the same
  /// noise, differ by the mean of the one, whose error is O(h²).
  @Test(arguments: [0, 0.8], [Direction.forward, .backward])
  func theMeanHasOrderTwo(_ diffusion: Double, _ direction: Direction) throws {
    let oracle = GaussianOracle()
    let linear = Self.centred[0].linear
    let (start, end) =
      direction == .forward ? (oracle.mean0, oracle.mean1) : (oracle.mean1, oracle.mean0)
    func moved(_ oracle: GaussianOracle, _ point: Double, _ steps: Int) throws -> Double {
      try Sampler(oracle.fields).exponential(
        count: 1,
        from: PointMass(Tensor([point])),
        linear: linear,
        diffusion: .constant(diffusion),
        steps: steps,
        direction: direction,
        seed: 3
      ).points.scalar
    }
    let errors = try [32, 64, 128].map { steps in
      let moving = try moved(oracle, start + 0.3, steps)
      let centred = try moved(GaussianOracle(mean0: 0, mean1: 0), 0.3, steps)
      return abs(moving - centred - end)
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse / fine) - 2) < 0.1, "\(errors)")
    }
  }

  /// Between mixtures the ODE has order 2, whatever part of it is taken exactly.
  @Test(arguments: [true, false]) func theFlowHasOrderTwo(_ isGaussian: Bool) throws {
    let own = MarginalTests.cases[0]
    let sampler = Sampler(own.fields)
    let linear =
      isGaussian ? Self.ofMixtures[0] : LinearPart.coefficient(.constant(-1.5))
    let wanted = try sampler.ode(
      count: 20,
      from: own.start,
      method: .dormandPrince8,
      steps: 500,
      seed: 4
    ).points
    let errors = try [256, 512, 1_024].map { steps in
      let found = try sampler.exponential(
        count: 20,
        from: own.start,
        linear: linear,
        steps: steps,
        seed: 4
      )
      return (found.points - wanted).elements.reduce(0) { $0 + abs($1) }
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(log2(coarse / fine) - 2) < 0.1, "\(errors)")
    }
  }

  /// The linear parts for the variances of the mixtures' cases.
  static let ofMixtures: [LinearPart] = [
    .gaussian(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      baseVariance: 2.5,
      targetVariance: 4.36
    ),
    .gaussian(
      TwoSidedInterpolant.trigonometric(gamma: QuadraticLatent()),
      baseVariance: 2.5,
      targetVariance: 4.36
    ),
    .gaussian(OneSidedInterpolant.linear, targetVariance: 4.36),
    .gaussian(OneSidedInterpolant.sbdm, targetVariance: 4.36),
  ]

  @Test(arguments: 0..<4) func everyDiffusionKeepsTheLaw(_ index: Int) throws {
    let own = MarginalTests.cases[index]
    let partly = ("2 on a part", Diffusion.constant(2, on: 0.2...0.7))
    for (name, diffusion) in own.diffusions + [partly] {
      for direction in [Direction.forward, .backward] {
        let times = MarginalTests.times(direction)
        let samples = try Sampler(own.fields).exponential(
          count: MarginalTests.count,
          from: direction == .forward ? own.start : MarginalTests.target,
          linear: Self.ofMixtures[index],
          diffusion: diffusion,
          steps: 120,
          direction: direction,
          saving: times,
          seed: 11
        )
        let z = MarginalTests.largestScore(of: samples, at: times, own)
        #expect(z < 5, "ε = \(name), \(direction)")
      }
    }
  }

  @Test func aSampleDoesNotDependOnCountOrWorkers() throws {
    let own = MarginalTests.cases[0]
    func draw(_ count: Int, _ workers: Int) throws -> Tensor<Double> {
      try Sampler(own.fields, workers: Workers(count: workers)).exponential(
        count: count,
        from: own.start,
        linear: Self.ofMixtures[0],
        diffusion: .constant(0.5, on: 0.1...0.9),
        steps: 7,
        seed: 9
      ).points
    }
    let all = try draw(300, 1)
    #expect(try draw(300, 2) == all)
    #expect(try draw(7, 2) == all.slice(0..<7))
  }

  @Test func varianceIsPositive() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LinearPart.gaussian(OneSidedInterpolant.linear, targetVariance: 0)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("got 1.0 and 0.0"))
  }
}
