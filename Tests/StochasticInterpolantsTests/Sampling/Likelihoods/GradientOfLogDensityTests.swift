import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct GradientOfLogDensityTests {
  static let points = RandomBlock(seed: 3, samples: 0..<20).normal(columns: 2) * 1.5

  @Test(arguments: LikelihoodCase.all) func itIsTheScoreOfTheTarget(
    _ own: LikelihoodCase
  ) throws {
    let sampler = Sampler(try own.own.fields())
    let exact = try ExactCase.target().score(Self.points)
    func gradient(_ steps: Int) throws -> Tensor<Double> {
      own.own.hasBase
        ? try sampler.gradientOfLogDensity(
          Self.points,
          from: try ExactCase.base(),
          steps: steps
        )
        : try sampler.gradientOfLogDensity(
          Self.points,
          from: StandardGaussian(dimension: 2),
          steps: steps
        )
    }
    try FlowLogDensityTests.check(gradient, against: exact)
  }

  @Test func backwardItIsTheScoreOfTheBase() throws {
    let (base, target) = (try ExactCase.base(), try ExactCase.target())
    for own in LikelihoodCase.all where own.own.hasBase {
      let sampler = Sampler(try own.own.fields())
      func gradient(_ steps: Int) throws -> Tensor<Double> {
        try sampler.gradientOfLogDensity(
          Self.points,
          from: target,
          steps: steps,
          direction: .backward
        )
      }
      try FlowLogDensityTests.check(gradient, against: base.score(Self.points))
    }
  }

  @Test func itIsTheDerivativeOfTheLogDensity() throws {
    // At inner times, whose law is no mixture that is given, by central differences.
    let fields = try LikelihoodCase.all[0].own.fields()
    let start = try ExactCase.base()
    let sampler = Sampler(fields)
    func gradient(_ steps: Int) throws -> Tensor<Double> {
      try sampler.gradientOfLogDensity(Self.points, from: start, steps: steps, times: 0...0.6)
    }
    let exact = fields(0.6, Self.points, wanted: .score).score
    try FlowLogDensityTests.check(gradient, against: exact)
    for axis in 0..<2 {
      let direction = Tensor<Double>(identity: 2).slice(axis..<axis + 1)
        .broadcast(to: Self.points.shape)
      func slopes(_ steps: Int) -> CentralDifference {
        // A step rounds some ten times.
        CentralDifference(
          at: [Self.points],
          along: [direction],
          roundings: 10 * Double(steps)
        ) { arguments in
          let logs = try? sampler.logDensity(
            arguments[0],
            from: start,
            steps: steps,
            times: 0...0.6
          )
          return logs?.values.elements ?? []
        }
      }
      let (coarse, fine) = (slopes(60), slopes(120))
      #expect(fine.values.count == Self.points.shape[0])
      func own(_ steps: Int) throws -> Tensor<Double> {
        try gradient(steps).slice(axis..<axis + 1, along: 1).reshaped([Self.points.shape[0]])
      }
      // The continuous gradient and that of the numbers have errors of the integrator, each of
      // which half the steps bound, and the difference quotients theirs.
      let bound =
        FlowLogDensityTests.norm(try own(60) - own(120))
        + FlowLogDensityTests.norm(Tensor(coarse.values) - Tensor(fine.values))
        + 2 * FlowLogDensityTests.norm(Tensor(fine.errors))
      #expect(FlowLogDensityTests.norm(try own(120) - Tensor(fine.values)) <= bound)
    }
  }

  @Test func scoresOfDensitiesAreTheirDerivatives() throws {
    let mixture = try ExactCase.target()
    let gaussian = try Gaussian(
      mean: Tensor([0.3, -1]),
      covariance: Tensor(rows: [[0.8, 0.3], [0.3, 0.5]])
    )
    func check(_ density: some ScoredDensity) {
      let score = density.score(Self.points)
      for axis in 0..<2 {
        let direction = Tensor<Double>(identity: 2).slice(axis..<axis + 1)
          .broadcast(to: Self.points.shape)
        let slope = CentralDifference(at: [Self.points], along: [direction]) {
          density.logDensity($0[0]).elements
        }
        #expect(slope.mismatch(score.slice(axis..<axis + 1, along: 1).elements) == nil)
      }
    }
    check(mixture)
    check(gaussian)
    check(StandardGaussian(dimension: 2))
    // Far away one mode has all the weight and no number overflows.
    #expect(mixture.score(Tensor(rows: [[1e8, 0]])).firstNonFinite == nil)
  }
}
