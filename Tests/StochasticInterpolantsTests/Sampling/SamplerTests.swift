import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct SamplerTests {
  static let oracle = GaussianOracle()

  /// Whether mean and variance of samples are those of the exact law, each |z| < 5.
  static func checkLaw(_ points: Tensor<Double>, mean: Double, variance: Double, bias: Double) {
    let count = Double(points.shape[0])
    let sampleMean = points.mean()
    let centred = points - mean
    let sampleVariance = (centred * centred).mean()
    // For a Gaussian Var(mean) = σ²/n and Var(variance) = 2σ⁴/n.
    #expect(abs(sampleMean - mean) < 5 * (variance / count).squareRoot() + bias)
    #expect(abs(sampleVariance - variance) < 5 * variance * (2 / count).squareRoot() + bias)
  }

  // A step of order 2 has a bias O(h²); with h = 1/200 and derivatives of order 10 that is 2.5e-4.
  static let bias = 10 / 200.0 / 200

  @Test(arguments: [0, 0.3, 1, 3])
  func everyDiffusionGivesTheSameLaw(_ diffusion: Double) throws {
    let sampler = Sampler(Self.oracle.fields)
    let forward = try sampler.sde(
      count: 20_000,
      from: Self.oracle.base,
      diffusion: .constant(diffusion),
      steps: 200,
      saving: [0.5],
      seed: 5
    )
    Self.checkLaw(
      forward.points,
      mean: Self.oracle.mean1,
      variance: Self.oracle.variance1,
      bias: Self.bias
    )
    Self.checkLaw(
      forward.trajectory[0],
      mean: Self.oracle.mean(0.5),
      variance: Self.oracle.variance(0.5),
      bias: Self.bias
    )
    let backward = try sampler.sde(
      count: 20_000,
      from: Self.oracle.target,
      diffusion: .constant(diffusion),
      steps: 200,
      direction: .backward,
      seed: 6
    )
    Self.checkLaw(
      backward.points,
      mean: Self.oracle.mean0,
      variance: Self.oracle.variance0,
      bias: Self.bias
    )
  }

  @Test func eulerMaruyamaGivesTheLawToo() throws {
    let samples = try Sampler(Self.oracle.fields).sde(
      count: 20_000,
      from: Self.oracle.base,
      method: EulerMaruyama(),
      diffusion: .constant(1),
      steps: 1_000,
      seed: 5
    )
    // Weak order 1: h = 1e-3 times derivatives of order 10.
    Self.checkLaw(
      samples.points,
      mean: Self.oracle.mean1,
      variance: Self.oracle.variance1,
      bias: 1e-2
    )
  }

  @Test func aWrongScoreIsSeen() throws {
    // Noise without the score's correction changes the marginals: the test above must not pass.
    let fields = ClosureFields(
      dimension: 1,
      velocity: { t, x in Tensor(x.elements.map { Self.oracle.velocity(t, $0) }, shape: x.shape) },
      score: { _, x in Tensor(zeros: x.shape) }
    )
    let samples = try Sampler(fields).sde(
      count: 20_000,
      from: Self.oracle.base,
      diffusion: .constant(1),
      steps: 200,
      seed: 5
    )
    let variance = (samples.points - samples.points.mean()).sumOfSquares / 20_000
    #expect(abs(variance - Self.oracle.variance1) > 0.5)
  }

  @Test func aSampleDoesNotDependOnCountOrWorkers() throws {
    func draw(_ count: Int, _ workers: Int) throws -> Tensor<Double> {
      try Sampler(Self.oracle.fields, workers: Workers(count: workers)).sde(
        count: count,
        from: Self.oracle.base,
        diffusion: .constant(0.5),
        steps: 20,
        seed: 9
      ).points
    }
    let all = try draw(600, 1)
    #expect(try draw(600, 2) == all)
    for count in [1, 7, 128, 129, 512] {
      #expect(try draw(count, 2) == all.slice(0..<count))
    }
  }

  private final class Calls: Sendable {
    private let number = Lock(0)
    func add() { number.withLock { $0 += 1 } }
    var count: Int { number.withLock { $0 } }
  }

  /// ε is integrated over a step once for all blocks of rows; a block asks for it with the fields alone.
  @Test func theNoiseIsIntegratedOnceForAllBlocks() throws {
    let oracle = Self.oracle
    func further(_ run: (Sampler<ClosureFields>, Diffusion) throws -> Void) rethrows -> Int {
      let (ofFields, ofDiffusion) = (Calls(), Calls())
      let fields = ClosureFields(
        dimension: 1,
        velocity: { t, x in
          ofFields.add()
          return Tensor(x.elements.map { oracle.velocity(t, $0) }, shape: x.shape)
        },
        score: { t, x in Tensor(x.elements.map { oracle.score(t, $0) }, shape: x.shape) },
        divergence: { t, x in Tensor(repeating: oracle.slope(t), shape: [x.shape[0]]) },
        scoreDivergence: { t, x in Tensor(repeating: -1 / oracle.variance(t), shape: [x.shape[0]]) }
      )
      let diffusion = Diffusion.custom(on: 0.25...0.75) { time in
        ofDiffusion.add()
        return time
      }
      try run(Sampler(fields, workers: Workers(count: 2)), diffusion)
      return ofDiffusion.count - ofFields.count
    }
    func draw(_ count: Int) throws -> Int {
      try further { sampler, diffusion in
        _ = try sampler.sde(
          count: count,
          from: oracle.base,
          diffusion: diffusion,
          steps: 16,
          times: 0.25...0.75,
          seed: 1
        )
      }
    }
    #expect(try draw(1) == draw(1_000))
    func exponential(_ count: Int) throws -> Int {
      try further { sampler, diffusion in
        _ = try sampler.exponential(
          count: count,
          from: oracle.base,
          linear: .coefficient(.constant(-1)),
          diffusion: diffusion,
          steps: 16,
          times: 0.25...0.75,
          seed: 1
        )
      }
    }
    #expect(try exponential(1) == exponential(1_000))
    func density(_ count: Int) throws -> Int {
      try further { sampler, diffusion in
        _ = try sampler.sdeLogDensity(
          Tensor(zeros: [count, 1]),
          from: oracle.base,
          diffusion: diffusion,
          paths: 1,
          steps: 16,
          times: 0.25...0.75,
          seed: 1
        )
      }
    }
    #expect(try density(1) == density(1_000))
  }

  @Test func noiseMayActOnAPartOfTheTimes() throws {
    let samples = try Sampler(Self.oracle.fields).sde(
      count: 20_000,
      from: Self.oracle.base,
      diffusion: .constant(2, on: 0.2...0.7),
      steps: 200,
      saving: [0, 0.1, 0.2, 0.45, 0.7, 1],
      seed: 5
    )
    for (time, points) in zip([0, 0.1, 0.2, 0.45, 0.7, 1], samples.trajectory) {
      Self.checkLaw(
        points,
        mean: Self.oracle.mean(time),
        variance: Self.oracle.variance(time),
        bias: Self.bias
      )
    }
    // Before the noise acts a path is that of the ODE.
    let ode = try Sampler(Self.oracle.fields).ode(
      count: 20_000,
      from: Self.oracle.base,
      method: .heun,
      steps: 200,
      saving: [0.1],
      seed: 5
    )
    #expect(
      samples.trajectory[1].isApproximatelyEqual(to: ode.trajectory[0], relativeTolerance: 1e-9)
    )
  }

  @Test func oneStepWorks() throws {
    let samples = try Sampler(Self.oracle.fields).sde(
      count: 10,
      from: Self.oracle.base,
      diffusion: .constant(0.5),
      steps: 1,
      seed: 1
    )
    #expect(samples.points.firstNonFinite == nil && samples.evaluations == 2)
  }

  @Test func savedTimesComeInTheOrderAskedFor() throws {
    let sampler = Sampler(Self.oracle.fields)
    let first = try sampler.ode(
      count: 5,
      from: Self.oracle.base,
      steps: 10,
      saving: [0.3, 0.9],
      seed: 1
    )
    let second = try sampler.ode(
      count: 5,
      from: Self.oracle.base,
      steps: 10,
      saving: [0.9, 0.3],
      seed: 1
    )
    #expect(first.trajectory[0] == second.trajectory[1])
    #expect(first.trajectory[1] == second.trajectory[0])
  }

  @Test func logDensityByTheFlowIsThatOfTheTarget() throws {
    let points = Tensor<Double>([-2, -0.5, 0.1, 2, 4.5], shape: [5, 1])
    let exact = try Self.oracle.target.logDensity(points)
    // RK4 over 50 steps: h⁴ = 1.6e-7 times derivatives of order 10.
    let flow = try Sampler(Self.oracle.fields).logDensity(
      points,
      from: Self.oracle.base,
      steps: 50
    )
    #expect(flow.values.isApproximatelyEqual(to: exact, absoluteTolerance: 2e-6))
  }

  @Test func aSingularFieldIsAnErrorThatNamesTimeAndSample() throws {
    let fields = ClosureFields(
      dimension: 1,
      velocity: { t, x in t >= 0.5 ? Tensor(repeating: .nan, shape: x.shape) : x }
    )
    do {
      _ = try Sampler(fields).ode(count: 200, from: Self.oracle.base, steps: 10, seed: 1)
      Issue.record("a NaN field went through")
    } catch let error as SamplingError {
      guard case .integration(let failure) = error,
        case .nonFiniteField(let time, let row, let component) = failure.outcome
      else {
        Issue.record("another error: \(error)")
        return
      }
      #expect(abs(time - 0.5) < 0.06 && row == 0 && component == 0)
      #expect("\(error)".contains("sample 0"))
    }
  }

  @Test func anSDENeedsAScore() throws {
    let fields = ClosureFields(dimension: 1, velocity: { _, x in x })
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).sde(
        count: 1,
        from: Self.oracle.base,
        diffusion: .constant(1),
        steps: 1,
        seed: 1
      )
    }
    #expect(error?.description.contains("score") == true)
  }
}
