import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import Testing

/// A bridge hands every option on: its calls are those of a sampler of its fields, with other values than the
/// defaults for all.
@Suite struct BridgeForwardingTests {
  static let bridge: Bridge<OneSidedInterpolant<LinearSchedule>> = {
    let network = MLP(dimension: 2, hidden: [16, 16], activation: .silu, heads: 2)
    return Bridge(
      fields: LearnedFields(
        interpolant: OneSidedInterpolant.linear,
        fields: [
          LearnedField(
            kinds: [.velocity, .score],
            network: network,
            parameters: network.initialParameters(seed: 4).map { Tensor<Float>($0) },
            times: 0...1
          )
        ]
      ),
      base: StandardGaussian(dimension: 2)
    )
  }()

  static let sampler = Sampler(bridge.fields)
  static let start = GaussianMixture(
    isotropic: Tensor(rows: [[1, 0], [0, 2]]),
    standardDeviation: 0.5
  )
  static let points = RandomBlock(seed: 8, samples: 0..<7).normal(columns: 2)
  static let times = 0.1...0.8
  static let saving = [0.5, 0.3]
  static let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-5)
  static let limits = StepLimits(initialStep: 0.01, maximumStep: 0.2)
  static let diffusion = Diffusion.constant(0.4, on: 0.2...0.7)
  static let probes = DivergenceRule.hutchinson(probes: 2, seed: 5)

  private func expectSame(_ first: Samples, _ second: Samples) {
    #expect(first.points == second.points)
    #expect(first.trajectory == second.trajectory && first.trajectory.count == 2)
    #expect(first.evaluations == second.evaluations && first.times == second.times)
    #expect(first.reports == second.reports)
  }

  @Test(arguments: [Direction.forward, .backward]) func fixedSteps(_ direction: Direction) throws {
    let (bridge, sampler) = (Self.bridge, Self.sampler)
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.ode(
        count: 9,
        from: Self.start,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      )
    )
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        diffusion: Self.diffusion,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.sde(
        count: 9,
        from: Self.start,
        diffusion: Self.diffusion,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      )
    )
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        diffusion: Self.diffusion,
        method: ShARK(),
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.sde(
        count: 9,
        from: Self.start,
        method: ShARK(),
        diffusion: Self.diffusion,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      )
    )
  }

  @Test(arguments: [Direction.forward, .backward])
  func methodsOfTheODE(_ direction: Direction) throws {
    let (bridge, sampler) = (Self.bridge, Self.sampler)
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        method: .heun,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.ode(
        count: 9,
        from: Self.start,
        method: .heun,
        steps: 5,
        spacing: .cosine,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      )
    )
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        method: .tsitouras,
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.ode(
        count: 9,
        from: Self.start,
        method: .tsitouras,
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      )
    )
  }

  @Test(arguments: [Direction.forward, .backward]) func stepControl(_ direction: Direction) throws {
    let (bridge, sampler) = (Self.bridge, Self.sampler)
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.ode(
        count: 9,
        from: Self.start,
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .flow,
        saving: Self.saving,
        seed: 3
      )
    )
    expectSame(
      try bridge.sample(
        count: 9,
        from: Self.start,
        diffusion: Self.diffusion,
        method: ShARK(),
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try sampler.sde(
        count: 9,
        from: Self.start,
        method: ShARK(),
        diffusion: Self.diffusion,
        tolerance: Self.tolerance,
        limits: Self.limits,
        times: Self.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      )
    )
  }

  @Test(arguments: [Direction.forward, .backward]) func densities(_ direction: Direction) throws {
    let (bridge, sampler, isForward) = (Self.bridge, Self.sampler, direction == .forward)
    let (points, start, times) = (Self.points, Self.start, Self.times)
    let fixed = try bridge.logDensity(
      points,
      from: start,
      divergence: Self.probes,
      method: .heun,
      steps: 5,
      spacing: .cosine,
      times: times,
      direction: direction
    )
    #expect(
      try fixed
        == (isForward
          ? sampler.logDensity(
            points,
            start: start,
            divergence: Self.probes,
            method: .heun,
            steps: 5,
            spacing: .cosine,
            times: times
          )
          : sampler.logDensity(
            points,
            end: start,
            divergence: Self.probes,
            method: .heun,
            steps: 5,
            spacing: .cosine,
            times: times
          ))
    )
    let controlled = try bridge.logDensity(
      points,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Self.tolerance,
      logDensityWeight: 0.3,
      limits: Self.limits,
      times: times,
      direction: direction
    )
    #expect(
      try controlled
        == (isForward
          ? sampler.logDensity(
            points,
            start: start,
            divergence: Self.probes,
            method: .tsitouras,
            tolerance: Self.tolerance,
            logDensityWeight: 0.3,
            limits: Self.limits,
            times: times
          )
          : sampler.logDensity(
            points,
            end: start,
            divergence: Self.probes,
            method: .tsitouras,
            tolerance: Self.tolerance,
            logDensityWeight: 0.3,
            limits: Self.limits,
            times: times
          ))
    )
    let noisy = try bridge.sdeLogDensity(
      points,
      from: start,
      estimator: .lowerBound,
      divergence: Self.probes,
      diffusion: Self.diffusion,
      paths: 3,
      method: ShARK(),
      steps: 5,
      spacing: .cosine,
      times: times,
      direction: direction,
      seed: 6
    )
    #expect(
      try noisy
        == (isForward
          ? sampler.sdeLogDensity(
            points,
            start: start,
            estimator: .lowerBound,
            divergence: Self.probes,
            diffusion: Self.diffusion,
            paths: 3,
            method: ShARK(),
            steps: 5,
            spacing: .cosine,
            times: times,
            seed: 6
          )
          : sampler.sdeLogDensity(
            points,
            end: start,
            estimator: .lowerBound,
            divergence: Self.probes,
            diffusion: Self.diffusion,
            paths: 3,
            method: ShARK(),
            steps: 5,
            spacing: .cosine,
            times: times,
            seed: 6
          ))
    )
    let gradient = try bridge.gradientOfLogDensity(
      points,
      from: start,
      method: .heun,
      steps: 5,
      spacing: .cosine,
      times: times,
      direction: direction
    )
    #expect(
      try gradient
        == (isForward
          ? sampler.gradientOfLogDensity(
            points,
            start: start,
            method: .heun,
            steps: 5,
            spacing: .cosine,
            times: times
          )
          : sampler.gradientOfLogDensity(
            points,
            end: start,
            method: .heun,
            steps: 5,
            spacing: .cosine,
            times: times
          ))
    )
  }

  @Test(arguments: [Direction.forward, .backward])
  func samplesWithTheirDensities(_ direction: Direction) throws {
    let (start, times) = (Self.start, Self.times)
    let first = try Self.bridge.sampleWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .heun,
      steps: 5,
      spacing: .cosine,
      times: times,
      direction: direction,
      seed: 3
    )
    let second = try Self.sampler.odeWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .heun,
      steps: 5,
      spacing: .cosine,
      times: times,
      direction: direction,
      seed: 3
    )
    #expect(first.samples.points == second.samples.points)
    #expect(first.logDensity == second.logDensity)
    let third = try Self.bridge.sampleWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Self.tolerance,
      logDensityWeight: 0.3,
      limits: Self.limits,
      times: times,
      direction: direction,
      seed: 3
    )
    let fourth = try Self.sampler.odeWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Self.tolerance,
      logDensityWeight: 0.3,
      limits: Self.limits,
      times: times,
      direction: direction,
      seed: 3
    )
    #expect(third.samples.points == fourth.samples.points)
    #expect(third.samples.reports == fourth.samples.reports)
    #expect(third.logDensity == fourth.logDensity)
  }
}
