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
    // As for the log-density: the difference to half the steps bounds the error at order 4.
    Self.check(coarse: try gradient(60), fine: try gradient(120), exact)
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
      Self.check(coarse: try gradient(60), fine: try gradient(120), base.score(Self.points))
    }
  }

  private static func check(
    coarse: Tensor<Double>,
    fine: Tensor<Double>,
    _ exact: Tensor<Double>
  ) {
    let (difference, error) = (coarse - fine, fine - exact)
    #expect(
      zip(error.elements, difference.elements).allSatisfy { abs($0) <= abs($1) + 1e-7 },
      "\(error) and \(difference)"
    )
    #expect(magnitude(difference.elements) < 5e-2)
  }

  @Test func itIsTheDerivativeOfTheLogDensity() throws {
    // At inner times, whose law is no mixture that is given, by central differences.
    let fields = try LikelihoodCase.all[0].own.fields()
    let start = try ExactCase.base()
    let sampler = Sampler(fields)
    let found = try sampler.gradientOfLogDensity(
      Self.points,
      from: start,
      steps: 100,
      times: 0...0.6
    )
    let exact = fields(0.6, Self.points, wanted: .score).score
    #expect(found.isApproximatelyEqual(to: exact, absoluteTolerance: 1e-4))
    for axis in 0..<2 {
      let direction = Tensor<Double>(identity: 2).slice(axis..<axis + 1)
        .broadcast(to: Self.points.shape)
      let slope = CentralDifference(at: [Self.points], along: [direction]) { arguments in
        guard
          let logs = try? sampler.logDensity(
            arguments[0],
            from: start,
            steps: 100,
            times: 0...0.6
          )
        else { return [] }
        return logs.values.elements
      }
      // The continuous gradient and that of the numbers differ by the integrator's error.
      let own = found.slice(axis..<axis + 1, along: 1).elements
      #expect(own.count == slope.values.count)
      #expect(zip(own, slope.values).allSatisfy { abs($0 - $1) < 1e-4 })
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
