import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct FlowLogDensityTests {
  static let points = RandomBlock(seed: 3, samples: 0..<40).normal(columns: 2) * 1.5

  /// The error of the finer of two grids is a fifteenth of their difference to leading order for a
  /// method of order 4, so that the difference bounds it in the norm over the points (at a single one
  /// the leading term may vanish); 10⁻¹⁰ is for rounding.
  static func check(
    _ values: (Int) throws -> Tensor<Double>,
    against exact: Tensor<Double>
  ) throws {
    let (coarse, fine) = (try values(60), try values(120))
    let difference = norm(coarse - fine)
    #expect(norm(fine - exact) <= difference + 1e-10)
    // The bound is no excuse: it is a small part of what is compared.
    #expect(difference < 0.01 * norm(exact))
  }

  static func norm(_ values: Tensor<Double>) -> Double { values.sumOfSquares.squareRoot() }

  static func magnitudes(_ tensor: Tensor<Double>) -> [Double] { tensor.elements.map(abs) }

  @Test(arguments: LikelihoodCase.all) func theFlowGivesBothEnds(_ own: LikelihoodCase) throws {
    let sampler = Sampler(try own.own.fields())
    let target = try ExactCase.target()
    func run(_ start: some ExplicitDensity) throws {
      try Self.check(
        { try sampler.logDensity(Self.points, from: start, steps: $0).values },
        against: target.logDensity(Self.points)
      )
      try Self.check(
        {
          try sampler.logDensity(Self.points, from: target, steps: $0, direction: .backward).values
        },
        against: start.logDensity(Self.points)
      )
    }
    try run(try own.base)
  }

  /// Of ẋ = x cos 5t from N(0, 1) log ρ(1, x) = log N(x e^(−a); 0, 1) − a with a = sin(5)/5.
  ///
  /// Where each step integrates cos 5t, whose error has one sign in the mean, more steps are no worse, up to
  /// roundings; a polynomial through the grid, which begins with enough steps, was 10³ times as bad.
  @Test(arguments: [RungeKutta.dormandPrince, .tsitouras, .dormandPrince8])
  func highOrdersIntegrateTheDivergenceThemselves(_ method: RungeKutta) throws {
    let fields = ClosureFields(
      dimension: 1,
      velocity: { time, x in x * cos(5 * time) },
      divergence: { time, x in Tensor(repeating: cos(5 * time), shape: [x.shape[0]]) }
    )
    let integral = sin(5.0) / 5
    let base = StandardGaussian(dimension: 1)
    let points = Tensor<Double>(rows: [[-0.7], [0], [1.1]])
    let exact = base.logDensity(points * exp(-integral)) - integral
    let errors = try (3...12).map { steps in
      Self.norm(
        try Sampler(fields).logDensity(points, from: base, method: method, steps: steps).values
          - exact
      )
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(fine <= coarse + 1e-14, "\(method.name): \(errors)")
    }
  }

  @Test func aPointThatIsNoNumberIsNamed() throws {
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let points = Tensor(rows: [[0, 0], [0, Double.nan], [.infinity, 0]])
    let base = try ExactCase.base()
    let expected = SamplingError.pointNotFinite(row: 1, component: 1)
    #expect(throws: expected) { try sampler.logDensity(points, from: base, steps: 5) }
    #expect(throws: expected) {
      try sampler.logDensity(
        points,
        from: base,
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3)
      )
    }
    #expect(throws: expected) { try sampler.gradientOfLogDensity(points, from: base, steps: 5) }
    #expect(throws: expected) {
      try sampler.sdeLogDensity(
        points,
        from: base,
        diffusion: .constant(0.5, on: 0.1...0.9),
        paths: 2,
        steps: 5,
        seed: 1
      )
    }
  }

  @Test(arguments: LikelihoodCase.all) func innerTimesAndSpacings(_ own: LikelihoodCase) throws {
    let fields = try own.own.fields()
    let (early, late) = (Marginal(fields: fields, time: 0.2), Marginal(fields: fields, time: 0.7))
    let sampler = Sampler(fields)
    for spacing in [StepSpacing.uniform, .cosine] {
      try Self.check(
        {
          try sampler.logDensity(
            Self.points,
            from: early,
            steps: $0,
            spacing: spacing,
            times: 0.2...0.7
          ).values
        },
        against: late.logDensity(Self.points)
      )
    }
  }

  @Test(arguments: LikelihoodCase.all) func drawsComeWithTheirDensity(
    _ own: LikelihoodCase
  ) throws {
    let sampler = Sampler(try own.own.fields())
    let target = try ExactCase.target()
    func run(_ start: some ExplicitDensity) throws {
      for direction in [Direction.forward, .backward] {
        func drawn(_ steps: Int) throws -> (samples: Samples, logDensity: LogDensities) {
          direction == .forward
            ? try sampler.odeWithLogDensity(count: 100, from: start, steps: steps, seed: 2)
            : try sampler.odeWithLogDensity(
              count: 100,
              from: target,
              steps: steps,
              direction: .backward,
              seed: 2
            )
        }
        let fine = try drawn(100)
        let points = fine.samples.points
        let returned =
          direction == .forward
          ? try sampler.logDensity(points, from: start, steps: 100)
          : try sampler.logDensity(points, from: target, steps: 100, direction: .backward)
        let exact =
          direction == .forward ? target.logDensity(points) : start.logDensity(points)
        // Both ways have an error below that of half the steps, forward as it differs from the exact
        // density at its own samples.
        let coarse = try drawn(50)
        let coarseExact =
          direction == .forward
          ? target.logDensity(coarse.samples.points) : start.logDensity(coarse.samples.points)
        let bound = Self.magnitudes(coarse.logDensity.values - coarseExact).max() ?? 0
        #expect(bound < 1e-2)
        for other in [returned.values, exact] {
          let error = Self.magnitudes(fine.logDensity.values - other).max() ?? 0
          #expect(error <= bound + 1e-10, "\(direction): \(error), allowed \(bound)")
        }
        #expect(fine.logDensity.evaluations == 401 && fine.logDensity.standardErrors.max() == 0)
      }
    }
    try run(try own.base)
  }

  @Test func crossEntropiesOfTheExactFlow() throws {
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    for (own, points) in [
      (0, base.sample(count: 3_000, seed: 4)), (1, target.sample(count: 3_000, seed: 4)),
    ] {
      func logDensities(_ steps: Int) throws -> LogDensities {
        own == 1
          ? try sampler.logDensity(points, from: base, steps: steps)
          : try sampler.logDensity(points, from: target, steps: steps, direction: .backward)
      }
      let (coarse, fine) = (try logDensities(30), try logDensities(60))
      let found = fine.crossEntropy
      // The same points, so that only the integrator's error is left. A mean differs by at most the
      // root mean square of the differences, a standard error by that over √(n − 1).
      let exact = Estimate(
        meanOf: -(own == 1 ? target.logDensity(points) : base.logDensity(points))
      )
      let bound = Self.norm(coarse.values - fine.values) / 3_000.0.squareRoot() + 1e-10
      #expect(abs(found.value - exact.value) < bound && found.count == 3_000)
      #expect(abs(found.standardError - exact.standardError) < bound / 2_999.0.squareRoot())
    }
  }

  @Test func bitsPerDimensionAreAChangeOfUnit() throws {
    // Of N(0, Id) ½ log₂(2πe) in any dimension, where its own points are the sample, ±√(1/2d)/ln 2/√n.
    let dimension = 3
    let still = ClosureFields(
      dimension: dimension,
      velocity: { _, x in Tensor(zeros: x.shape) },
      divergence: { _, x in Tensor(zeros: [x.shape[0]]) }
    )
    let density = StandardGaussian(dimension: dimension)
    let bits = try Sampler(still).logDensity(
      density.sample(count: 20_000, seed: 5),
      from: density,
      steps: 1
    ).crossEntropy.bitsPerDimension(dimension)
    let entropy = 0.5 * log2(2 * .pi * exp(1.0))
    #expect(abs(bits.standardErrors(above: entropy)) < 5 && bits.count == 20_000)
    let error = (1 / (2 * Double(dimension) * 20_000)).squareRoot() / log(2)
    // A standard error of 20,000 squares is itself known to about √(7/n).
    #expect(abs(bits.standardError / error - 1) < 5 * (7.0 / 20_000).squareRoot())
  }

  @Test func withoutADivergenceItIsRefused() throws {
    let fields = ClosureFields(dimension: 2, velocity: { _, x in x })
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).logDensity(
        Self.points,
        from: StandardGaussian(dimension: 2),
        steps: 4
      )
    }
    #expect(error == .missing(.divergence, purpose: "a likelihood"))
    let closed = ClosureFields(
      dimension: 2,
      velocity: { _, x in x },
      divergence: { _, x in Tensor(repeating: 2, shape: [x.shape[0]]) }
    )
    let other = #expect(throws: SamplingError.self) {
      try Sampler(closed).logDensity(
        Self.points,
        from: StandardGaussian(dimension: 2),
        divergence: .hutchinson(probes: 3, seed: 1),
        steps: 4
      )
    }
    #expect(other == .noProbes && other?.description.contains("exact") == true)
  }

  @Test func wishesThatFitNoLikelihoodAreMisuse() async {
    let times = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let oracle = GaussianOracle()
      _ = try Sampler(oracle.fields).logDensity(
        Tensor(rows: [[0]]),
        from: try oracle.base,
        steps: 4,
        times: 0...1.5
      )
    }
    let adaptive = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let oracle = GaussianOracle()
      _ = try Sampler(oracle.fields).logDensity(
        Tensor(rows: [[0]]),
        from: try oracle.target,
        tolerance: ErrorTolerance(absolute: 1e-3, relative: 1e-3),
        times: 0...1.5,
        direction: .backward
      )
    }
    for result in [times, adaptive] {
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.contains("an interval inside [0, 1], got 0.0...1.5"))
    }
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let oracle = GaussianOracle()
      _ = try Sampler(oracle.fields).odeWithLogDensity(
        count: -1,
        from: try oracle.base,
        steps: 4,
        seed: 0
      )
    }
    let few = String(decoding: count?.standardErrorContent ?? [], as: UTF8.self)
    #expect(few.contains("the number of samples is not negative, got -1"))
    let dimension = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = try Sampler(FinishingStepTests.fields()).sdeLogDensity(
        Tensor(rows: [[0]]),
        from: StandardGaussian(dimension: 2),
        diffusion: .constant(1),
        paths: 1,
        steps: 4,
        seed: 0
      )
    }
    let other = String(decoding: dimension?.standardErrorContent ?? [], as: UTF8.self)
    #expect(other.contains("the starting density has 2 dimensions, the fields 1"))
  }
}
