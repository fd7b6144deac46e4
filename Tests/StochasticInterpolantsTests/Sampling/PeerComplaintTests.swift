import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// What users of other libraries trip over when they sample; the article SolverQuestions names each.
@Suite struct PeerComplaintTests {
  static let oracle = GaussianOracle()

  /// A sampler that writes down the times at which it is asked.
  private static func asked(
    _ draw: (Sampler<ClosureFields>) throws -> Samples
  ) rethrows -> (times: [Double], samples: Samples) {
    let log = TimeLog()
    let fields = ClosureFields(
      dimension: 1,
      velocity: { time, x in
        log.add(time)
        return Tensor(zeros: x.shape)
      },
      score: { _, x in Tensor(zeros: x.shape) }
    )
    let samples = try draw(Sampler(fields, workers: Workers(count: 1)))
    return (log.times, samples)
  }

  private final class TimeLog: Sendable {
    private let all = Lock<[Double]>([])
    func add(_ time: Double) { all.withLock { $0.append(time) } }
    var times: [Double] { all.withLock { $0 } }
  }

  /// huggingface/diffusers#14411, facebookresearch/flow_matching#67: one step is 0/0; no count of
  /// evaluations is told.
  @Test(arguments: 0..<StochasticMethods.all.count) func oneStepOfEveryMethodIsFinite(_ index: Int)
    throws
  {
    func check<S: StochasticMethod>(_ method: S) throws {
      for steps in [1, 3] {
        let samples = try Sampler(Self.oracle.fields).sde(
          count: 9,
          from: Self.oracle.base,
          method: method,
          diffusion: .constant(0.5),
          steps: steps,
          seed: 1
        )
        #expect(samples.points.firstNonFinite == nil && samples.points.shape == [9, 1])
        #expect(samples.evaluations == steps * S.stageCount)
      }
    }
    try check(StochasticMethods.all[index])
  }

  @Test(arguments: RungeKutta.all) func oneStepOfEveryFlowIsFinite(_ method: RungeKutta) throws {
    for steps in [1, 3] {
      let samples = try Sampler(Self.oracle.fields).ode(
        count: 9,
        from: Self.oracle.base,
        method: method,
        steps: steps,
        seed: 1
      )
      #expect(samples.points.firstNonFinite == nil && samples.points.shape == [9, 1])
      #expect(samples.evaluations == steps * method.stageCount)
    }
  }

  /// huggingface/diffusers#13243: the shift of times is applied twice.
  @Test func aSpacingIsAppliedOnce() throws {
    let warp: @Sendable (Double) -> Double = { $0 * $0 }
    for direction in [Direction.forward, .backward] {
      let (times, _) = try Self.asked { sampler in
        try sampler.ode(
          count: 1,
          from: Self.oracle.base,
          method: .euler,
          steps: 4,
          spacing: StepSpacing(warp),
          times: 0.2...0.7,
          direction: direction,
          seed: 1
        )
      }
      // t = 0.2 + 0.5 w(k/4): one product and one sum, so within two roundings.
      let grid = (0...4).map { 0.2 + 0.5 * warp(Double($0) / 4) }
      let starts = direction == .forward ? Array(grid.dropLast()) : grid.dropFirst().reversed()
      #expect(times.count == 4)
      for (time, exact) in zip(times, starts) { #expect((time - exact).magnitude <= 0x1p-52) }
    }
  }

  /// huggingface/diffusers#8549: the network is asked at another time than the step's.
  @Test func aStepAsksAtItsOwnTimes() throws {
    let (times, _) = try Self.asked { sampler in
      try sampler.sde(
        count: 1,
        from: Self.oracle.base,
        method: StochasticHeun(),
        diffusion: .constant(1),
        steps: 2,
        seed: 1
      )
    }
    #expect(times == [0, 0.5, 0.5, 1])
  }

  /// eje24/iap-diffusion-labs#17 and sihyun-yu/REPA#52: the noise is multiplied twice, σ or 2σ.
  @Test(arguments: 0..<StochasticMethods.all.count) func theNoiseIsDrawnOnceWithVarianceTwoEpsilon(
    _ index: Int
  ) throws {
    let count = 40_000
    func draw(_ method: some StochasticMethod) throws -> Samples {
      let (_, samples) = try Self.asked { sampler in
        try sampler.sde(
          count: count,
          from: PointMass(Tensor([0])),
          method: method,
          diffusion: .custom { 3 * $0 * $0 },
          steps: 2,
          times: 0...0.5,
          seed: 4
        )
      }
      return samples
    }
    let points = try draw(StochasticMethods.all[index]).points
    // b = s = 0: X is the noise alone, N(0, 2∫3t² dt) = N(0, ¼).
    let variance = points.sumOfSquares / Double(count)
    #expect((variance - 0.25).magnitude < 5 * 0.25 * (2 / Double(count)).squareRoot())
  }

  /// yifan123/flow_grpo#145: which end is noise.
  ///
  /// Forward ends at ρ₁ and backward at ρ₀, with one b and s.
  @Test func aPathThereAndBackEndsWhereItBegan() throws {
    let sampler = Sampler(Self.oracle.fields)
    let there = try sampler.sde(
      count: 20_000,
      from: Self.oracle.base,
      diffusion: .constant(0.7),
      steps: 100,
      seed: 1
    )
    let back = try sampler.sde(
      count: 20_000,
      from: try EmpiricalDensity(points: there.points),
      diffusion: .constant(0.7),
      steps: 100,
      direction: .backward,
      seed: 2
    )
    SamplerTests.checkLaw(
      back.points,
      mean: Self.oracle.mean0,
      variance: Self.oracle.variance0,
      // Steps twice as long as those of SamplerTests have four times their bias; the resampled start is a
      // sample of its own, so its errors add to those of the path.
      bias: 4 * SamplerTests.bias + 5 * (Self.oracle.variance1 / 20_000).squareRoot()
    )
  }
}
