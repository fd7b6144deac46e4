import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// The SDE estimators against the exact densities of both ends.
@Suite struct StochasticLogDensityTests {
  static let paths = 256
  static let points = Tensor<Double>(
    rows: [[0.3, 0.2], [1.8, 0.9], [-1.5, 0.4], [0.2, -1.7], [2.6, -0.4]]
  )

  enum Noise: String, CaseIterable {
    case inside, varying
    var diffusion: Diffusion {
      switch self {
      case .inside: .constant(0.3, on: 0.1...0.85)
      case .varying: .custom { 0.15 * (1 + $0 * (1 - $0)) }
      }
    }
  }

  /// 10 and 20 steps with independent noise.
  ///
  /// At weak order 2 the bias of the finer grid is a third of their
  /// difference to leading order: added, it leaves a bias that is smaller by a factor of O(h), for which a
  /// quarter of it is allowed, within the noise of the difference.
  static func check(
    _ estimate: (Int) throws -> LogDensities,
    _ exact: Tensor<Double>,
    isLogOfMean: Bool
  ) throws {
    let (coarse, fine) = (try estimate(10), try estimate(20))
    for point in 0..<exact.count {
      let (other, own) = (coarse[point], fine[point])
      let correction = (own.value - other.value) / 3
      func square(_ error: Double) -> Double { error * error }
      let noise = (square(4 * own.standardError) + square(other.standardError)).squareRoot() / 3
      // The logarithm of a mean is low by half the square of its relative error.
      let jensen =
        isLogOfMean ? (4 * square(own.standardError) + square(other.standardError)) / 6 : 0
      let error = abs(own.value + correction - exact[point])
      #expect(
        error < 5 * noise + abs(correction) / 4 + jensen,
        "point \(point): \(own) for \(exact[point])"
      )
      // What is allowed for the bias is no more than one standard error.
      #expect(abs(correction) / 4 < noise, "point \(point): \(own), bias \(correction)")
    }
    // The bounds are no excuse: drifts that are not swapped are off by 1 and more.
    #expect(fine.standardErrors.mean() < 0.15)
  }

  @Test(arguments: [DensityEstimator.feynmanKac, .process], Noise.allCases)
  func estimatesAreTheExactDensities(_ estimator: DensityEstimator, _ noise: Noise) throws {
    let target = try ExactCase.target()
    for own in LikelihoodCase.stochastic {
      let sampler = Sampler(try own.own.fields())
      func run(_ base: some ExplicitDensity) throws {
        try Self.check(
          {
            try sampler.sdeLogDensity(
              Self.points,
              from: base,
              estimator: estimator,
              diffusion: noise.diffusion,
              paths: Self.paths,
              steps: $0,
              seed: UInt64($0)
            )
          },
          target.logDensity(Self.points),
          isLogOfMean: estimator == .feynmanKac
        )
        try Self.check(
          {
            try sampler.sdeLogDensity(
              Self.points,
              from: target,
              estimator: estimator,
              diffusion: noise.diffusion,
              paths: Self.paths,
              steps: $0,
              direction: .backward,
              seed: UInt64($0)
            )
          },
          base.logDensity(Self.points),
          isLogOfMean: estimator == .feynmanKac
        )
      }
      try run(try own.base)
    }
  }

  @Test(arguments: LikelihoodCase.stochastic) func jensensBoundIsBelow(
    _ own: LikelihoodCase
  ) throws {
    let sampler = Sampler(try own.own.fields())
    let target = try ExactCase.target()
    func run(_ base: some ExplicitDensity) throws {
      func bounds(_ estimator: DensityEstimator) throws -> [LogDensities] {
        [
          try sampler.sdeLogDensity(
            Self.points,
            from: base,
            estimator: estimator,
            diffusion: .constant(0.8),
            paths: 128,
            steps: 30,
            seed: 5
          ),
          try sampler.sdeLogDensity(
            Self.points,
            from: target,
            estimator: estimator,
            diffusion: .constant(0.8),
            paths: 128,
            steps: 30,
            direction: .backward,
            seed: 5
          ),
        ]
      }
      let lower = try bounds(.lowerBound)
      let mean = try bounds(.feynmanKac)
      for (end, exact) in [target.logDensity(Self.points), base.logDensity(Self.points)]
        .enumerated()
      {
        for point in 0..<exact.count {
          let own = lower[end][point]
          // Jensen's gap is of order 0.1 and more here; 0.02 is left for the integrator.
          #expect(own.standardErrors(above: exact[point] + 0.02) < 5)
          // On the same paths the mean of the logarithms is below the logarithm of the mean always.
          #expect(own.value < mean[end][point].value)
        }
        let gap = (exact - lower[end].values).mean()
        #expect(gap > 0.05, "the bound is \(gap) below")
      }
    }
    try run(try own.base)
  }

  @Test func theUpperBoundsOnCrossEntropiesAreAbove() throws {
    // (2.67) and (2.68) against the cross-entropies of the same points.
    let sampler = Sampler(try LikelihoodCase.all[0].own.fields())
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    let (first, last) = (base.sample(count: 300, seed: 8), target.sample(count: 300, seed: 8))
    let bounds = [
      try sampler.sdeLogDensity(
        last,
        from: base,
        estimator: .lowerBound,
        diffusion: .constant(0.8),
        paths: 4,
        steps: 30,
        seed: 5
      ),
      try sampler.sdeLogDensity(
        first,
        from: target,
        estimator: .lowerBound,
        diffusion: .constant(0.8),
        paths: 4,
        steps: 30,
        direction: .backward,
        seed: 5
      ),
    ]
    for (bound, exact) in zip(bounds, [target.logDensity(last), base.logDensity(first)]) {
      // Point by point the same x: the difference has the error of the paths alone.
      let gap = Estimate(meanOf: exact - bound.values)
      #expect(gap.value > 5 * gap.standardError, "\(gap)")
      #expect(abs(bound.crossEntropy.value - gap.value + exact.mean()) < 1e-12)
    }
  }

  @Test func driftsThatAreNotSwappedAreSeen() throws {
    // With −s for s the drift of Feynman–Kac is b_B where b_F belongs, with b_B's divergence.
    let exact = try LikelihoodCase.all[0].own.fields()
    let fields = ClosureFields(
      dimension: 2,
      velocity: { exact($0, $1, wanted: .velocity).velocity },
      score: { exact($0, $1, wanted: .score).score * -1 },
      divergence: { exact($0, $1, wanted: .divergence).divergence },
      scoreDivergence: { exact($0, $1, wanted: .scoreDivergence).scoreDivergence * -1 }
    )
    let target = try ExactCase.target()
    let found = try Sampler(fields).sdeLogDensity(
      Self.points,
      from: try ExactCase.base(),
      estimator: .feynmanKac,
      diffusion: .constant(0.4),
      paths: Self.paths,
      steps: 20,
      seed: 20
    )
    let logs = target.logDensity(Self.points)
    let scores = (0..<logs.count).map { found[$0].standardErrors(above: logs[$0]).magnitude }
    #expect(scores.filter { $0 > 10 }.count >= 3, "\(scores)")
  }

  @Test func aPointDoesNotDependOnTheOthersOrTheWorkers() throws {
    let fields = try LikelihoodCase.all[0].own.fields()
    let base = try ExactCase.base()
    func run(_ points: Tensor<Double>, workers: Int) throws -> LogDensities {
      try Sampler(fields, workers: Workers(count: workers)).sdeLogDensity(
        points,
        from: base,
        diffusion: .constant(0.4),
        paths: 100,
        steps: 8,
        seed: 1
      )
    }
    let all = try run(Self.points, workers: 1)
    #expect(try run(Self.points, workers: 2) == all)
    #expect(try run(Self.points.slice(0..<2), workers: 2).values == all.values.slice(0..<2))
  }

  @Test func onePathHasNoStandardError() throws {
    let found = try Sampler(try LikelihoodCase.all[0].own.fields()).sdeLogDensity(
      Self.points,
      from: try ExactCase.base(),
      diffusion: .constant(0.4),
      paths: 1,
      steps: 4,
      seed: 1
    )
    #expect(found.standardErrors.elements.allSatisfy(\.isNaN) && found.values.firstNonFinite == nil)
  }
}
