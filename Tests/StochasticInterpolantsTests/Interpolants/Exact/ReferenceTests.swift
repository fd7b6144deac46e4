import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// The committed reference values of exact fields: 260 evaluations in 1, 2 and 5 dimensions.
struct ReferenceFields: Decodable {
  struct Mixture: Decodable {
    let weights: [Double]
    let means: [[Double]]
    let covariances: [[[Double]]]

    var mixture: GaussianMixture {
      get throws {
        let (modes, dimension) = (means.count, means[0].count)
        return try GaussianMixture(
          weights: weights,
          means: Tensor(means.flatMap { $0 }, shape: [modes, dimension]),
          covariances: Tensor(
            covariances.flatMap { $0.flatMap { $0 } },
            shape: [modes, dimension, dimension]
          )
        )
      }
    }
  }

  struct Evaluation: Decodable {
    let schedule: String
    let gamma: String
    let gammaScale: Double
    let t: Double
    let x: [Double]
    let logDensity: Double
    let velocity: [Double]
    let conditionalVelocity: [Double]
    let score: [Double]
    let denoiser: [Double]
  }

  struct Case: Decodable {
    let dimension: Int
    let base: Mixture
    let target: Mixture
    let evaluations: [Evaluation]
  }

  let cases: [Case]

  static func read() throws -> ReferenceFields {
    let url = try #require(
      Bundle.module.url(
        forResource: "gaussian-mixture-fields",
        withExtension: "json",
        subdirectory: "Resources"
      )
    )
    return try JSONDecoder().decode(ReferenceFields.self, from: Data(contentsOf: url))
  }
}

@Suite struct ReferenceTests {
  /// The fields at one point through the interpolant that the names stand for.
  static func fields(
    _ evaluation: ReferenceFields.Evaluation,
    _ base: GaussianMixture,
    _ target: GaussianMixture
  ) throws -> FieldValues {
    let x = Tensor(evaluation.x, shape: [1, evaluation.x.count])
    func with(_ schedule: some Schedule, _ gamma: some LatentSchedule) -> FieldValues {
      MixtureFields(
        TwoSidedInterpolant(schedule: schedule, gamma: gamma),
        base: base,
        target: target
      )(evaluation.t, x)
    }
    func with(_ schedule: some Schedule) throws -> FieldValues {
      switch evaluation.gamma {
      case "zero": return with(schedule, ZeroLatent())
      case "brownian": return with(schedule, BrownianLatent(scale: evaluation.gammaScale))
      case "quadratic": return with(schedule, QuadraticLatent())
      default:
        try #require(evaluation.gamma == "sineSquared")
        return with(schedule, SineSquaredLatent())
      }
    }
    switch evaluation.schedule {
    case "linear": return try with(LinearSchedule())
    case "trigonometric": return try with(TrigonometricSchedule())
    default:
      try #require(evaluation.schedule == "encodingDecoding")
      return try with(EncodingDecodingSchedule())
    }
  }

  /// How far fields may be off, relative to 1 and to the exact ones.
  ///
  /// The references are doubles, of which every eighth differs from an evaluation with 30 digits by
  /// at most 4·10⁻¹⁵. Where a pair of components has a weight that counts, the condition number of
  /// its covariance is below 20 and the squared norm in its exponent below 100: so are the factors
  /// of some 16 roundings in a weight. It multiplies a component's field, up to 20 times the whole
  /// one.
  static let rounding = 16 * 20 * 100 * 20 * 0x1p-53

  @Test func all260EvaluationsAgree() throws {
    var count = 0
    for own in try ReferenceFields.read().cases {
      let (base, target) = (try own.base.mixture, try own.target.mixture)
      for evaluation in own.evaluations {
        count += 1
        let values = try Self.fields(evaluation, base, target)
        func check(_ name: String, _ found: [Double], _ exact: [Double]) {
          let bound = Self.rounding * exact.reduce(1) { max($0, abs($1)) }
          let error = zip(found, exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
          #expect(found.count == exact.count && error <= bound, "\(name) of \(evaluation)")
        }
        check("log ρ", values.logDensity.elements, [evaluation.logDensity])
        check("b", values.velocity.elements, evaluation.velocity)
        check("v", values.conditionalVelocity.elements, evaluation.conditionalVelocity)
        check("s", values.score.elements, evaluation.score)
        check("η_z", values.denoiser.elements, evaluation.denoiser)
      }
    }
    #expect(count == 260)
  }
}
