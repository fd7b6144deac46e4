import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Defects read in other libraries that concern interpolants: what each got wrong, here right.
@Suite struct PeerDefectTests {
  // interflow: MirrorPFlowRHS uses +γγ̇s for b = −γγ̇s, the SDE integrator the right sign.

  static let mirror = MirrorInterpolant.mirror(gamma: BrownianLatent(scale: 2))

  static func mirrorFields() throws -> MixtureFields<
    MirrorInterpolant<IdentityMirror, BrownianLatent>
  > {
    MixtureFields(mirror, target: try ExactCase.target())
  }

  @Test func aMirrorsVelocityIsMinusTheScore() throws {
    let points = RandomBlock(seed: 1, samples: 0..<50).normal(columns: 2)
    let fields = try Self.mirrorFields()
    for time in [0, 0.2, 0.7, 1] {
      let values = fields(time, points)
      let gamma = Self.mirror.latent(time)
      // γγ̇ = 2(1 − 2t)/2.
      #expect(abs(gamma.product - (1 - 2 * time)) < 1e-15)
      let expected = values.score * -gamma.product
      #expect(values.velocity.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-13))
    }
  }

  @Test func aMirrorsFlowReturnsEveryPointAndItsNoiseDrawsItAnew() throws {
    let (fields, target) = (try Self.mirrorFields(), try ExactCase.target())
    let sampler = Sampler(fields)
    let steps = 400
    let flow = try sampler.ode(count: 200, from: target, steps: steps, saving: [0], seed: 2)
    let coarse = try sampler.ode(count: 200, from: target, steps: steps / 2, seed: 2)
    // Fourth order: the error is to leading order a fifteenth of what half the steps change. A step
    // rounds a few times.
    let change = worst(flow.points - coarse.points)
    let rounding = 8 * Double(steps) * 0x1p-53 * worst(flow.points)
    #expect(worst(flow.points - flow.trajectory[0]) <= change + rounding)
    // By the SDE the law stays, and the points do not.
    let count = 4_000
    let drawn = try sampler.sde(
      count: count,
      from: target,
      diffusion: .constant(4),
      steps: steps,
      saving: [0],
      seed: 3
    )
    // Weak order 2: the bias is about the square of εh/λ, λ > 0.2 the least variance of a mode in
    // any direction: (4/(400 · 0.2))² = 0.0025 of a variance, a ninth of its standard error.
    // Nothing is added for it.
    let (mean, covariance) = (target.mean, target.covariance)
    let (start, end) = (drawn.trajectory[0] - mean, drawn.points - mean)
    for component in 0..<2 {
      let columns = component..<component + 1
      let (first, last) = (start.slice(columns, along: 1), end.slice(columns, along: 1))
      let variance = covariance[component, component]
      #expect(abs(last.mean()) < 5 * (variance / Double(count)).squareRoot())
      let spread = variance * (2 / Double(count)).squareRoot()
      #expect(abs(last.sumOfSquares / Double(count) - variance) < 5 * spread)
      let correlation = (first * last).sum() / Double(count) / variance
      // The flow has the correlation 1; 400 independent paths would know one to 0.05.
      #expect(correlation < 0.8, "component \(component)")
    }
  }

  @Test func aMirrorIsLearnedFromOneDenoiser() throws {
    // Remark 3.8: b = γ̇η_z, s = −η_z/γ: one network is the whole bridge.
    let target = GaussianMixture(isotropic: Tensor(rows: [[1]]), standardDeviation: 0.5)
    let network = MLP(dimension: 1, hidden: [32, 32], activation: .silu)
    let rows = 1_024
    var training = try Training(
      .mirror(gamma: BrownianLatent()),
      target: target,
      objectives: [.denoiser(network)],
      configuration: TrainingConfiguration(
        rows: rows,
        steps: 600,
        learningRate: LearningRate(5e-3, decay: .cosine(period: 600, final: 0)),
        seed: 1
      )
    )
    while try training.next() != nil {}
    let fields = training.model.fields
    #expect(fields.available.isSuperset(of: [.velocity, .score, .divergence]))
    let count = 1_000
    let drawn = RandomBlock(seed: 4, samples: 0..<count).normal(columns: 1)
    var squares = 0.0
    let times = stride(from: 0.125, to: 0.9, by: 0.05)
    for time in times {
      let gamma = time * (1 - time)
      // x ~ N(1, ¼ + γ²), and η_z = γ (x − 1)/(¼ + γ²).
      let points = drawn * (0.25 + gamma).squareRoot() + 1
      let exact = (points - 1) * (gamma.squareRoot() / (0.25 + gamma))
      let values = fields(time, points, wanted: [.denoiser, .velocity])
      squares += (values.denoiser - exact).sumOfSquares / Double(count) * 0.05
      let rate = (1 - 2 * time) / (2 * gamma.squareRoot())
      // Some roundings of Float of numbers that stay below 4.
      #expect(
        values.velocity.isApproximatelyEqual(
          to: values.denoiser * rate,
          absoluteTolerance: 4 * 4 * 0x1p-24
        )
      )
    }
    // ∫E|η − η_z|² dt is twice the excess of the loss, for P parameters that are fitted to n rows
    // P/n times the variance of z given x, which is below 1. As the rate falls to 0 the rows of the
    // last hundred steps count at least. The ends, of infinite slope γ̇, are left out of the sum.
    let parameters = network.parameterLayout.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect(squares < Double(parameters) / Double(100 * rows), "√ of it is \(squares.squareRoot())")
  }

  // interflow: gamma_type 'a-brownian' refers to an undefined name.

  @Test func theScaleOfABrownianLatentIsUsed() {
    for scale in [0.5, 2, 10.0] {
      #expect(abs(BrownianLatent(scale: scale)(0.5).value - (scale / 4).squareRoot()) < 1e-15)
    }
  }

  // interflow: gmm.py divides by densities computed with exp(), 0/0 far from the modes; weights must
  // sum to exactly 1 in Float.

  @Test func fieldsFarFromAllModesAreFinite() throws {
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: try ExactCase.base(),
      target: try ExactCase.target()
    )
    let values = fields(0.4, Tensor(rows: [[200, -300], [1e6, 1e6]]))
    #expect(values.velocity.firstNonFinite == nil && values.score.firstNonFinite == nil)
    #expect(values.logDensity.elements.allSatisfy { $0 < -1_000 && $0.isFinite })
  }

  @Test func weightsMaySumToOneAsFloatsDo() throws {
    let third = Double(Float(1.0 / 3))
    let mixture = try GaussianMixture(
      weights: [third, third, third],
      means: Tensor(rows: [[-1], [0], [1]]),
      covariances: Tensor([1, 1, 1], shape: [3, 1, 1])
    )
    #expect(abs(mixture.weights.reduce(0, +) - 1) < 1e-15)
  }

  // The official code's denoiser is −E[z | x_t] (erratum E8).

  @Test func theDenoiserIsThePositiveMeanOfTheLatent() throws {
    let fields = MixtureFields(
      OneSidedInterpolant.linear,
      target: GaussianMixture(isotropic: Tensor(rows: [[0]]), standardDeviation: 1)
    )
    // x = 0.5 z + 0.5 x₁ > 0 means z > 0.
    #expect(fields(0.5, Tensor(rows: [[2]])).denoiser.scalar > 1.99)
  }

  // interflow: a pair's loss is the sum of its halves, twice the loss (erratum E10).

  @Test func theLossOfAPairIsTheMeanOfItsHalves() throws {
    let rows = 20_000
    func loss(_ isAntithetic: Bool) throws -> Double {
      var training = try Training(
        .linear(gamma: QuadraticLatent()),
        base: StandardGaussian(dimension: 1),
        target: GaussianMixture(isotropic: Tensor(rows: [[3]]), standardDeviation: 0.1),
        objectives: [.velocity(UnitField(), isAntithetic: isAntithetic)],
        configuration: TrainingConfiguration(rows: rows, steps: 1, seed: 5)
      )
      return try #require(try training.next()).loss
    }
    // ½ − E[x₁ − x₀ + γ̇z] = ½ − 3: the ends have the variances 0.01 and 1, γ̇z has ∫ (1 − 2t)² dt
    // = 1/3, which a pair does not see.
    for (isAntithetic, variance) in [(false, 1.01 + 1 / 3.0), (true, 1.01)] {
      let error = 5 * (variance / Double(rows)).squareRoot()
      #expect(abs(try loss(isAntithetic) + 2.5) < error, "pairs \(isAntithetic)")
    }
  }

  // StochasticInterpolants.jl: the linear β has the derivative t ↦ t.

  @Test func theLinearScheduleHasUnitSlopes() {
    for time in [0, 0.3, 1.0] {
      #expect(LinearSchedule().beta(time).derivative == 1)
      #expect(LinearSchedule().alpha(time).derivative == -1)
    }
  }

  // flow_matching: LinearVP's dσ is infinite at t = 1.

  @Test func theVariancePreservingPathHasFiniteFieldsAtTheEnd() throws {
    let fields = MixtureFields(OneSidedInterpolant.sbdm, target: try ExactCase.target())
    let values = fields(1, Tensor(rows: [[0.5, 0.5], [2, -1]]))
    #expect(values.velocity.firstNonFinite == nil && values.divergence.firstNonFinite == nil)
    #expect(SBDMSchedule().alpha(1).product == -1)
  }

  // torchebm: velocity → score with a denominator clamped at 1e-8 or 1e-12.

  @Test func aSingularConversionIsNoLargeNumber() throws {
    let end = OneSidedConversions(LinearSchedule(), at: 1)
    let x = Tensor<Double>(rows: [[0.5]])
    #expect(throws: ConversionError.self) { try end.score(velocity: x, points: x) }
    // Up to the end it is exact, without a clamp: α = 1e-9.
    let near = OneSidedConversions(LinearSchedule(), at: 1 - 1e-9)
    // For x₁ = N(0, 1): b = (2t−1)/(α²+t²) x and s = −x/(α²+t²).
    let time = 1 - 1e-9
    let variance = (1 - time) * (1 - time) + time * time
    let score = try near.score(velocity: x * ((2 * time - 1) / variance), points: x)
    // Differences of numbers near 1 divided by 1e-9.
    #expect(abs(score.scalar + 0.5 / variance) < 1e-6)
  }

  // SiT: train_eps and sample_eps of the caller are overwritten.

  @Test func theTimesOfAnObjectiveAreTheCallers() throws {
    /// Its value is t, so that its loss tells the times.
    struct Clock: Network {
      var dimension: Int { 1 }
      var parameterLayout: [ParameterShape] { [ParameterShape("unused", [1])] }
      func initialParameters(seed: UInt64) -> [Tensor<Double>] { [Tensor(zeros: [1])] }
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time: Variable<Scalar>,
        points: Variable<Scalar>
      ) -> Variable<Scalar> {
        time + points * 0 + parameters[0] * 0
      }
    }
    var training = try Training(
      .mirror(gamma: BrownianLatent()),
      target: StandardGaussian(dimension: 1),
      objectives: [.conditionalVelocity(Clock(), times: 0.25...0.25 + 1e-6)],
      configuration: TrainingConfiguration(rows: 100, steps: 1)
    )
    // v = 0 for a mirror, so the loss is ½E t².
    let step = try training.next()
    #expect(abs(try #require(step).loss - 0.5 * 0.25 * 0.25) < 1e-6)
  }
}
