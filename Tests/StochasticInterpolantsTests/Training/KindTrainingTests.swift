import Gradients
import StochasticInterpolants
import Tensors
import Testing

/// Every objective trained by the library itself: a linear model between Gaussians.
///
/// At t = 0.3, where γ̇ is not 0, every field is a linear function of x, so a linear model recovers it up to the noise of
/// the draws.
@Suite struct KindTrainingTests {
  static let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())
  static let base = GaussianMixture(isotropic: Tensor(rows: [[-1]]), standardDeviation: 0.7)
  static let target = GaussianMixture(isotropic: Tensor(rows: [[2]]), standardDeviation: 1.2)
  static let times = 0.2999999...0.3000001

  static let configuration = TrainingConfiguration(
    rows: 2_048,
    steps: 600,
    learningRate: LearningRate(5e-2, decay: .cosine(period: 600, final: 0)),
    seed: 4
  )

  /// x ↦ (w + ∂) x + c as a network, so that an energy can be quadratic.
  struct Quadratic: Network {
    var dimension: Int { 1 }
    var parameterLayout: [ParameterShape] {
      [ParameterShape("square", [1, 1]), ParameterShape("slope", [1, 1])]
    }
    func initialParameters(seed: UInt64) -> [Tensor<Double>] {
      [Tensor(zeros: [1, 1]), Tensor(zeros: [1, 1])]
    }
    func callAsFunction<Scalar>(
      _ parameters: [Variable<Scalar>],
      time: Variable<Scalar>,
      points: Variable<Scalar>
    ) -> Variable<Scalar> {
      parameters[0] * points.squared + parameters[1] * points
    }
  }

  static func train(_ objective: Objective) throws -> LearnedFields<
    TwoSidedInterpolant<LinearSchedule, BrownianLatent>
  > {
    var training = try Training(
      interpolant,
      base: base,
      target: target,
      objectives: [objective],
      configuration: configuration
    )
    while try training.next() != nil {}
    return training.model.fields
  }

  static func exact(_ quantity: Quantities, at points: Tensor<Double>) -> [Double] {
    let fields = MixtureFields(interpolant, base: base, target: target)
    if quantity != .drift {
      return fields(0.3, points, wanted: quantity)[quantity].elements
    }
    // ε = ½ for √(t(1−t)).
    let values = fields(0.3, points)
    return (values.velocity + values.score * 0.5).elements
  }

  /// Adam's noise near the minimum with a rate that falls to 0 is below that of the last hundred
  /// batches' mean: targets have standard deviation at most 2, x at least 0.8: five of
  /// 2/0.8/√(100 · 2048) at one standard deviation from the mean, twice that at three.
  static let tolerance = 5 * 2 / 0.8 / (100 * 2_048.0).squareRoot() * 2

  static func check(_ quantity: Quantities, _ found: FieldValues, _ points: Tensor<Double>) {
    let exact = exact(quantity, at: points)
    for (found, exact) in zip(found[quantity].elements, exact) {
      #expect(abs(found - exact) < tolerance, "\(quantity): \(found) for \(exact)")
    }
  }

  static let points = Tensor(rows: [[-1.5], [-0.5], [0.5], [1.5], [2.5]])
  @Test(arguments: VectorField.allCases) func aLinearModelRecoversTheField(
    _ kind: VectorField
  ) throws {
    let quantity = kind.quantity
    let network = MLP(dimension: 1, hidden: [])
    let learned = try Self.train(Objective([kind], network: network, times: Self.times))
    Self.check(quantity, learned(0.3, Self.points, wanted: quantity), Self.points)
  }

  @Test func headsOfOneNetworkLearnTogether() throws {
    let network = MLP(dimension: 1, hidden: [], heads: 3)
    let learned = try Self.train(
      Objective([.velocity, .denoiser, .targetDenoiser], network: network, times: Self.times)
    )
    for quantity in [Quantities.velocity, .denoiser, .targetDenoiser] {
      Self.check(quantity, learned(0.3, Self.points, wanted: quantity), Self.points)
    }
  }

  @Test func theGradientOfAQuadraticEnergyIsTheScore() throws {
    let learned = try Self.train(.energy(Quadratic(), times: Self.times))
    Self.check(.score, learned(0.3, Self.points, wanted: .score), Self.points)
  }

  @Test func whatAnInterpolantDoesNotHaveIsRefused() {
    let network = MLP(dimension: 1, hidden: [])
    #expect(throws: TrainingError.noBasePoint) {
      _ = try Training(.linear, target: Self.target, objectives: [.baseDenoiser(network)])
    }
    #expect(throws: TrainingError.noProcess) {
      _ = try Training(
        .linear(gamma: QuadraticLatent()),
        base: Self.base,
        target: Self.target,
        objectives: [.drift(network)]
      )
    }
  }
}
