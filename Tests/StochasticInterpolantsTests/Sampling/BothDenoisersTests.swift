import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// b of an interpolant without a random x₀ whose η_z (or s) and η₁ are both learned.
@Suite struct BothDenoisersTests {
  /// The heads of a linear one-sided bridge of which η₁ serves at t = 0 alone, where E[x₁] is not known.
  static func withoutMean(
    _ kinds: [VectorField],
    targetTimes: ClosedRange<Double> = 0...1
  ) -> LearnedFields<OneSidedInterpolant<LinearSchedule>> {
    LearnedFields(
      interpolant: .linear,
      fields: kinds.map { kind in
        LearnedField(
          kind: kind,
          network: ExactNetwork(kinds: [kind], isTwoSided: false),
          parameters: [],
          times: kind == .targetDenoiser ? targetTimes : 0...1
        )
      }
    )
  }

  @Test(arguments: [VectorField.denoiser, .score])
  func withBothDenoisersTheStartNeedsNoMean(_ kind: VectorField) throws {
    let fields = Self.withoutMean([kind, .targetDenoiser])
    let points = Tensor(rows: [[-2.0], [0.4], [3.0]])
    // b(0, x) = η₁ − η_z = m₁ − x. Float networks: 2⁻²⁴ of values up to 5.
    let values = try fields.values(at: 0, points, wanted: [.velocity, .divergence])
    let expected = points * -1 + ExactNetwork.mean1
    #expect(values.velocity.isApproximatelyEqual(to: expected, absoluteTolerance: 5 * 0x1p-23))
    #expect(values.divergence.elements.allSatisfy { abs($0 + 1) < 5 * 0x1p-23 })
    let target = try Gaussian(
      mean: Tensor([ExactNetwork.mean1]),
      covariance: Tensor(rows: [[ExactNetwork.variance1]])
    )
    let found = try Sampler(fields).logDensity(
      points,
      from: StandardGaussian(dimension: 1),
      steps: 50
    )
    // Divergences in Float, of which the weights of a step add up to 1, and x(0), at which log ρ has slopes
    // below 5, each to 5 · 2⁻²³; the steps leave 10⁻⁷.
    #expect(
      found.values.isApproximatelyEqual(
        to: target.logDensity(points),
        absoluteTolerance: 6 * 5 * 0x1p-23 + 1e-7
      )
    )
  }

  /// K = 0 at t = ½, where b is γ̇η_z with the rounding that γ̇ and K̇ are there.
  @Test func aMirrorHasAVelocityWhereTheDataVanish() throws {
    struct Doubling: ParameterFreeNetwork {
      var heads: Int { 2 }
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time: Variable<Scalar>,
        points: Variable<Scalar>
      ) -> Variable<Scalar> { .concatenating([points * 2, points * 2], along: 1) }
    }
    let fields = LearnedFields(
      interpolant: MirrorInterpolant(schedule: CosineSquaredMirror(), gamma: SineSquaredLatent()),
      fields: [
        LearnedField(
          kinds: [.denoiser, .targetDenoiser],
          network: Doubling(),
          parameters: [],
          times: 0...1
        )
      ]
    )
    let point = Tensor(rows: [[1.0]])
    let values = try fields.values(at: 0.5, point, wanted: [.velocity, .divergence])
    // 2(K̇ + γ̇), each a rounding of π.
    #expect(abs(values.velocity.scalar) < 4 * .pi * 0x1p-52)
    #expect(abs(values.divergence.scalar) < 4 * .pi * 0x1p-52)
  }

  @Test func bothDenoisersAreUsedWhereTheyWereTrained() throws {
    let sampler = Sampler(Self.withoutMean([.denoiser, .targetDenoiser], targetTimes: 0.1...1))
    func draw(_ times: ClosedRange<Double>) throws -> Samples {
      try sampler.ode(
        count: 3,
        from: StandardGaussian(dimension: 1),
        steps: 4,
        times: times,
        seed: 1
      )
    }
    func isRefused(_ body: () throws -> Void) -> Bool {
      let error = #expect(throws: SamplingError.self) { try body() }
      if case .untrained(_, trained: 0.1...1) = error { return true }
      return false
    }
    for times in [0...1, 0.05...1] {
      #expect(isRefused { _ = try draw(times) })
      #expect(
        isRefused {
          _ = try sampler.logDensity(
            Tensor(rows: [[0.5]]),
            from: StandardGaussian(dimension: 1),
            steps: 4,
            times: times
          )
        }
      )
    }
    #expect(try draw(0.1...1).points.firstNonFinite == nil)
  }

  /// b = β̇η₁ + γ̇η_z of the networks as they are, also where β (K) is so small that a division by it would
  /// leave nothing of either.
  @Test func withBothDenoisersNothingIsDivided() throws {
    func check(_ interpolant: some Interpolant, _ times: [Double]) throws {
      let network = MLP(dimension: 2, hidden: [8], activation: .silu)
      let fields = LearnedFields(
        interpolant: interpolant,
        fields: [
          .untrained([.denoiser], network, seed: 1),
          .untrained([.targetDenoiser], network, seed: 2),
        ]
      )
      let points = RandomBlock(seed: 3, samples: 0..<10).normal(columns: 2)
      for time in times {
        let values = try fields.values(
          at: time,
          points,
          wanted: [.velocity, .denoiser, .targetDenoiser]
        )
        let linear = try #require(interpolant.linearCoefficients(time))
        let (target, noise) = (
          values.targetDenoiser * linear.beta.derivative,
          values.denoiser * linear.latent.derivative
        )
        // Two products and a sum.
        let size = target.applying(.absolute).max() + noise.applying(.absolute).max()
        #expect(
          values.velocity.isApproximatelyEqual(
            to: target + noise,
            absoluteTolerance: 4 * 0x1p-53 * size
          )
        )
      }
    }
    try check(OneSidedInterpolant.linear, [0, 1e-9, 1e-3, 0.4, 1])
    try check(OneSidedInterpolant.trigonometric, [0, 1e-9, 1e-3, 0.4, 1])
    try check(
      MirrorInterpolant(schedule: CosineSquaredMirror(), gamma: SineSquaredLatent()),
      [0.1, 0.499, 0.4999999, 0.5, 0.9]
    )
  }
}
