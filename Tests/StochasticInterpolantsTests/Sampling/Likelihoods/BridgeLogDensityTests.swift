import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Log-densities of a bridge whose networks are exact, against those of its ends, in the user's coordinates.
@Suite struct BridgeLogDensityTests {
  /// Where the user's x is 7 + 5 times that of the fields.
  static let standardization = Standardization(mean: [7], scales: [5])
  static let own = Tensor(rows: [[-1.5], [-0.3], [0.4], [1.1], [2.4]])
  static let points = standardization.undo(own)

  static func gaussian(_ mean: Double, _ variance: Double) throws -> Gaussian {
    try Gaussian(mean: Tensor([mean]), covariance: Tensor(rows: [[variance]]))
  }

  static func bridge(_ target: (any Density)? = nil) throws -> Bridge<AnyInterpolant> {
    let learned = LearnedFieldsTests.Learned(
      networks: [[.conditionalVelocity, .score]],
      isTwoSided: true,
      follows: [],
      atStart: [],
      atEnd: []
    )
    let interpolant = try LearnedFieldsTests.exact(learned).interpolant
    return Bridge(
      fields: LearnedFieldsTests.learned(learned, interpolant),
      base: try gaussian(ExactNetwork.mean0, ExactNetwork.variance0),
      target: try target ?? gaussian(ExactNetwork.mean1, ExactNetwork.variance1),
      standardization: standardization
    )
  }

  /// log N of the end at which a direction arrives, less log 5.
  static func exact(_ direction: Direction) throws -> Tensor<Double> {
    let density =
      direction == .forward
      ? try gaussian(ExactNetwork.mean1, ExactNetwork.variance1)
      : try gaussian(ExactNetwork.mean0, ExactNetwork.variance0)
    // 25 times the variance in the user's coordinates.
    let user = try gaussian(
      7 + 5 * density.mean.elements[0],
      25 * density.covariance.elements[0]
    )
    return user.logDensity(points)
  }

  @Test(arguments: [Direction.forward, .backward])
  func bothEndsInTheUsersCoordinates(_ direction: Direction) throws {
    let bridge = try Self.bridge()
    let exact = try Self.exact(direction)
    // Fields in Float: 2⁻²⁴ of values up to 20, summed over a path and times a score up to 10.
    let tolerance = 200 * 0x1p-22
    let fixed = try bridge.logDensity(Self.points, steps: 50, direction: direction)
    #expect(fixed.values.isApproximatelyEqual(to: exact, absoluteTolerance: tolerance))
    #expect(fixed.standardErrors.max() == 0 && fixed.evaluations == 201)
    let chosen = try bridge.logDensity(
      Self.points,
      tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5),
      direction: direction
    )
    // Some ten steps of 10⁻⁵, times a score up to 10.
    #expect(chosen.values.isApproximatelyEqual(to: exact, absoluteTolerance: 1e-3))
    #expect(chosen.evaluations != fixed.evaluations)
  }

  @Test(arguments: [Direction.forward, .backward])
  func probesComeWithTheirErrors(_ direction: Direction) throws {
    let bridge = try Self.bridge()
    let exact = try Self.exact(direction)
    let rule = DivergenceRule.hutchinson(probes: 60, law: .gaussian, seed: 2)
    let fixed = try bridge.logDensity(
      Self.points,
      divergence: rule,
      steps: 50,
      direction: direction
    )
    let chosen = try bridge.logDensity(
      Self.points,
      divergence: rule,
      tolerance: ErrorTolerance(absolute: 1e-5, relative: 1e-5),
      direction: direction
    )
    for logs in [fixed, chosen] {
      #expect(logs.draws == 60)
      for point in 0..<logs.count {
        #expect(logs[point].standardError > 1e-3)
        #expect(abs(logs[point].standardErrors(above: exact[point])) < 5)
      }
    }
  }

  @Test func innerTimes() throws {
    let bridge = try Self.bridge()
    // ρ(½) = N(½, c₀/4 + c₁/4 + 1/16).
    let half = try Self.gaussian(
      7 + 5 * 0.5,
      25 * (0.25 * (ExactNetwork.variance0 + ExactNetwork.variance1) + 0.0625)
    )
    let found = try bridge.logDensity(Self.points, times: 0...0.5)
    #expect(
      found.values.isApproximatelyEqual(
        to: half.logDensity(Self.points),
        absoluteTolerance: 200 * 0x1p-22
      )
    )
  }

  @Test func anEndThatCanOnlyBeDrawnFromIsNamed() throws {
    let bridge = try Self.bridge(EmpiricalDensity(points: Self.own))
    let error = #expect(throws: SamplingError.self) {
      try bridge.logDensity(Self.points, direction: .backward)
    }
    #expect(error == .noStartDensity(time: 1))
    #expect(error?.description.contains("t = 1") == true)
    #expect(try bridge.logDensity(Self.points).values.firstNonFinite == nil)
  }
}
