import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Every field from every set of learned ones, against closed forms.
@Suite struct LearnedFieldsTests {
  /// What was learned, on one or two networks.
  struct Learned: Sendable, CustomTestStringConvertible {
    let networks: [[VectorField]]
    let isTwoSided: Bool
    /// What must follow at inner times.
    let follows: Quantities
    /// What must follow at t = 0 and t = 1.
    let atStart: Quantities
    let atEnd: Quantities

    var testDescription: String {
      networks.map { $0.map(\.rawValue).joined(separator: "+") }.joined(separator: ", ")
        + (isTwoSided ? ", two-sided" : ", one-sided")
    }
  }

  static let everything: Quantities = [
    .velocity, .score, .denoiser, .divergence, .conditionalVelocity, .targetDenoiser,
    .scoreDivergence,
  ]
  static let both: Quantities = everything.union(.baseDenoiser)
  static let noScore: Quantities = everything.subtracting([.score, .scoreDivergence])

  static let cases: [Learned] = {
    var cases: [Learned] = []
    func oneSided(_ networks: [[VectorField]], atEnd: Quantities) {
      cases.append(
        Learned(
          networks: networks,
          isTwoSided: false,
          follows: everything,
          atStart: everything,
          atEnd: atEnd
        )
      )
    }
    // At t = 1 α = 0: b, η₁ = x follow from b or η_z, s from neither.
    oneSided([[.velocity]], atEnd: noScore)
    oneSided([[.denoiser]], atEnd: noScore)
    oneSided([[.score]], atEnd: everything)
    // Where α = 0 η_z is 0, so that b = β̇η₁ at t = 1.
    oneSided([[.targetDenoiser]], atEnd: noScore)
    // v = β̇η₁ and η_z = (x − βη₁)/α.
    oneSided([[.conditionalVelocity]], atEnd: noScore)
    oneSided([[.velocity], [.score]], atEnd: everything)
    oneSided([[.velocity, .denoiser]], atEnd: noScore)
    func twoSided(
      _ networks: [[VectorField]],
      follows: Quantities = both,
      atStart: Quantities,
      atEnd: Quantities
    ) {
      cases.append(
        Learned(
          networks: networks,
          isTwoSided: true,
          follows: follows,
          atStart: atStart,
          atEnd: atEnd
        )
      )
    }
    twoSided([[.velocity], [.score]], atStart: both, atEnd: both)
    twoSided([[.velocity, .score]], atStart: both, atEnd: both)
    let unscored = both.subtracting([.score, .scoreDivergence])
    twoSided([[.velocity, .denoiser]], atStart: unscored, atEnd: unscored)
    twoSided([[.conditionalVelocity], [.denoiser]], atStart: unscored, atEnd: unscored)
    twoSided([[.conditionalVelocity, .score]], atStart: both, atEnd: both)
    // γ = 0 at both ends, where η_z is 0 and s is not determined.
    twoSided([[.baseDenoiser, .targetDenoiser]], atStart: unscored, atEnd: unscored)
    twoSided(
      [[.targetDenoiser, .denoiser]],
      atStart: unscored,
      atEnd: [.targetDenoiser, .denoiser]
    )
    twoSided(
      [[.baseDenoiser], [.denoiser]],
      atStart: [.baseDenoiser, .denoiser],
      atEnd: unscored
    )
    twoSided(
      [[.velocity]],
      follows: [.velocity, .divergence],
      atStart: [.velocity, .divergence],
      atEnd: [.velocity, .divergence]
    )
    return cases
  }()

  static func exact(_ own: Learned) throws -> MixtureFields<AnyInterpolant> {
    func gaussian(_ mean: Double, _ variance: Double) -> GaussianMixture {
      GaussianMixture(
        isotropic: Tensor(rows: [[mean]]),
        standardDeviation: variance.squareRoot()
      )
    }
    let target = gaussian(ExactNetwork.mean1, ExactNetwork.variance1)
    guard own.isTwoSided else {
      return MixtureFields(AnyInterpolant(OneSidedInterpolant.linear), target: target)
    }
    return MixtureFields(
      AnyInterpolant(TwoSidedInterpolant.linear(gamma: QuadraticLatent())),
      base: gaussian(ExactNetwork.mean0, ExactNetwork.variance0),
      target: target
    )
  }

  static func learned(
    _ own: Learned,
    _ interpolant: AnyInterpolant
  ) -> LearnedFields<AnyInterpolant> {
    LearnedFields(
      interpolant: interpolant,
      fields: own.networks.map { kinds in
        LearnedField(
          kinds: kinds,
          network: ExactNetwork(kinds: kinds, isTwoSided: own.isTwoSided),
          parameters: [],
          times: 0...1
        )
      },
      targetMean: Tensor([ExactNetwork.mean1])
    )
  }

  static let names: [Quantities] = [
    .velocity, .score, .denoiser, .divergence, .conditionalVelocity, .baseDenoiser,
    .targetDenoiser, .scoreDivergence,
  ]

  @Test(arguments: cases) func derivedFieldsAreTheClosedForms(_ own: Learned) throws {
    let exact = try Self.exact(own)
    let learned = Self.learned(own, exact.interpolant)
    #expect(learned.available == own.follows)
    let points = Tensor(rows: [[-2.0], [-0.3], [0.4], [1.1], [3.0]])
    for time in [0, 0.2, 0.5, 0.7, 1] {
      let expected = time == 0 ? own.atStart : time == 1 ? own.atEnd : own.follows
      for quantity in Self.names {
        let isOffered =
          learned.available.contains(quantity)
          && learned.obstacle(to: quantity, at: time) == nil
        #expect(isOffered == expected.contains(quantity), "\(quantity) at t = \(time)")
        guard isOffered else {
          guard learned.available.contains(quantity) else { continue }
          #expect(throws: ConversionError.self) {
            _ = try learned.values(at: time, points, wanted: quantity)
          }
          continue
        }
        let found = learned(time, points, wanted: quantity)[quantity]
        let wanted = exact(time, points, wanted: quantity)[quantity]
        // Float networks: 2⁻²⁴ of values up to 10, times the largest factor of a conversion, 1/(αγ)
        // or 1/(βγ) = 1/(0.2 · 0.16) at t = 0.2.
        #expect(
          found.isApproximatelyEqual(to: wanted, absoluteTolerance: 40 * 10 * 0x1p-23),
          "\(quantity) at t = \(time): \(found) for \(wanted)"
        )
      }
    }
  }

  @Test func withoutALatentVelocitiesAreOne() throws {
    // γ = 0: b = v, η_z = 0, and η₀, η₁ follow from b and x.
    let interpolant = TwoSidedInterpolant.linear(gamma: ZeroLatent())
    struct Constant: ParameterFreeNetwork {
      let heads: Int
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time: Variable<Scalar>,
        points: Variable<Scalar>
      ) -> Variable<Scalar> {
        heads == 1 ? points * 0 + 3 : .concatenating([points * 0 + 3, points * 0 + 5], along: 1)
      }
    }
    func learned(_ kinds: [VectorField]) -> LearnedFields<
      TwoSidedInterpolant<LinearSchedule, ZeroLatent>
    > {
      LearnedFields(
        interpolant: interpolant,
        fields: [
          LearnedField(
            kinds: kinds,
            network: Constant(heads: kinds.count),
            parameters: [],
            times: 0...1
          )
        ]
      )
    }
    let points = Tensor(rows: [[1.5]])
    for time in [0, 0.4, 1] {
      for kinds in [[VectorField.velocity], [.conditionalVelocity]] {
        let values = learned(kinds)(
          time,
          points,
          wanted: [.velocity, .conditionalVelocity, .denoiser, .baseDenoiser, .targetDenoiser]
        )
        #expect(values.velocity.scalar == 3 && values.conditionalVelocity.scalar == 3)
        #expect(values.denoiser.scalar == 0)
        // x₀ = x − t b, x₁ = x + (1 − t) b.
        #expect(abs(values.baseDenoiser.scalar - (1.5 - 3 * time)) < 1e-6)
        #expect(abs(values.targetDenoiser.scalar - (4.5 - 3 * time)) < 1e-6)
      }
      // b = η₁ − η₀.
      let ends = learned([.baseDenoiser, .targetDenoiser])
      #expect(ends(time, points, wanted: .velocity).velocity.scalar == 2)
    }
  }

  @Test func twoHeadsAreOnePass() throws {
    // One network with b and s gives the same samples as two networks.
    let together = try #require(
      Self.cases.first { $0.networks == [[.velocity, .score]] && $0.isTwoSided }
    )
    let apart = try #require(
      Self.cases.first { $0.networks == [[.velocity], [.score]] && $0.isTwoSided }
    )
    let exact = try Self.exact(together)
    let start = GaussianMixture(
      isotropic: Tensor(rows: [[ExactNetwork.mean0]]),
      standardDeviation: ExactNetwork.variance0.squareRoot()
    )
    let samples = try [together, apart].map { own in
      try Sampler(Self.learned(own, exact.interpolant)).sde(
        count: 200,
        from: start,
        diffusion: .constant(0.4),
        steps: 20,
        seed: 3
      ).points
    }
    #expect(samples[0] == samples[1])
  }

  @Test func aSamplerRefusesWhatIsSingular() throws {
    // η₀ does not follow from η₁ = x at t = 1, where α = 0.
    let own = try #require(Self.cases.first { $0.networks == [[.targetDenoiser, .denoiser]] })
    let sampler = Sampler(Self.learned(own, try Self.exact(own).interpolant))
    let error = #expect(throws: SamplingError.self) {
      _ = try sampler.ode(count: 3, from: StandardGaussian(dimension: 1), steps: 4, seed: 0)
    }
    guard case .singular(let reason)? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
    #expect(reason.description.contains("t = 1.0"))
    let samples = try sampler.ode(
      count: 3,
      from: StandardGaussian(dimension: 1),
      steps: 4,
      times: 0...0.99,
      seed: 0
    )
    #expect(samples.points.firstNonFinite == nil)
  }
}
