import Foundation
import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct TrainingTests {
  static func configuration(rows: Int, steps: Int, rate: Double = 1e-2) -> TrainingConfiguration {
    TrainingConfiguration(
      rows: rows,
      steps: steps,
      learningRate: LearningRate(rate),
      gradientNormLimit: 5,
      averageDecay: 0.9,
      seed: 7
    )
  }

  static let network = MLP(dimension: 2, hidden: [16, 16], activation: .silu)

  /// The parameters after a few steps, for a number of workers.
  static func trained(rows: Int, workers: Int) throws -> [[Tensor<Float>]] {
    var training = try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: TwoMoons(),
      target: EightGaussians(),
      objectives: [.velocity(network), .denoiser(network, isAntithetic: true)],
      configuration: configuration(rows: rows, steps: 5),
      workers: Workers(count: workers)
    )
    while try training.next() != nil {}
    return training.parameters
  }

  // 2,000 rows fill eight blocks, one a lane; 100 are one block and 300 three, which leave lanes empty;
  // 1,030 pad the last block; 2,309 give two lanes a second block.
  @Test(arguments: [100, 300, 1_030, 2_000, 2_309])
  func parametersAreEqualBitsForOneAndTwoWorkers(_ rows: Int) throws {
    let one = try Self.trained(rows: rows, workers: 1)
    #expect(try Self.trained(rows: rows, workers: 2) == one)
    #expect(try Self.trained(rows: rows, workers: 3) == one)
  }

  /// Every product of a block of 250 rows, or 500 with pairs, and every operation is in the profile.
  @Test func profile() throws {
    let training = try Training(
      .linear,
      target: EightGaussians(),
      objectives: [.velocity(Self.network), .score(Self.network, times: 0.001...0.999)],
      configuration: Self.configuration(rows: 2_000, steps: 1)
    )
    let profiles = training.profile(runs: 1)
    let layers = Self.network.parameterLayout.map(\.shape).filter { $0.count == 2 }
    for (index, (program, profile)) in zip(training.programs, profiles).enumerated() {
      #expect(program.description.split(separator: "\n").count == profile.lines.count + 1)
      let rows = Double(index == 0 ? 250 : 500)
      let sizes = layers.map { Double($0[0] * $0[1]) }
      // Forward and weights' gradients of all layers, cotangents of all but the first.
      let wanted = 2 * rows * (3 * sizes.reduce(0, +) - sizes[0])
      #expect(profile.lines.reduce(0) { $0 + $1.flops } == wanted)
    }
  }

  /// Pairs are taken where γ̇ is infinite, for s, and for the drift where δ is.
  ///
  /// A block of pairs has 500 rows, one without 250.
  @Test func pairsAreTakenWhereTheVarianceIsInfinite() throws {
    func rows<Latent: LatentSchedule>(_ gamma: Latent, _ objective: Objective) throws -> Int {
      let training = try Training(
        TwoSidedInterpolant.linear(gamma: gamma),
        base: TwoMoons(),
        target: EightGaussians(),
        objectives: [objective],
        configuration: Self.configuration(rows: 2_000, steps: 1)
      )
      return training.programs[0].inputShapes[Self.network.parameterLayout.count][0]
    }
    #expect(try rows(BrownianLatent(), .velocity(Self.network)) == 500)
    #expect(try rows(QuadraticLatent(), .velocity(Self.network)) == 250)
    #expect(try rows(QuadraticLatent(), .score(Self.network, times: 0.1...0.9)) == 500)
    #expect(try rows(BrownianLatent(), .denoiser(Self.network)) == 250)
    #expect(try rows(BrownianLatent(), .conditionalVelocity(Self.network)) == 250)
    #expect(try rows(BrownianLatent(), .velocity(Self.network, isAntithetic: false)) == 250)
    #expect(try rows(DiffusiveLatent(1), .drift(Self.network)) == 500)
    let ends = DiffusiveLatent { Coefficient(value: 1 - $0, derivative: -1) }
    #expect(try rows(ends, .drift(Self.network)) == 250)
  }

  /// Each thread waits in its first block until the other has begun, however late the system lets
  /// the second run (one that never takes a block fails after half a minute).
  @Test func bothWorkersRunBlocks() throws {
    struct Watching: Density {
      /// Those that draw.
      let threads = Lock(Set<UInt>())
      let deadline: ContinuousClock.Instant
      var dimension: Int { 2 }
      func sample(_ block: RandomBlock) -> Tensor<Double> {
        threads.withLock { _ = $0.insert(currentThread()) }
        while threads.withLock(\.count) < 2, ContinuousClock.now < deadline {}
        return block.normal(columns: 2)
      }
    }
    let target = Watching(deadline: .now + .seconds(30))
    var training = try Training(
      .linear,
      target: target,
      objectives: [.velocity(Self.network)],
      configuration: Self.configuration(rows: 2_000, steps: 1),
      workers: Workers(count: 2)
    )
    while try training.next() != nil {}
    #expect(target.threads.withLock(\.count) == 2)
  }

  @Test func theLossIsTheMeanOverTheRowsAndNotOverThePadding() throws {
    // A zero network has the loss 0 whatever the data; one that returns its bias c has
    // ½|c|² − c · mean(target).
    struct Constant: Network {
      var dimension: Int { 1 }
      var parameterLayout: [ParameterShape] { [ParameterShape("c", [1])] }
      func initialParameters(seed: UInt64) -> [Tensor<Double>] { [Tensor([2])] }
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time: Variable<Scalar>,
        points: Variable<Scalar>
      ) -> Variable<Scalar> {
        points * 0 + parameters[0].reshaped([1, 1]).broadcast(to: points.shape)
      }
    }
    struct Point: Density {
      var dimension: Int { 1 }
      func sample(_ block: RandomBlock) -> Tensor<Double> {
        Tensor(repeating: 3, shape: [block.count, 1])
      }
    }
    // γ = 0 and both ends points: the target is 3 − 3 = 0 everywhere, so the loss is ½ 2² = 2.
    var training = try Training(
      TwoSidedInterpolant.linear(gamma: ZeroLatent()),
      base: Point(),
      target: Point(),
      objectives: [.velocity(Constant())],
      configuration: TrainingConfiguration(
        rows: 200,
        steps: 1,
        learningRate: LearningRate(0.1),
        optimizer: .sgd()
      )
    )
    let step = try #require(try training.next())
    // 200 rows in Float: weights of 1/200 sum to 1 within 200 roundings.
    #expect(abs(step.loss - 2) < 200 * 6e-8 * 2)
    #expect(abs(step.gradientNorms[0] - 2) < 200 * 6e-8 * 2)
    // c ← c − 0.1 · 2.
    #expect(abs(Double(training.parameters[0][0].scalar) - 1.8) < 1e-5)
    #expect(try training.next() == nil)
  }

  /// Of the field x the loss of s is E[½x² + zx/γ] = ½E x² + 1, with E x² = 1 − γ² between standard
  /// normal ends, and γ² = ¼ − (t − ½)².
  ///
  /// A pair has no m z (γ + 1/γ), where m is the mean of x given its ends: most of the variance,
  /// which is six times as large without pairs.
  @Test func antitheticPairsKeepTheMeanAndCutTheVariance() throws {
    struct Identity: ParameterFreeNetwork {
      func callAsFunction<Scalar>(
        _ parameters: [Variable<Scalar>],
        time: Variable<Scalar>,
        points: Variable<Scalar>
      ) -> Variable<Scalar> { points * 1 }
    }
    let steps = 200
    let times = 0.001...0.999
    let length = times.upperBound - times.lowerBound
    let expected = 0.5 * (1 - (0.25 - length * length / 12)) + 1
    func variance(_ isAntithetic: Bool) throws -> Double {
      var training = try Training(
        TwoSidedInterpolant.linear(gamma: BrownianLatent()),
        base: StandardGaussian(dimension: 1),
        target: StandardGaussian(dimension: 1),
        objectives: [.score(Identity(), times: times, isAntithetic: isAntithetic)],
        configuration: TrainingConfiguration(rows: 256, steps: steps, seed: 7)
      )
      var losses: [Double] = []
      while let step = try training.next() { losses.append(step.loss) }
      let count = Double(losses.count)
      let mean = losses.reduce(0, +) / count
      let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      #expect(losses.count == steps)
      #expect(abs(mean - expected) < 5 * (variance / count).squareRoot())
      return variance
    }
    // The logarithm of a variance of n numbers has the variance 2/(n − 1).
    let deviation = (2 * 2 / Double(steps - 1)).squareRoot()
    #expect(log(try variance(false) / variance(true)) > 5 * deviation)
  }

  /// One row that is drawn to fill up a block, whose square is beyond Float, is in no sum.
  @Test func rowsThatFillUpABlockCountForNothing() throws {
    struct FarBehind: Density {
      let dimension = 2
      let count: Int

      func sample(_ block: RandomBlock) -> Tensor<Double> {
        let first = Int(block.firstSample)
        let far = (0..<block.count).map { first + $0 < count ? 1 : 1e30 }
        return block.normal(columns: 2) * Tensor(far, shape: [block.count, 1])
      }
    }
    func last(_ target: some Density) throws -> TrainingStep? {
      var training = try Training(
        .linear,
        target: target,
        objectives: [.velocity(Self.network)],
        configuration: TrainingConfiguration(rows: 999, steps: 3)
      )
      var last: TrainingStep?
      while let step = try training.next() { last = step }
      return last
    }
    let (near, far) = try (last(FarBehind(count: .max)), last(FarBehind(count: 999)))
    #expect(near?.losses == far?.losses && near?.gradientNorms == far?.gradientNorms)
    #expect(far != nil)
  }

  /// Both ends of a pair are mapped, and stay a pair.
  @Test func aCouplingIsStandardisedAtBothEnds() throws {
    let x0 = TwoMoons().sample(count: 50, seed: 1)
    let coupling = try PairedCoupling(x0: x0, x1: x0 * 3 + 1)
    let standardization = Standardization(mean: [2, -1], scales: [3, 0.5])
    let training = try Training(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      coupling: coupling,
      objectives: [.velocity(Self.network)],
      configuration: Self.configuration(rows: 128, steps: 1),
      standardization: standardization
    )
    let block = RandomBlock(seed: 4, samples: 0..<20)
    let (own, plain) = (training.path.coupling.pairs(block), coupling.pairs(block))
    #expect(own.x0 == standardization.apply(plain.x0))
    #expect(own.x1 == standardization.apply(plain.x1))
    #expect(own.x0 != plain.x0 && own.x1 != plain.x1)
  }

  @Test func misuseIsATypedError() {
    func start(_ objectives: [Objective]) throws(TrainingError) {
      _ = try Training(
        TwoSidedInterpolant.linear(gamma: ZeroLatent()),
        base: TwoMoons(),
        target: TwoMoons(),
        objectives: objectives
      )
    }
    let wide = MLP(dimension: 3, hidden: [4])
    #expect(throws: TrainingError.noObjective) { try start([]) }
    #expect(throws: TrainingError.noLatent(objective: .denoiser)) {
      try start([.denoiser(Self.network)])
    }
    #expect(throws: TrainingError.repeatedObjective(.velocity)) {
      try start([.velocity(Self.network), .velocity(Self.network)])
    }
    #expect(
      throws: TrainingError.dimensionMismatch(objective: .velocity, network: 3, densities: 2)
    ) { try start([.velocity(wide)]) }
    // One point cannot be trained on and held out.
    #expect(throws: TrainingError.points(.tooFewRows(count: 1, needed: 2))) {
      _ = try Training(
        .linear,
        points: EmpiricalDensity(points: Tensor(rows: [[1, 2]])),
        objectives: [.velocity(Self.network)]
      )
    }
  }

  @Test func divergenceStopsBeforeTheWeightsAreTouched() throws {
    var configuration = Self.configuration(rows: 128, steps: 50, rate: 1e30)
    configuration.gradientNormLimit = nil
    configuration.averageDecay = nil
    configuration.optimizer = .sgd()
    var training = try Training(
      .linear,
      target: TwoMoons(),
      objectives: [.velocity(Self.network)],
      configuration: configuration
    )
    var error: TrainingError?
    do {
      while try training.next() != nil {}
    } catch let caught {
      error = caught
    }
    guard case .diverged(let step, .velocity, _, _, _)? = error else {
      Issue.record("a learning rate of 1e30 did not diverge: \(String(describing: error))")
      return
    }
    #expect(step == training.step + 1)
    #expect(error?.description.contains("step \(step)") == true)
  }

  /// A display that was told of fewer steps, of others before or of no interval does not end the training.
  @Test func progressOfMoreStepsThanAnnounced() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for style in [TrainingProgress.Style.terminal, .plain(every: 0)] {
        for (steps, first) in [(1, 0), (0, 0), (3, 10)] {
          var training = try Training(
            .linear,
            target: TwoMoons(),
            objectives: [.velocity(MLP(dimension: 2, hidden: [4], activation: .silu))],
            configuration: TrainingConfiguration(rows: 16, steps: 3)
          )
          var progress = TrainingProgress(steps: steps, after: first, style: style)
          while let step = try training.next() {
            // A terminal's line is written ten times a second.
            if style == .terminal { try await Task.sleep(for: .milliseconds(110)) }
            progress.show(step)
          }
          progress.end()
        }
      }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for part in [" step 3/1 loss", "step 3/0 loss", "step 2/3 loss"] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }
}
