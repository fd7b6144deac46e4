import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import Testing

/// Any ε gives the same ρ(t), forward and backward, from Gaussian and other bases.
@Suite struct MarginalTests {
  static let base = GaussianMixture(isotropic: Tensor(rows: [[-2], [1]]), standardDeviation: 0.5)
  static let target = GaussianMixture(isotropic: Tensor(rows: [[-1], [3]]), standardDeviation: 0.6)

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fields: MixtureFields<AnyInterpolant>
    let start: GaussianMixture
    let diffusions: [(name: String, diffusion: Diffusion)]

    init(_ name: String, _ interpolant: some CoupledInterpolant) {
      testDescription = name
      fields = MixtureFields(AnyInterpolant(interpolant), base: base, target: target)
      start = base
      diffusions = Self.diffusions(interpolant)
    }

    init(_ name: String, _ interpolant: some TargetInterpolant) {
      testDescription = name
      fields = MixtureFields(AnyInterpolant(interpolant), target: target)
      start = GaussianMixture(isotropic: Tensor(rows: [[0]]), standardDeviation: 1)
      diffusions = Self.diffusions(interpolant)
    }

    static func diffusions(_ interpolant: some Interpolant) -> [(String, Diffusion)] {
      [
        ("0.3", .constant(0.3)), ("2", .constant(2)), ("γ", .latent(1, of: interpolant)),
        ("sin²", .increasingDecreasing()), ("falling", .decreasing()),
      ]
    }
  }

  static let cases = [
    Case("linear, Brownian", .linear(gamma: BrownianLatent())),
    Case("trigonometric, quadratic", .trigonometric(gamma: QuadraticLatent())),
    Case("one-sided linear", .linear),
    Case("SBDM", .sbdm),
  ]

  static let count = 4_000

  static func times(_ direction: Direction) -> [Double] {
    [0.25, 0.5, 0.75, direction == .forward ? 1 : 0]
  }

  /// The largest |z| of mean and variance at four times; infinite where points are missing or not finite.
  ///
  /// Nothing is added for the bias of 60 steps of weak order 2: with derivatives of order 10 it is
  /// 10/60² = 0.003, a tenth of the standard error of 4,000 numbers of standard deviation 2.
  static func largestScore(
    _ own: Case,
    _ diffusion: Diffusion,
    _ direction: Direction,
    spoiling: Double = 0
  ) throws -> Double {
    let times = times(direction)
    let samples = try Sampler(own.fields).sde(
      count: count,
      from: direction == .forward ? own.start : target,
      diffusion: diffusion,
      steps: 60,
      direction: direction,
      saving: times,
      seed: 11
    )
    return largestScore(of: samples, at: times, own, spoiling: spoiling)
  }

  /// The same of samples that were kept at those times.
  static func largestScore(
    of samples: Samples,
    at times: [Double],
    _ own: Case,
    spoiling: Double = 0
  ) -> Double {
    // Both would pass else: zip ends with the shorter one, and the maximum of a number and NaN is the number.
    guard samples.trajectory.count == times.count else { return .infinity }
    var largest = 0.0
    for (time, points) in zip(times, samples.trajectory) {
      let (mean, variance) = (own.fields.mean(time)[0], own.fields.covariance(time)[0, 0])
      let values = points.elements.map { $0 + spoiling }
      guard values.count == count, values.allSatisfy(\.isFinite) else { return .infinity }
      let found = values.reduce(0, +) / Double(count)
      largest = max(largest, abs(found - mean) / (variance / Double(count)).squareRoot())
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      let second = squares.reduce(0, +) / Double(count)
      let fourth = squares.reduce(0) { $0 + $1 * $1 } / Double(count)
      let error = ((fourth - second * second) / Double(count)).squareRoot()
      largest = max(largest, abs(second - variance) / error)
      guard error > 0, variance > 0, largest.isFinite else { return .infinity }
    }
    return largest
  }

  @Test(arguments: cases) func everyDiffusionKeepsTheLaw(_ own: Case) throws {
    for (name, diffusion) in own.diffusions {
      for direction in [Direction.forward, .backward] {
        let z = try Self.largestScore(own, diffusion, direction)
        #expect(z < 5, "ε = \(name), \(direction)")
      }
    }
  }

  @Test func aShiftOfTheSamplesIsSeen() throws {
    // Five standard errors of 4,000 samples of standard deviation 2 are 0.16.
    let z = try Self.largestScore(Self.cases[0], .constant(0.3), .forward, spoiling: 0.2)
    #expect(z > 5)
  }

  @Test func missingAndBrokenPointsAreSeen() throws {
    let own = Self.cases[0]
    let broken = try Self.largestScore(own, .constant(0.3), .forward, spoiling: .nan)
    #expect(broken == .infinity)
    let samples = try Sampler(own.fields).sde(
      count: Self.count,
      from: own.start,
      diffusion: .constant(0.3),
      steps: 60,
      saving: [0.5],
      seed: 11
    )
    #expect(Self.largestScore(of: samples, at: [0.5], own) < 5)
    #expect(Self.largestScore(of: samples, at: [0.5, 1], own) == .infinity)
  }

  @Test func aDiffusionThatIsNoneIsRefused() throws {
    let sampler = Sampler(Self.cases[0].fields)
    func refusal(_ diffusion: Diffusion) -> SamplingError? {
      do {
        _ = try sampler.sde(
          count: 2,
          from: Self.base,
          diffusion: diffusion,
          steps: 4,
          seed: 0
        )
        return nil
      } catch {
        return error
      }
    }
    // ∫ dt/t diverges, ∫ dt/√t does not: the noise would be finite, but not the drift εs.
    #expect(refusal(.custom { 1 / $0 }) == .divergentDiffusion(time: 0))
    #expect(refusal(.custom { 1 / (1 - $0) }) == .divergentDiffusion(time: 1))
    #expect(refusal(.custom { 1 / ($0 * $0) }) == .divergentDiffusion(time: 0))
    // ∫ dt/(t + d) = log(1 + 1/d), however close to 0 the integrand stops growing.
    for distance in [1e-6, 1e-12] {
      #expect(refusal(.custom { 1 / ($0 + distance) }) == nil)
      #expect(refusal(.custom { 1 / (1 - $0 + distance) }) == nil)
    }
    #expect(refusal(.custom { 1 / ($0 + 1e-20) }) == nil)
    #expect(refusal(.custom(on: 3e-12...1) { 1 / $0 }) == nil)
    #expect(refusal(.custom { 1 / $0.squareRoot() }) == .diffusion(time: 0, value: .infinity))
    #expect(refusal(.custom(on: 0.01...1) { 1 / $0 }) == nil)
    #expect(refusal(.custom { 0.5 - $0 }) == .diffusion(time: 0.75, value: -0.25))
    #expect(refusal(.custom { $0 }) == nil)
  }

  @Test func theKLOptimalDiffusionOfTheLinearScheduleIsSiTs() throws {
    // ε = (1−t)/t on [0.05, 1]: the law of the end is ρ₁.
    let own = Self.cases[2]
    let z = try Self.largestScore(own, .klOptimal(LinearSchedule(), from: 0.05), .forward)
    #expect(z < 5)
    let sbdm = try Self.largestScore(
      Self.cases[3],
      .klOptimal(SBDMSchedule(), from: 0.05),
      .forward
    )
    #expect(sbdm < 5)
  }

  @Test func everySpacingKeepsTheLaw() throws {
    let own = Self.cases[0]
    for spacing in [StepSpacing.cosine, .leaning(0.1, 0.05)] {
      for direction in [Direction.forward, .backward] {
        let samples = try Sampler(own.fields).sde(
          count: 4_000,
          from: direction == .forward ? own.start : Self.target,
          diffusion: .constant(1),
          steps: 40,
          spacing: spacing,
          direction: direction,
          seed: 12
        )
        let time = direction == .forward ? 1.0 : 0
        let error = (own.fields.covariance(time)[0, 0] / 4_000).squareRoot()
        #expect(abs(samples.points.mean() - own.fields.mean(time)[0]) < 5 * error)
      }
    }
  }

  @Test func noiseProportionalToTheLatentActsUpToTheEnds() throws {
    // From a learned denoiser −η/γ is infinite at both ends, and (ε/γ) η is not.
    struct Closed: Fields {
      let exact: MixtureFields<AnyInterpolant>
      var dimension: Int { 1 }
      var available: Quantities { [.velocity, .denoiser] }
      func makeEvaluator(_ wanted: Quantities, rows: Int)
        -> MixtureFields<AnyInterpolant>.Evaluator
      {
        exact.makeEvaluator(wanted, rows: rows)
      }
    }
    let own = Self.cases[0]
    let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let choices: [Diffusion] = [
      .latent(1, of: interpolant), .increasingDecreasing(2, of: interpolant),
      .custom(overLatent: { 3 * interpolant.latent($0).value }) { 3 * $0 * (1 - $0) },
    ]
    for diffusion in choices {
      let samples = try Sampler(Closed(exact: own.fields)).sde(
        count: Self.count,
        from: own.start,
        diffusion: diffusion,
        steps: 60,
        saving: [1],
        seed: 3
      )
      #expect(Self.largestScore(of: samples, at: [1], own) < 5)
    }
    // A constant ε needs s itself.
    #expect(throws: SamplingError.self) {
      _ = try Sampler(Closed(exact: own.fields)).sde(
        count: 2,
        from: own.start,
        diffusion: .constant(1),
        steps: 4,
        seed: 3
      )
    }
  }
}
