import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import Testing

/// ε(t) and spacings with a name are the functions their comments say.
@Suite struct NamedChoicesTests {
  static let target = GaussianMixture(
    isotropic: Tensor(rows: [[-2], [1]]),
    standardDeviation: 0.5
  )
  static let fields = MixtureFields(OneSidedInterpolant.linear, target: target)

  /// The same fields without s, so that the noise term is (ε/α) η_z.
  struct WithoutScore: Fields {
    let exact: MixtureFields<OneSidedInterpolant<LinearSchedule>>
    var dimension: Int { 1 }
    var available: Quantities { [.velocity, .denoiser] }
    func makeEvaluator(
      _ wanted: Quantities,
      rows: Int
    ) -> MixtureFields<OneSidedInterpolant<LinearSchedule>>.Evaluator {
      exact.makeEvaluator(wanted, rows: rows)
    }
  }

  struct Named: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let diffusion: Diffusion
    let formula: @Sendable (Double) -> Double
    /// Whether ε/α is known apart.
    var isOverLatent = false
  }

  /// On these times every ε is finite and so is every s.
  static let times = 0.2...0.8

  static let cases: [Named] = [
    Named(
      testDescription: "latent",
      diffusion: .latent(0.7, of: OneSidedInterpolant.linear, on: times),
      formula: { 0.7 * (1 - $0) },
      isOverLatent: true
    ),
    Named(
      testDescription: "latent²",
      diffusion: .latent(0.7, power: 2, of: OneSidedInterpolant.linear, on: times),
      formula: { 0.7 * (1 - $0) * (1 - $0) },
      isOverLatent: true
    ),
    Named(
      testDescription: "klOptimal",
      diffusion: .klOptimal(LinearSchedule(), from: 0.2, to: 0.8),
      formula: { (1 - $0) / $0 },
      isOverLatent: true
    ),
    Named(
      testDescription: "noiseLevel",
      diffusion: .noiseLevel(LinearSchedule(), on: times),
      formula: { 1 - $0 },
      isOverLatent: true
    ),
    Named(
      testDescription: "increasingDecreasing(of:)",
      diffusion: .increasingDecreasing(1.3, of: OneSidedInterpolant.linear, on: times),
      formula: { 1.3 * pow(sin(.pi * $0), 2) },
      isOverLatent: true
    ),
    Named(
      testDescription: "increasingDecreasing",
      diffusion: .increasingDecreasing(1.3, on: times),
      formula: { 1.3 * pow(sin(.pi * $0), 2) }
    ),
    Named(
      testDescription: "decreasing",
      diffusion: .decreasing(1.3, on: times),
      formula: { 0.25 * pow(1.3 * cos(.pi * $0) + 1, 2) }
    ),
    Named(
      testDescription: "decreasingLinearly",
      diffusion: .decreasingLinearly(1.3, on: times),
      formula: { 1.3 * (1 - $0) }
    ),
    Named(testDescription: "constant", diffusion: .constant(0.4, on: times), formula: { _ in 0.4 }),
  ]

  /// Five paths of eight steps: those of the formula, but for roundings, some 10 of 2⁻⁵² of numbers below 10 in
  /// each of eight steps of three evaluations, which a path's slopes, below 5 · 0.6, grow by at most e³.
  @Test(arguments: cases) func aNameIsItsFormula(_ own: Named) throws {
    func path<F: Fields>(_ fields: F, _ diffusion: Diffusion) throws -> [Double] {
      try Sampler(fields).sde(
        count: 5,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 8,
        times: Self.times,
        seed: 3
      ).points.elements
    }
    let bound: Double = 2_400 * 0x1p-52 * exp(3.0)
    func check<F: Fields>(_ fields: F) throws {
      func custom(_ factor: Double) -> Diffusion {
        let formula = own.formula
        return .custom(on: Self.times, overLatent: { factor * formula($0) / (1 - $0) }) {
          factor * formula($0)
        }
      }
      let found = try path(fields, own.diffusion)
      let expected = try path(fields, custom(1))
      for (first, second) in zip(found, expected) { #expect(abs(first - second) < bound) }
      // Another size of ε is another path.
      let other = try path(fields, custom(1.01))
      let isOther = zip(found, other).allSatisfy { abs($0 - $1) > 1e-5 }
      #expect(isOther)
    }
    try check(Self.fields)
    if own.isOverLatent { try check(WithoutScore(exact: Self.fields)) }
  }

  /// The times at which the fields are asked are t₀ + (t₁ − t₀) w(k/n).
  @Test func aSpacingIsItsFormula() throws {
    final class Times: Sendable {
      private let times = Lock<[Double]>([])
      func add(_ time: Double) { times.withLock { $0.append(time) } }
      var seen: [Double] { times.withLock { $0 } }
    }
    let cases: [(StepSpacing, (Double) -> Double)] = [
      (.uniform, { $0 }),
      (.cosine, { pow(sin(.pi * $0 / 2), 2) }),
      (.leaning(0.1, 0.05), { $0 + 0.1 * sin(.pi * $0) + 0.05 * sin(2 * .pi * $0) / 2 }),
      (StepSpacing { $0 * $0 }, { $0 * $0 }),
    ]
    for (spacing, warp) in cases {
      let times = Times()
      let fields = ClosureFields(
        dimension: 1,
        velocity: { t, x in
          times.add(t)
          return x * 0
        }
      )
      _ = try Sampler(fields).ode(
        count: 1,
        from: StandardGaussian(dimension: 1),
        method: .euler,
        steps: 6,
        spacing: spacing,
        times: 0.2...0.9,
        seed: 0
      )
      #expect(times.seen.count == 6)
      for (index, time) in times.seen.enumerated() {
        let expected: Double = 0.2 + 0.7 * warp(Double(index) / 6)
        #expect(abs(time - expected) < 4 * 0x1p-53)
      }
    }
  }
}
