import StochasticInterpolants
import Tensors
import Testing

/// Transfers from schedules that stand still at some time.
@Suite struct RestingScheduleTests {
  /// β = t² and α = 1 − t: b at t = 0 is −x, whatever E[x₁] is.
  struct FlatStart: Schedule {
    func alpha(_ time: Double) -> Coefficient { Coefficient(value: 1 - time, derivative: -1) }
    func beta(_ time: Double) -> Coefficient {
      Coefficient(value: time * time, derivative: 2 * time)
    }
  }

  /// b of a linear bridge from N(0, 1) to N(2, ¼).
  static func line(_ time: Double, _ x: Tensor<Double>) -> Tensor<Double> {
    let (late, variance) = (1 - time, (1 - time) * (1 - time) + 0.25 * time * time)
    return (x - 2 * time) * ((0.25 * time - late) / variance) + 2
  }

  static let narrow = GaussianMixture(isotropic: Tensor(rows: [[2]]), standardDeviation: 0.5)

  /// Where the known schedule leaves t = 0 with β̇ = 0, its b is divided by that rate and says nothing of E[x₁].
  @Test func aStartAtRestTakesTheMeanOfTheTarget() throws {
    let flat = OneSidedInterpolant(schedule: FlatStart())
    let exact = MixtureFields(flat, target: Self.narrow)
    let moved = try TransferredFields(exact, from: flat, to: OneSidedInterpolant.linear)
    let points = Tensor(rows: [[1.0], [-0.3]])
    let start = try moved.values(at: 0, points, wanted: [.velocity, .divergence])
    #expect(
      start.velocity.isApproximatelyEqual(to: points * -1 + 2, absoluteTolerance: 8 * 0x1p-52)
    )
    #expect(start.divergence.elements == [-1, -1])
    // With b alone, and an error in it, there is nothing to take.
    let known = ClosureFields(
      dimension: 1,
      velocity: { exact($0, $1, wanted: .velocity).velocity + 1e-6 }
    )
    let learned = try TransferredFields(known, from: flat, to: OneSidedInterpolant.linear)
    let obstacle = try #require(learned.obstacle(to: .velocity, at: 0))
    #expect(obstacle.description.contains("start later"))
    #expect(throws: SamplingError.singular(obstacle)) {
      try Sampler(learned).ode(count: 1, from: StandardGaussian(dimension: 1), steps: 2, seed: 1)
    }
    // The error 10⁻⁶ of the known b comes out dt⁺/dt over the scale as large, about five times.
    let inner = try learned.values(at: 0.01, points, wanted: .velocity).velocity
    let expected = Self.line(0.01, points)
    #expect(inner.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-5))
    #expect(!inner.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-6))
  }

  /// α = (1 − t)², β = t, at rest at t = 1 alone.
  struct FlatEnd: Schedule {
    func alpha(_ time: Double) -> Coefficient {
      Coefficient(value: (1 - time) * (1 - time), derivative: -2 * (1 - time))
    }
    func beta(_ time: Double) -> Coefficient { Coefficient(value: time, derivative: 1) }
  }

  /// α = 1 − φ and β = φ with φ = ½ from t = ¼ to ¾.
  struct Resting: Schedule {
    func beta(_ time: Double) -> Coefficient {
      time < 0.25
        ? Coefficient(value: 2 * time, derivative: 2)
        : time <= 0.75
          ? Coefficient(value: 0.5, derivative: 0)
          : Coefficient(value: 2 * time - 1, derivative: 2)
    }
    func alpha(_ time: Double) -> Coefficient {
      let own = beta(time)
      return Coefficient(value: 1 - own.value, derivative: -own.derivative)
    }
  }

  @Test func aRestOfTheKnownScheduleIsPassedByTheScore() throws {
    let points = Tensor(rows: [[1.0], [-0.3]])
    let resting = OneSidedInterpolant(schedule: Resting())
    let moved = try TransferredFields(
      MixtureFields(resting, target: Self.narrow),
      from: resting,
      to: OneSidedInterpolant.linear
    )
    let middle = try moved.values(at: 0.5, points, wanted: [.velocity, .divergence])
    // Some roundings of slopes below 4.
    #expect(
      middle.velocity.isApproximatelyEqual(to: Self.line(0.5, points), absoluteTolerance: 1e-14)
    )
    let slope = (0.125 - 0.5) / 0.3125
    #expect(middle.divergence.elements.allSatisfy { abs($0 - slope) < 1e-14 })
    // At t = 1 b = β̇x of the linear schedule, without a score.
    let flat = OneSidedInterpolant(schedule: FlatEnd())
    let exact = MixtureFields(flat, target: Self.narrow)
    let late = try TransferredFields(
      ClosureFields(dimension: 1, velocity: { exact($0, $1, wanted: .velocity).velocity }),
      from: flat,
      to: OneSidedInterpolant.linear
    )
    #expect(try late.values(at: 1, points, wanted: .velocity).velocity == points)
  }
}
