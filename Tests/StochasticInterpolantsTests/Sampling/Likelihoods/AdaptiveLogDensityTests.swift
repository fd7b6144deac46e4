import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
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
    for direction in [Direction.forward, .backward] {
      let (start, end) = direction == .forward ? (base, target) : (target, base)
      let exact = end.logDensity(Self.points)
      func error(_ size: Double) throws -> Double {
        let found = try sampler.logDensity(
          Self.points,
          from: start,
          tolerance: Self.tolerance(size),
          direction: direction
        )
        return (found.values - exact).elements.map(abs).max() ?? .nan
      }
      // Errors of steps add up, and grow along the path by at most e^∫|∂b/∂x| < 10: some ten steps.
      for size in [1e-4, 1e-6, 1e-8] {
        let found = try error(size)
        #expect(found < 100 * size, "\(found) at \(size)")
      }
    }
  }

  /// Half the step of RK4 changes more than what its error then is.
  ///
  /// Step control holds the root mean square
  /// over the probes, which bounds their mean and its standard error, to the tolerance: errors of some
  /// ten steps grow tenfold at most, as above.
  private static func expect(
    _ found: Tensor<Double>,
    near fine: Tensor<Double>,
    coarse: Tensor<Double>,
    tolerance: Double
  ) {
    let change = (fine - coarse).elements.map(abs).max() ?? .nan
    let error = (found - fine).elements.map(abs).max() ?? .nan
    #expect(error < change + 100 * tolerance, "\(error), \(change)")
    #expect(change < 100 * tolerance, "\(change)")
  }

  @Test func probesGoWithTheirPoint() throws {
    // Fixed steps and step control see the same probes, in blocks and in compacted rows.
    let sampler = Sampler(LearnedLikelihoodTests.curved(dimension: 3))
    let points = RandomBlock(seed: 3, samples: 0..<150).normal(columns: 3)
    let start = StandardGaussian(dimension: 3)
    let rule = DivergenceRule.hutchinson(probes: 2, law: .gaussian, seed: 5)
    func fixed(_ steps: Int) throws -> LogDensities {
      try sampler.logDensity(points, from: start, divergence: rule, steps: steps)
    }
    let (coarse, fine) = (try fixed(40), try fixed(80))
    // Float fields allow no less than 10⁻⁵.
    let controlled = try sampler.logDensity(
      points,
      from: start,
      divergence: rule,
      tolerance: Self.tolerance(1e-5)
    )
    for part in [\LogDensities.values, \.standardErrors] {
      Self.expect(
        controlled[keyPath: part],
        near: fine[keyPath: part],
        coarse: coarse[keyPath: part],
        tolerance: 1e-5
      )
    }
    // Probes of another point would be off by their standard error.
    #expect(fine.standardErrors.mean() > 0.1)
    // Alone a point has the same bits.
    let alone = try sampler.logDensity(
      points.slice(0..<1),
      from: start,
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
        from: base,
        tolerance: Self.tolerance(1e-6),
        logDensityWeight: weight
      ).evaluations
    }
    #expect(try evaluations(1) < evaluations(1_000))
  }

  @Test func weightsThatFitNoDensityAreMisuse() async {
    // Seen before a point is followed, so that none is needed.
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Sampler(Self.oracle.allFields()).logDensity(
        Tensor(zeros: [0, 1]),
        from: try Self.oracle.base,
        tolerance: Self.tolerance(1e-3),
        logDensityWeight: -1
      )
    }
    let weight = String(decoding: negative?.standardErrorContent ?? [], as: UTF8.self)
    #expect(weight.contains("the weight of a log-density in the error is finite and not negative"))
    let many = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var tolerance = Self.tolerance(1e-3)
      tolerance.weights = [1, 1]
      _ = try Sampler(Self.oracle.allFields()).odeWithLogDensity(
        count: 0,
        from: try Self.oracle.target,
        tolerance: tolerance,
        direction: .backward,
        seed: 1
      )
    }
    let weights = String(decoding: many?.standardErrorContent ?? [], as: UTF8.self)
    #expect(weights.contains("the tolerance has 2 weights for points of 1 components"))
  }

  @Test(arguments: [nil, 1, 16] as [Int?])
  func theControlOfThePathDependsOnNoNumberOfProbes(_ probes: Int?) throws {
    // As the weight vanishes the steps are those of the path alone. In one norm over d + K components the
    // path's error could be √((d + K)/d) times as large, for d = 2 and 16 probes 3 times.
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let (base, tolerance) = (try ExactCase.base(), Self.tolerance(1e-4))
    let drawn = try sampler.odeWithLogDensity(
      count: 10,
      from: base,
      divergence: probes.map { DivergenceRule.hutchinson(probes: $0, seed: 5) } ?? .exact,
      tolerance: tolerance,
      logDensityWeight: 1e-12,
      seed: 6
    ).samples
    let path = try sampler.ode(count: 10, from: base, tolerance: tolerance, seed: 6)
    #expect(drawn.reports == path.reports)
    // Norms differ by the roundings of the factors, and with them the lengths of steps: a part in 10¹⁵ of
    // a step moves its end by that part of its error, and the sum by its roundings.
    #expect(drawn.points.isApproximatelyEqual(to: path.points, absoluteTolerance: 1e-12))
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
    func fixed(_ steps: Int) throws -> Tensor<Double> {
      try sampler.odeWithLogDensity(
        count: 150,
        from: start,
        divergence: rule,
        steps: steps,
        seed: 6
      ).logDensity.values
    }
    Self.expect(
      drawn.logDensity.values,
      near: try fixed(80),
      coarse: try fixed(40),
      tolerance: 1e-5
    )
    #expect(drawn.logDensity.draws == 8 && drawn.logDensity.standardErrors.mean() > 0.1)
  }
}
