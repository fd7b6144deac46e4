import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Every quantity at t = 0 and t = 1 is the limit of its values inside.
@Suite struct EndTests {
  static let quantities: [(name: String, value: @Sendable (FieldValues) -> Tensor<Double>)] = [
    ("b", { $0.velocity }), ("v", { $0.conditionalVelocity }), ("s", { $0.score }),
    ("η₀", { $0.baseDenoiser }), ("η₁", { $0.targetDenoiser }), ("∇·b", { $0.divergence }),
    ("∇·s", { $0.scoreDivergence }), ("log ρ", { $0.logDensity }),
  ]

  /// The value at h = 0 of a polynomial of degree 4 through h, …, 5h; the error is the distance from
  /// that of degree 3.
  static func limit(
    step: Double = 2e-4,
    _ function: (Double) -> Tensor<Double>
  ) -> BoundedDifference {
    let values = (1...5).map { function(step * Double($0)) }
    func combined(_ weights: [Double]) -> Tensor<Double> {
      var sum = Tensor<Double>(zeros: values[0].shape)
      for (value, weight) in zip(values, weights) { sum.add(value, scaledBy: weight) }
      return sum
    }
    let fourth = combined([5, -10, 10, -5, 1])
    return BoundedDifference(value: fourth, error: fourth - combined([4, -6, 4, -1]))
  }

  @Test(arguments: ExactCase.all) func valuesAtTheEndsAreLimits(_ own: ExactCase) throws {
    // α², β², γ² and their slopes are smooth up to the ends, so all quantities but η_z are too.
    let fields = try own.fields()
    let points = MixtureFieldsTests.points
    for (end, direction) in [(0.0, 1.0), (1, -1)] {
      let values = try fields.values(at: end, points)
      for (name, value) in Self.quantities where own.hasBase || name != "η₀" {
        let limit = Self.limit { value(fields(end + direction * $0, points)) }
        // The weights sum to 31 roundings of values of at most 10³.
        let over = excess(value(values), limit.value, limit.error)
        #expect(over < 1e-10, "\(name) at t = \(end): \(over)")
        #expect(worst(limit.error) < 1e-3, "\(name) at t = \(end): a limit good to \(limit.error)")
      }
      let gamma = own.interpolant.latent(end).value
      #expect(worst(values.denoiser + values.score * gamma) <= 1e-15 * worst(values.score))
    }
  }

  @Test func theEndsOfCoupledFieldsAreLimits() throws {
    let points = MixtureFieldsTests.points
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      coupling: try crossedCoupling()
    )
    for (end, direction) in [(0.0, 1.0), (1, -1)] {
      let values = try fields.values(at: end, points)
      for (name, value) in Self.quantities {
        let limit = Self.limit { value(fields(end + direction * $0, points)) }
        let over = excess(value(values), limit.value, limit.error)
        #expect(over < 1e-10, "\(name) at t = \(end): \(over)")
        #expect(worst(limit.error) < 1e-3)
      }
    }
  }

  @Test(arguments: [0, 1.0]) func anInfiniteSlopeTimesAMeanOfZeroHasALimit(_ size: Double) throws {
    // SBDM two-sided: α̇(1) = −∞. The means of x₀ are 0, or 0 only on the average.
    let base = try GaussianMixture(
      weights: [0.4, 0.6],
      means: Tensor(rows: [[1.5, -0.6], [-1, 0.4]]) * size,
      covariances: Tensor([0.5, 0.2, 0.2, 0.4, 0.8, -0.1, -0.1, 0.6], shape: [2, 2, 2])
    )
    let interpolant = TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: BrownianLatent())
    let fields = MixtureFields(interpolant, base: base, target: try ExactCase.target())
    let points = MixtureFieldsTests.points
    let values = try fields.values(at: 1, points)
    for (name, value) in Self.quantities {
      // Skew means of x₀ give odd powers of α: the limit is taken in α = √(1−t²).
      let limit = Self.limit(step: 1e-3) { alpha in
        value(fields((1 - alpha * alpha).squareRoot(), points))
      }
      let over = excess(value(values), limit.value, limit.error)
      // α̇ = −1000 multiplies the roundings of E[x₀ | x], 10⁻¹⁴ or so, and the weights sum to 31.
      #expect(over < 4e-10, "\(name): \(over)")
      #expect(worst(limit.error) < 1e-3, "\(name): \(worst(limit.error))")
    }
  }
}
