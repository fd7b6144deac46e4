import Integrators
import StochasticInterpolants
import Testing

/// The samples of a bridge are those of a sampler of its fields with the same options, and where no method is
/// given those of the method its comments name.
@Suite struct BridgeSamplesTests {
  private typealias Case = BridgeForwarding

  private static let saving = [0.5, 0.3]

  private func expectSame(_ first: Samples, _ second: Samples) {
    #expect(first == second)
    #expect(first.trajectory.count == 2)
  }

  private func ode(_ method: RungeKutta, _ direction: Direction) throws -> Samples {
    try Case.sampler.ode(
      count: 9,
      from: Case.start,
      method: method,
      steps: 5,
      spacing: .cosine,
      times: Case.times,
      direction: direction,
      finishing: .mean,
      saving: Self.saving,
      seed: 3
    )
  }

  private func sde(
    _ method: some StochasticMethod,
    _ direction: Direction
  ) throws -> Samples {
    try Case.sampler.sde(
      count: 9,
      from: Case.start,
      method: method,
      diffusion: Case.diffusion,
      steps: 5,
      spacing: .cosine,
      times: Case.times,
      direction: direction,
      finishing: .mean,
      saving: Self.saving,
      seed: 3
    )
  }

  @Test(arguments: [Direction.forward, .backward]) func fixedSteps(_ direction: Direction) throws {
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        steps: 5,
        spacing: .cosine,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try ode(.rk4, direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        method: .heun,
        steps: 5,
        spacing: .cosine,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try ode(.heun, direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        diffusion: Case.diffusion,
        steps: 5,
        spacing: .cosine,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try sde(SRA1(), direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        diffusion: Case.diffusion,
        method: ShARK(),
        steps: 5,
        spacing: .cosine,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try sde(ShARK(), direction)
    )
  }

  private func controlledODE(_ method: RungeKutta, _ direction: Direction) throws -> Samples {
    try Case.sampler.ode(
      count: 9,
      from: Case.start,
      method: method,
      tolerance: Case.tolerance,
      limits: Case.limits,
      times: Case.times,
      direction: direction,
      finishing: .mean,
      saving: Self.saving,
      seed: 3
    )
  }

  private func controlledSDE(
    _ method: some StochasticMethod,
    _ direction: Direction
  ) throws -> Samples {
    try Case.sampler.sde(
      count: 9,
      from: Case.start,
      method: method,
      diffusion: Case.diffusion,
      tolerance: Case.tolerance,
      limits: Case.limits,
      times: Case.times,
      direction: direction,
      finishing: .mean,
      saving: Self.saving,
      seed: 3
    )
  }

  @Test(arguments: [Direction.forward, .backward]) func stepControl(_ direction: Direction) throws {
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        tolerance: Case.tolerance,
        limits: Case.limits,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try controlledODE(.dormandPrince, direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        method: .tsitouras,
        tolerance: Case.tolerance,
        limits: Case.limits,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try controlledODE(.tsitouras, direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        diffusion: Case.diffusion,
        tolerance: Case.tolerance,
        limits: Case.limits,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try controlledSDE(SRA1(), direction)
    )
    expectSame(
      try Case.bridge.sample(
        count: 9,
        from: Case.start,
        diffusion: Case.diffusion,
        method: ShARK(),
        tolerance: Case.tolerance,
        limits: Case.limits,
        times: Case.times,
        direction: direction,
        finishing: .mean,
        saving: Self.saving,
        seed: 3
      ),
      try controlledSDE(ShARK(), direction)
    )
  }
}
