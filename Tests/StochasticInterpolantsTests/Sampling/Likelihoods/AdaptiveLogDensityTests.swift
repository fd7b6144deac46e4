import Integrators
import StochasticInterpolants
import Tensors
import Testing

@Suite struct AdaptiveLogDensityTests {
  static let oracle = GaussianOracle()
  static let points = Tensor<Double>([-2, -0.5, 0.1, 2, 4.5], shape: [5, 1])

  static func tolerance(_ size: Double) -> ErrorTolerance {
    ErrorTolerance(absolute: size, relative: size)
  }

  @Test func theToleranceIsMet() throws {
    let sampler = Sampler(Self.oracle.allFields())
    let (base, target) = (try Self.oracle.base, try Self.oracle.target)
    for isAtEnd in [true, false] {
      let exact = isAtEnd ? target.logDensity(Self.points) : base.logDensity(Self.points)
      func error(_ size: Double) throws -> Double {
        let own = Self.tolerance(size)
        let found =
          isAtEnd
          ? try sampler.logDensity(Self.points, start: base, tolerance: own)
          : try sampler.logDensity(Self.points, end: target, tolerance: own)
        return (found.values - exact).elements.map(abs).max() ?? .nan
      }
      // Errors of steps add up, and grow along the path by at most e^∫|∂b/∂x| < 10: some ten steps.
      for size in [1e-4, 1e-6, 1e-8] {
        let found = try error(size)
        #expect(found < 100 * size, "\(found) at \(size)")
      }
    }
  }

  @Test func probesGoWithTheirPoint() throws {
    // Fixed steps and step control see the same probes, in blocks and in compacted rows.
    let sampler = Sampler(LearnedLikelihoodTests.curved(dimension: 3))
    let points = RandomBlock(seed: 3, samples: 0..<150).normal(columns: 3)
    let start = StandardGaussian(dimension: 3)
    let rule = DivergenceRule.hutchinson(probes: 2, law: .gaussian, seed: 5)
    let fixed = try sampler.logDensity(points, start: start, divergence: rule, steps: 40)
    // Float fields allow no less than 10⁻⁵.
    let controlled = try sampler.logDensity(
      points,
      start: start,
      divergence: rule,
      tolerance: Self.tolerance(1e-5)
    )
    for (found, wanted) in [
      (controlled.values, fixed.values), (controlled.standardErrors, fixed.standardErrors),
    ] {
      #expect(found.isApproximatelyEqual(to: wanted, absoluteTolerance: 1e-2))
    }
    // Probes of another point would be off by their standard error.
    #expect(fixed.standardErrors.mean() > 0.1)
    // Alone a point has the same bits.
    let alone = try sampler.logDensity(
      points.slice(0..<1),
      start: start,
      divergence: rule,
      tolerance: Self.tolerance(1e-5)
    )
    #expect(alone.values.elements[0] == controlled.values.elements[0])
  }

  @Test func theLogDensityHasAWeightOfItsOwn() throws {
    let sampler = Sampler(Self.oracle.allFields())
    let base = try Self.oracle.base
    func evaluations(_ weight: Double) throws -> Int {
      try sampler.logDensity(
        Self.points,
        start: base,
        tolerance: Self.tolerance(1e-6),
        logDensityWeight: weight
      ).evaluations
    }
    #expect(try evaluations(1) < evaluations(1_000))
  }

  @Test(arguments: [Direction.forward, .backward])
  func drawsComeWithTheirDensity(_ direction: Direction) throws {
    let sampler = Sampler(Self.oracle.allFields())
    let (start, end) =
      direction == .forward
      ? (try Self.oracle.base, try Self.oracle.target)
      : (try Self.oracle.target, try Self.oracle.base)
    func draw(_ weight: Double) throws -> (samples: Samples, logDensity: LogDensities) {
      try sampler.odeWithLogDensity(
        count: 200,
        from: start,
        tolerance: Self.tolerance(1e-7),
        logDensityWeight: weight,
        direction: direction,
        seed: 6
      )
    }
    let drawn = try draw(1)
    let exact = end.logDensity(drawn.samples.points)
    // As above, of points up to three deviations off.
    #expect(
      drawn.logDensity.values.isApproximatelyEqual(to: exact, absoluteTolerance: 100 * 1e-7)
    )
    #expect(drawn.samples.reports.count == 200)
    #expect(drawn.logDensity.evaluations == drawn.samples.evaluations)
    // Without weight the density costs the path nothing, not a bit.
    let ode = try sampler.ode(
      count: 200,
      from: start,
      tolerance: Self.tolerance(1e-7),
      direction: direction,
      seed: 6
    )
    let unweighted = try draw(0)
    #expect(unweighted.samples.points == ode.points && unweighted.samples.reports == ode.reports)
    #expect(drawn.samples.points != ode.points)
  }

  @Test func drawsComeWithTheirProbes() throws {
    let sampler = Sampler(LearnedLikelihoodTests.curved(dimension: 3))
    let start = StandardGaussian(dimension: 3)
    let rule = DivergenceRule.hutchinson(probes: 8, seed: 5)
    let drawn = try sampler.odeWithLogDensity(
      count: 150,
      from: start,
      divergence: rule,
      tolerance: Self.tolerance(1e-5),
      seed: 6
    )
    let fixed = try sampler.odeWithLogDensity(
      count: 150,
      from: start,
      divergence: rule,
      steps: 40,
      seed: 6
    )
    #expect(
      drawn.logDensity.values.isApproximatelyEqual(
        to: fixed.logDensity.values,
        absoluteTolerance: 1e-2
      )
    )
    #expect(drawn.logDensity.draws == 8 && drawn.logDensity.standardErrors.mean() > 0.1)
  }
}
