import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// The library's own loss at exact fields: −½ E|f|², its minimum, for every target, with pairs and for
/// every law of times.
@Suite struct ExactLossTests {
  static let interpolant = TwoSidedInterpolant.linear(gamma: QuadraticLatent())
  static let base = GaussianMixture(
    isotropic: Tensor(rows: [[ExactNetwork.mean0]]),
    standardDeviation: ExactNetwork.variance0.squareRoot()
  )
  static let target = GaussianMixture(
    isotropic: Tensor(rows: [[ExactNetwork.mean1]]),
    standardDeviation: ExactNetwork.variance1.squareRoot()
  )
  static let times = 0.1...0.9
  static let density = TimeDensity(on: times, bins: 32) { 0.3 + $0 * $0 }

  /// A closed form with one parameter that changes nothing, as a training moves parameters.
  struct Frozen: Network {
    let exact: ExactNetwork
    /// A wrong field: the exact one times this.
    var factor = 1.0
    var dimension: Int { 1 }
    var parameterLayout: [ParameterShape] { [ParameterShape("unused", [1])] }
    func initialParameters(seed: UInt64) -> [Tensor<Double>] { [Tensor(zeros: [1])] }
    func callAsFunction<Scalar>(
      _ parameters: [Variable<Scalar>],
      time: Variable<Scalar>,
      points: Variable<Scalar>
    ) -> Variable<Scalar> {
      exact([], time: time, points: points) * factor + parameters[0] * 0
    }
  }

  /// The mean and standard error of the losses of 24 batches of fresh draws.
  static func loss(
    _ kind: VectorField,
    _ sampling: TimeSampling,
    isAntithetic: Bool,
    factor: Double = 1
  ) throws -> (mean: Double, error: Double) {
    let steps = 24
    var training = try Training(
      interpolant,
      base: base,
      target: target,
      objectives: [
        Objective(
          [kind],
          network: Frozen(
            exact: ExactNetwork(kinds: [kind], isTwoSided: true),
            factor: factor
          ),
          times: times,
          timeSampling: sampling,
          isAntithetic: isAntithetic
        )
      ],
      configuration: TrainingConfiguration(rows: 1_024, steps: steps, seed: 8)
    )
    var losses: [Double] = []
    while let step = try training.next() { losses.append(step.loss) }
    let mean = losses.reduce(0, +) / Double(steps)
    let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(steps - 1)
    return (mean, (variance / Double(steps)).squareRoot())
  }

  /// −½ ∫E|f|² dt/0.8 by the midpoint rule: f is linear in x, so E|f|² is f(m)² + slope² C.
  static func minimum(_ kind: VectorField) -> Double {
    let fields = MixtureFields(interpolant, base: base, target: target)
    let count = 400
    var sum = 0.0
    for index in 0..<count {
      let time = 0.1 + 0.8 * (Double(index) + 0.5) / Double(count)
      let (mean, variance) = (fields.mean(time)[0], fields.covariance(time)[0, 0])
      let values = fields(time, Tensor(rows: [[mean], [mean + 1]]))
      let f = values[kind.quantity].elements
      sum += f[0] * f[0] + (f[1] - f[0]) * (f[1] - f[0]) * variance
    }
    return -0.5 * sum / Double(count)
  }

  static let kinds: [VectorField] = [
    .velocity, .conditionalVelocity, .score, .denoiser, .baseDenoiser, .targetDenoiser,
  ]

  @Test(arguments: kinds) func theLossIsItsMinimum(_ kind: VectorField) throws {
    let minimum = Self.minimum(kind)
    let samplings: [TimeSampling] = [
      .uniform, .stratified, .quasiRandom, .importance(Self.density),
    ]
    for sampling in samplings {
      for isAntithetic in [false, true] {
        let loss = try Self.loss(kind, sampling, isAntithetic: isAntithetic)
        // 24 batches: the t distribution of 23 degrees at a level of 1e-5.
        #expect(
          abs(loss.mean - minimum) < 5.8 * loss.error + 1e-5,
          "\(sampling), pairs \(isAntithetic): \(loss) for \(minimum)"
        )
      }
    }
  }

  @Test(arguments: kinds) func aWrongFieldCostsItsExcess(_ kind: VectorField) throws {
    // f = 1.5 f*: the excess is ½ E|½f*|², a quarter of −min L.
    let minimum = Self.minimum(kind)
    let loss = try Self.loss(kind, .importance(Self.density), isAntithetic: true, factor: 1.5)
    #expect(abs(loss.mean - 0.75 * minimum) < 5.8 * loss.error + 1e-5)
    #expect(loss.mean - minimum > 5.8 * loss.error)
  }
}
