import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct HutchinsonTests {
  static let points = RandomBlock(seed: 3, samples: 0..<30).normal(columns: 2) * 1.5

  @Test(arguments: ProbeLaw.allCases) func theMeanOverProbesIsTheExactLogDensity(
    _ law: ProbeLaw
  ) throws {
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    func check(_ values: (DivergenceRule) throws -> LogDensities) throws {
      let exact = try values(.exact)
      let found = try values(.hutchinson(probes: 40, law: law, seed: 5))
      #expect(found.draws == 40)
      // The path is the same, so that both differ by the probes alone.
      for point in 0..<found.count {
        let own = found[point]
        #expect(abs(own.standardErrors(above: exact.values[point])) < 5, "\(own)")
        #expect(own.standardError > 1e-4)
      }
      // The probes' errors are below what they estimate, which is of order 1.
      #expect(found.standardErrors.mean() < 0.5)
    }
    try check { try sampler.logDensity(Self.points, from: base, divergence: $0, steps: 10) }
    try check {
      try sampler.logDensity(
        Self.points,
        from: target,
        divergence: $0,
        steps: 10,
        direction: .backward
      )
    }
    try check {
      try sampler.odeWithLogDensity(count: 30, from: base, divergence: $0, steps: 10, seed: 1)
        .logDensity
    }
  }

  /// bayesflow-org/bayesflow#772: probes were summed and never divided.
  ///
  /// b = a(t) x + c(t) in three dimensions: pᵀ(∂b/∂x)p = 3a for every probe of ±1, so that any number of
  /// them gives the trace itself.
  @Test(arguments: [1, 2, 7]) func probesAreAveraged(_ probes: Int) throws {
    let isotropic = { (mean: Double) in
      GaussianMixture(isotropic: Tensor(rows: [[mean, 0, 1]]), standardDeviation: 0.6)
    }
    let (base, target) = (isotropic(-1), isotropic(2))
    let sampler = Sampler(
      MixtureFields(
        TwoSidedInterpolant.linear(gamma: BrownianLatent()),
        base: base,
        target: target
      )
    )
    let points = RandomBlock(seed: 3, samples: 0..<30).normal(columns: 3)
    let rule = DivergenceRule.hutchinson(probes: probes, seed: 5)
    for times in [0...1, 0...0.5] {
      let exact = try sampler.logDensity(points, from: base, steps: 10, times: times)
      let found = try sampler.logDensity(
        points,
        from: base,
        divergence: rule,
        steps: 10,
        times: times
      )
      // Ten steps of four traces of size 3, each a product of 3 × 3 matrices with a vector.
      #expect(found.values.isApproximatelyEqual(to: exact.values, absoluteTolerance: 1e-12))
      #expect(probes == 1 || found.standardErrors.max() < 1e-12)
    }
    // At t = ½ the trace is of the size of the density: c = ½ · 0.36 + ¼ and ∫3a dt = 3/2 log(c/0.36).
    let half = try sampler.odeWithLogDensity(
      count: 1,
      from: base,
      divergence: rule,
      steps: 40,
      times: 0...0.5,
      seed: 1
    )
    let start = base.logDensity(base.sample(RandomBlock(seed: 1, stream: 0x0200, samples: 0..<1)))
    // RK4 with h = 1/80 leaves h⁴ = 2e-8 times derivatives of order 10.
    #expect(abs(half.logDensity[0].value - start[0] + 1.5 * log(0.43 / 0.36)) < 1e-6)
  }

  @Test func aProbeStaysTheSameAlongAPath() throws {
    // With a probe drawn anew the integrand would jump and no order be left: at order 4 halving the
    // steps takes the error down by 16, here by at least 8.
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let base = try ExactCase.base()
    func values(_ steps: Int) throws -> Tensor<Double> {
      try sampler.logDensity(
        Self.points,
        from: base,
        divergence: .hutchinson(probes: 2, law: .gaussian, seed: 5),
        steps: steps
      ).values
    }
    let results = try [20, 40, 80].map(values)
    func size(_ tensor: Tensor<Double>) -> Double { tensor.sumOfSquares.squareRoot() }
    #expect(size(results[1] - results[0]) > 8 * size(results[2] - results[1]))
  }

  @Test func pathsOfAnSDEHaveProbesOfTheirOwn() throws {
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let base = try ExactCase.base()
    func values(_ estimator: DensityEstimator, _ rule: DivergenceRule) throws -> LogDensities {
      try sampler.sdeLogDensity(
        Self.points.slice(0..<6),
        from: base,
        estimator: estimator,
        divergence: rule,
        diffusion: .constant(0.4),
        paths: 256,
        steps: 30,
        seed: 2
      )
    }
    for estimator in [DensityEstimator.process, .lowerBound] {
      let exact = try values(estimator, .exact)
      let found = try values(estimator, .hutchinson(probes: 1, seed: 9))
      for point in 0..<6 {
        // The noise is the same; the probes add to the error.
        let own = found[point]
        #expect(abs(own.standardErrors(above: exact.values[point])) < 5, "\(own)")
      }
      #expect(found.standardErrors.mean() > exact.standardErrors.mean())
    }
  }

  @Test func theFirstProbesAndPointsAreTheSameForAnyNumber() throws {
    let fields = try LikelihoodCase.all[0].own.fields()
    let base = try ExactCase.base()
    func run(_ count: Int, workers: Int) throws -> LogDensities {
      try Sampler(fields, workers: Workers(count: workers)).logDensity(
        RandomBlock(seed: 3, samples: 0..<count).normal(columns: 2),
        from: base,
        divergence: .hutchinson(probes: 3, seed: 5),
        steps: 4
      )
    }
    let all = try run(300, workers: 1)
    #expect(try run(300, workers: 2) == all)
    #expect(try run(7, workers: 2).values == all.values.slice(0..<7))
  }
}
