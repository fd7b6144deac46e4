import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct GaussianBaseTests {
  @Test func itsFieldsAreThoseOfAGaussianModeWithoutLatent() throws {
    // x₀ ~ N(0, C₀) as a drawn point with γ = 0 has the same law; the denoiser is that of x₀.
    let target = try ExactCase.target()
    let fields = MixtureFields(try ExactCase.fromGaussianBase(), target: target)
    let drawn = MixtureFields(
      TwoSidedInterpolant.trigonometric(gamma: ZeroLatent()),
      base: try GaussianMixture(
        weights: [1],
        means: Tensor(zeros: [1, 2]),
        covariances: ExactCase.baseCovariance.reshaped([1, 2, 2])
      ),
      target: target
    )
    let points = RandomBlock(seed: 1, samples: 0..<200).normal(columns: 2) * 2
    for time in [0, 0.3, 0.8, 1] {
      let (own, other) = (fields(time, points), drawn(time, points))
      for (found, expected) in [
        (own.velocity, other.velocity), (own.score, other.score),
        (own.divergence, other.divergence), (own.logDensity, other.logDensity),
        (own.targetDenoiser, other.targetDenoiser), (own.denoiser, other.baseDenoiser),
      ] {
        #expect(found.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-11))
      }
    }
  }

  @Test func drawsHaveTheCovarianceAndTheTargets() throws {
    let own = try ExactCase.fromGaussianBase()
    let count = 100_000
    let block = RandomBlock(seed: 2, samples: 0..<count)
    let sample = own(
      time: Tensor(repeating: 0.4, shape: [count]),
      x1: block.part(1).normal(columns: 2),
      latent: block.normal(columns: 2)
    )
    let moments = Tensor.product(sample.latent, sample.latent, transposingFirst: true)
    // Var of a product of normals is at most 2 · 1.5²; five standard errors.
    let bound = 5 * (4.5 / Double(count)).squareRoot()
    #expect(
      (moments * (1 / Double(count))).isApproximatelyEqual(
        to: ExactCase.baseCovariance,
        absoluteTolerance: bound
      )
    )
    // −C₀⁻¹x₀/α: multiplying by −αC₀ gives x₀ back.
    let alpha = own.latent(0.4).value
    let back = Tensor.product(sample.scoreTarget(), ExactCase.baseCovariance) * -alpha
    #expect(back.isApproximatelyEqual(to: sample.latent, absoluteTolerance: 1e-12))
  }

  @Test func learnedFieldsConvertThroughTheCovariance() throws {
    // One dimension, C₀ = 4, x₁ ~ N(1, 0.5), linear: b is a closed form, s follows from it.
    struct Velocity: ParameterFreeNetwork {
      let isScore: Bool
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time t: Variable<Scalar>,
        points x: Variable<Scalar>
      ) -> Variable<Scalar> {
        let late = 1 - t
        let g = (x - t) / (late * late * 4 + t * t * 0.5)
        return isScore ? -g : (t * 0.5 - late * 4) * g + 1
      }
    }
    let interpolant = try GaussianBaseInterpolant(
      schedule: LinearSchedule(),
      covariance: Tensor(rows: [[4.0]])
    )
    let target = GaussianMixture(
      isotropic: Tensor(rows: [[1]]),
      standardDeviation: 0.5.squareRoot()
    )
    let exact = MixtureFields(interpolant, target: target)
    let points = Tensor(rows: [[-3.0], [-1], [0.5], [2], [4]])
    for isScore in [false, true] {
      let learned = LearnedFields(
        interpolant: interpolant,
        fields: [
          LearnedField(
            kind: isScore ? .score : .velocity,
            network: Velocity(isScore: isScore),
            parameters: [],
            times: 0...1
          )
        ],
        targetMean: Tensor([1.0])
      )
      for time in [0, 0.3, 0.6, 0.9] {
        let wanted: Quantities = [.velocity, .score, .denoiser, .targetDenoiser, .divergence]
        let (found, expected) = (learned(time, points, wanted: wanted), exact(time, points))
        // Float fields of size 10 through factors up to 1/α = 10.
        let tolerance = 200 * 0x1p-23
        for (found, expected) in [
          (found.velocity, expected.velocity), (found.score, expected.score),
          (found.denoiser, expected.denoiser), (found.targetDenoiser, expected.targetDenoiser),
          (found.divergence, expected.divergence),
        ] {
          #expect(found.isApproximatelyEqual(to: expected, absoluteTolerance: tolerance))
        }
      }
    }
  }

  @Test func aBridgeStartsFromItsBase() throws {
    let training = try Training(
      try ExactCase.fromGaussianBase(),
      target: try ExactCase.target(),
      objectives: [.velocity(MLP(dimension: 2, hidden: [8]))],
      configuration: TrainingConfiguration(rows: 128, steps: 1)
    )
    let base = try #require(training.model.base as? Gaussian)
    #expect(base.covariance == ExactCase.baseCovariance)
    #expect(throws: TrainingError.interpolantDimension(interpolant: 2, densities: 1)) {
      _ = try Training(
        try ExactCase.fromGaussianBase(),
        target: StandardGaussian(dimension: 1),
        objectives: [.velocity(MLP(dimension: 1, hidden: [8]))]
      )
    }
  }

  @Test func aStandardisationIsRefused() throws {
    // C₀ would be taken in other coordinates than the user's.
    let points = try EmpiricalDensity(points: TwoMoons().sample(count: 50, seed: 1))
    let network = MLP(dimension: 2, hidden: [8])
    #expect(throws: TrainingError.standardizedBase) {
      _ = try Training(
        try ExactCase.fromGaussianBase(),
        points: points,
        objectives: [.velocity(network)]
      )
    }
    _ = try Training(
      try ExactCase.fromGaussianBase(),
      points: points,
      standardizing: .identity,
      objectives: [.velocity(network)]
    )
  }

  @Test func aCovarianceThatIsNoneIsRefused() {
    #expect(throws: LinearAlgebraError.self) {
      _ = try GaussianBaseInterpolant(
        schedule: LinearSchedule(),
        covariance: Tensor(rows: [[1, 2], [2, 1]])
      )
    }
  }
}
