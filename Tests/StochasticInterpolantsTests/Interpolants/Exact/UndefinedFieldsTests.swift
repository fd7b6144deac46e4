import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Where exact fields have no value they say why.
@Suite struct UndefinedFieldsTests {
  static let sbdm = TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: BrownianLatent())

  @Test func anInfiniteSlopeTimesAMeanIsAnError() throws {
    let fields = MixtureFields(
      Self.sbdm,
      base: try ExactCase.base(),
      target: try ExactCase.target()
    )
    let points = MixtureFieldsTests.points
    let error = #expect(throws: MixtureFieldsError.self) { try fields.values(at: 1, points) }
    #expect(
      error == .infiniteSlope(coefficient: "α", component: 0, time: 1, moment: "the mean of x0")
    )
    #expect(throws: MixtureFieldsError.self) {
      try fields.divergence(of: .conditionalVelocity, at: 1, points)
    }
    // What needs no α̇ has its value there, and everything has before.
    let others = try fields.values(at: 1, points, wanted: [.score, .denoiser, .targetDenoiser])
    #expect(worst(others.targetDenoiser - points) < 1e-13)
    _ = try fields.values(at: 1 - 1e-9, points)
    // A sampler, which asks any fields for obstacles, hears it too.
    #expect(fields.obstacle(to: .velocity, at: 1)?.description.contains("mean of x0") == true)
    #expect(fields.obstacle(to: .score, at: 1) == nil)
  }

  @Test func anInfiniteSlopeTimesACrossCovarianceIsAnError() throws {
    let coupling = try MixtureCoupling(
      weights: [1],
      baseMeans: Tensor(zeros: [1, 2]),
      targetMeans: Tensor(zeros: [1, 2]),
      baseCovariances: Tensor<Double>(identity: 2).reshaped([1, 2, 2]),
      targetCovariances: Tensor<Double>(identity: 2).reshaped([1, 2, 2]),
      crossCovariances: Tensor([0, 0.1, 0, 0], shape: [1, 2, 2])
    )
    let fields = MixtureFields(Self.sbdm, coupling: coupling)
    let error = #expect(throws: MixtureFieldsError.self) { try fields.check(.velocity, at: 1) }
    #expect(error?.description.contains("covariance of x0 and x1") == true)
    try fields.check(.velocity, at: 0)
    try fields.check([.score, .logDensity, .baseDenoiser], at: 1)
  }

  @Test func aPointIsAnError() throws {
    let fields = MixtureFields(
      TwoSidedInterpolant(schedule: EncodingDecodingSchedule(), gamma: ZeroLatent()),
      base: try ExactCase.base(),
      target: try ExactCase.target()
    )
    let points = MixtureFieldsTests.points
    let error = #expect(throws: MixtureFieldsError.self) {
      try fields.values(at: 0.5, points, wanted: .score)
    }
    #expect(
      error == .singularCovariance(component: 0, time: 0.5, alpha: 0, beta: 0, gamma: 0)
    )
    #expect(fields.obstacle(to: .logDensity, at: 0.5) != nil)
    #expect(worst(fields.mean(0.5)) == 0 && worst(fields.covariance(0.5)) == 0)
    _ = try fields.values(at: 0.5 - 1e-6, points)
    _ = try fields.values(at: 0.5 + 1e-6, points)
  }

  @Test func aSamplerReportsTheTimeWithoutFields() throws {
    let base = try ExactCase.base()
    let interpolant = TwoSidedInterpolant(
      schedule: EncodingDecodingSchedule(),
      gamma: ZeroLatent()
    )
    let fields = MixtureFields(interpolant, base: base, target: try ExactCase.target())
    // A step of RK4 ends at t = ½.
    let error = #expect(throws: SamplingError.self) {
      try Sampler(fields).ode(count: 4, from: base, steps: 10, seed: 1)
    }
    #expect(error?.description.contains("0.5") == true)
  }

  @Test(arguments: [1e150, 1e160, 1e200, 1e300]) func farPointsBelongToTheNearestComponent(
    _ distance: Double
  ) throws {
    // From afar the component of the largest variance along x is the nearest, and all fields are its
    // own, which are linear in x up to rounding.
    let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let coupling = try crossedCoupling()
    let fields = MixtureFields(interpolant, coupling: coupling)
    let time = 0.4
    let directions = Tensor<Double>(rows: [[1, 0], [0.6, -0.8], [-0.8, -0.6]])
    let values = try fields.values(at: time, directions * distance)
    // The same direction where nothing overflows yet and the other component has weight 0.
    let near = try fields.values(at: time, directions * 1e10)
    let scale = distance / 1e10
    func check(_ far: Tensor<Double>, _ near: Tensor<Double>) {
      // m/|x| = 10⁻¹⁰ and its roundings.
      #expect(worst(far * (1 / distance) - near * 1e-10) < 2e-9)
    }
    check(values.score, near.score)
    check(values.velocity, near.velocity)
    check(values.baseDenoiser, near.baseDenoiser)
    check(values.targetDenoiser, near.targetDenoiser)
    #expect(worst(values.divergence - near.divergence) < 1e-12 && scale > 1)
    #expect(worst(values.scoreDivergence - near.scoreDivergence) < 1e-12)
    let isOverflowing = distance > 1.4e154
    #expect(values.logDensity.elements.allSatisfy { ($0 == -.infinity) == isOverflowing })
  }

  @Test func whatNoNumberHoldsIsAnError() throws {
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      coupling: try crossedCoupling()
    )
    // s = −C⁻¹x overflows for variances below 1.
    let error = #expect(throws: MixtureFieldsError.self) {
      try fields.values(at: 0.4, Tensor(rows: [[0, 0], [1e308, -1e308]]))
    }
    if case .notFinite(_, let row, let time) = error {
      #expect(row == 1 && time == 0.4)
    } else {
      Issue.record("\(String(describing: error)) is another error")
    }
  }
}
