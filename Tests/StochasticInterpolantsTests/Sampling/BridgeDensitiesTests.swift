import Integrators
import StochasticInterpolants
import Tensors
import Testing

/// The densities of a bridge are those of a sampler of its fields with the same options.
@Suite struct BridgeDensitiesTests {
  private typealias Case = BridgeForwarding

  private static let points = RandomBlock(seed: 8, samples: 0..<7).normal(columns: 2)
  private static let probes = DivergenceRule.hutchinson(probes: 2, seed: 5)

  @Test(arguments: [Direction.forward, .backward]) func densities(_ direction: Direction) throws {
    let (bridge, sampler) = (Case.bridge, Case.sampler)
    let (points, start, times) = (Self.points, Case.start, Case.times)
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
        == sampler.logDensity(
          points,
          from: start,
          divergence: Self.probes,
          method: .heun,
          steps: 5,
          spacing: .cosine,
          times: times,
          direction: direction
        )
    )
    let controlled = try bridge.logDensity(
      points,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Case.tolerance,
      logDensityWeight: 0.3,
      limits: Case.limits,
      times: times,
      direction: direction
    )
    #expect(
      try controlled
        == sampler.logDensity(
          points,
          from: start,
          divergence: Self.probes,
          method: .tsitouras,
          tolerance: Case.tolerance,
          logDensityWeight: 0.3,
          limits: Case.limits,
          times: times,
          direction: direction
        )
    )
    let noisy = try bridge.sdeLogDensity(
      points,
      from: start,
      estimator: .lowerBound,
      divergence: Self.probes,
      diffusion: Case.diffusion,
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
        == sampler.sdeLogDensity(
          points,
          from: start,
          estimator: .lowerBound,
          divergence: Self.probes,
          diffusion: Case.diffusion,
          paths: 3,
          method: ShARK(),
          steps: 5,
          spacing: .cosine,
          times: times,
          direction: direction,
          seed: 6
        )
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
        == sampler.gradientOfLogDensity(
          points,
          from: start,
          method: .heun,
          steps: 5,
          spacing: .cosine,
          times: times,
          direction: direction
        )
    )
  }

  @Test(arguments: [Direction.forward, .backward])
  func samplesWithTheirDensities(_ direction: Direction) throws {
    let (start, times) = (Case.start, Case.times)
    let first = try Case.bridge.sampleWithLogDensity(
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
    let second = try Case.sampler.odeWithLogDensity(
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
    let third = try Case.bridge.sampleWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Case.tolerance,
      logDensityWeight: 0.3,
      limits: Case.limits,
      times: times,
      direction: direction,
      seed: 3
    )
    let fourth = try Case.sampler.odeWithLogDensity(
      count: 9,
      from: start,
      divergence: Self.probes,
      method: .tsitouras,
      tolerance: Case.tolerance,
      logDensityWeight: 0.3,
      limits: Case.limits,
      times: times,
      direction: direction,
      seed: 3
    )
    #expect(third.samples.points == fourth.samples.points)
    #expect(third.samples.reports == fourth.samples.reports)
    #expect(third.logDensity == fourth.logDensity)
  }
}
