import Foundation
import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct TransferTests {
  static let points = RandomBlock(seed: 8, samples: 0..<100).normal(columns: 2)

  static func compare<S: Interpolant, T: Interpolant>(
    _ source: S,
    _ target: T,
    _ make: (AnyInterpolant) throws -> MixtureFields<AnyInterpolant>,
    times: [Double] = [0, 0.15, 0.5, 0.83, 1]
  ) throws {
    let exact = try make(AnyInterpolant(target))
    let moved = try TransferredFields(
      try make(AnyInterpolant(source)),
      from: source,
      to: target
    )
    for time in times {
      let wanted = moved.available
      let (own, other) = (moved(time, points, wanted: wanted), exact(time, points))
      // t⁺ is known to a rounding error, through slopes of b and s up to 10³.
      for (name, found, expected) in [
        ("b", own.velocity, other.velocity), ("s", own.score, other.score),
        ("η_z", own.denoiser, other.denoiser), ("η₁", own.targetDenoiser, other.targetDenoiser),
        ("∇·b", own.divergence, other.divergence),
        ("∇·s", own.scoreDivergence, other.scoreDivergence),
        ("log ρ", own.logDensity, other.logDensity),
      ] {
        #expect(
          found.isApproximatelyEqual(to: expected, absoluteTolerance: 1e-9),
          "\(name) at t = \(time)"
        )
      }
    }
  }

  @Test func oneSidedSchedulesServeEachOther() throws {
    func make(_ interpolant: AnyInterpolant) throws -> MixtureFields<AnyInterpolant> {
      MixtureFields(interpolant, target: try ExactCase.target())
    }
    let (linear, trigonometric, sbdm) = (
      OneSidedInterpolant.linear, OneSidedInterpolant.trigonometric, OneSidedInterpolant.sbdm
    )
    try Self.compare(linear, trigonometric, make)
    try Self.compare(trigonometric, linear, make)
    // √(1−t²) has a vertical tangent at t = 1: b is finite there all the same.
    try Self.compare(linear, sbdm, make)
    try Self.compare(trigonometric, sbdm, make)
    try Self.compare(sbdm, linear, make)
    // SiT's path starts at β = 0.0066 and is reached by an exact one, not the other way round.
    try Self.compare(linear, OneSidedInterpolant.sitVariancePreserving, make)
    let back = try TransferredFields(
      try make(AnyInterpolant(OneSidedInterpolant.sitVariancePreserving)),
      from: OneSidedInterpolant.sitVariancePreserving,
      to: linear
    )
    #expect(back.obstacle(to: .velocity, at: 0) != nil)
    #expect(back.obstacle(to: .velocity, at: 0.1) == nil)
  }

  /// A schedule divided by its norm: α² + β² + γ² = 1 with the same ratios.
  struct Normalised: Schedule {
    func norm(_ time: Double) -> Coefficient {
      // α² + β² + γ² of (1−t, t, √(t(1−t))): 1 − t + t².
      let square = 1 - time + time * time
      let root = square.squareRoot()
      return Coefficient(value: root, derivative: (2 * time - 1) / (2 * root))
    }
    func quotient(_ value: Double, _ rate: Double, _ time: Double) -> Coefficient {
      let h = norm(time)
      return Coefficient(
        value: value / h.value,
        derivative: rate / h.value - value * h.derivative / (h.value * h.value)
      )
    }
    func alpha(_ time: Double) -> Coefficient { quotient(1 - time, -1, time) }
    func beta(_ time: Double) -> Coefficient { quotient(time, 1, time) }
  }

  struct NormalisedLatent: LatentSchedule {
    func callAsFunction(_ time: Double) -> Coefficient {
      let square = time * (1 - time) / (1 - time + time * time)
      // d/dt of γ² = (1 − 2t)/(1 − t + t²)².
      let rate = (1 - 2 * time) / ((1 - time + time * time) * (1 - time + time * time))
      return Coefficient(
        value: square.squareRoot(),
        derivative: rate / (2 * square.squareRoot()),
        product: rate / 2
      )
    }
  }

  /// A γ in another unit.
  struct Scaled<Latent: LatentSchedule>: LatentSchedule {
    let latent: Latent
    let factor: Double

    func callAsFunction(_ time: Double) -> Coefficient {
      let own = latent(time)
      return Coefficient(
        value: factor * own.value,
        derivative: factor * own.derivative,
        product: factor * factor * own.product
      )
    }
  }

  @Test func twoSidedSchedulesOfOneRatioServeEachOther() throws {
    func make(_ interpolant: AnyInterpolant) throws -> MixtureFields<AnyInterpolant> {
      MixtureFields(
        interpolant,
        base: try ExactCase.base(),
        target: try ExactCase.target()
      )
    }
    let linear = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let normalised = TwoSidedInterpolant(schedule: Normalised(), gamma: NormalisedLatent())
    try Self.compare(linear, normalised, make)
    try Self.compare(normalised, linear, make)
    let error = #expect(throws: TransferError.self) {
      _ = try ScheduleTransfer(
        from: linear,
        to: TwoSidedInterpolant.linear(gamma: QuadraticLatent())
      )
    }
    guard case .latentDiffers(time: 1.0 / 32, value: 31.0 / 1_024, let expected)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // √(t(1−t)) of the known fields, which have the same α and β, at a time that is found to its last bits.
    #expect(abs(expected / (31.0.squareRoot() / 32) - 1) < 1e-12)
    let point = PointMassInterpolant(
      from: Tensor([1.0]),
      schedule: LinearSchedule(),
      gamma: FollmerLatent()
    )
    #expect(throws: TransferError.fixedPoint) {
      _ = try ScheduleTransfer(from: point, to: point)
    }
    let mirror = MirrorInterpolant.mirror(gamma: BrownianLatent())
    #expect(throws: TransferError.notFromStart) {
      _ = try ScheduleTransfer(from: mirror, to: OneSidedInterpolant.linear)
    }
    #expect(throws: TransferError.differentEnds) {
      _ = try ScheduleTransfer(from: linear, to: OneSidedInterpolant.linear)
    }
  }

  /// γ is in the unit of the data: where these are tiny or huge a γ of another shape is one all the same.
  @Test(arguments: [1e-8, 1, 1e8]) func aLatentIsComparedAtItsOwnScale(_ unit: Double) throws {
    let linear = TwoSidedInterpolant.linear(gamma: Scaled(latent: BrownianLatent(), factor: unit))
    let normalised = TwoSidedInterpolant(
      schedule: Normalised(),
      gamma: Scaled(latent: NormalisedLatent(), factor: unit)
    )
    let half = TwoSidedInterpolant.linear(gamma: Scaled(latent: BrownianLatent(), factor: unit / 2))
    #expect(throws: Never.self) {
      _ = try ScheduleTransfer(from: linear, to: normalised)
      _ = try ScheduleTransfer(from: normalised, to: linear)
    }
    let error = #expect(throws: TransferError.self) {
      _ = try ScheduleTransfer(from: linear, to: half)
    }
    guard case .latentDiffers(time: 1.0 / 32, let value, let expected)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // γ = u √(t(1−t)) at t = 1/32, and t⁺ = t is found to a few of its last bits.
    #expect(abs(expected / (unit * 31.0.squareRoot() / 32) - 1) < 1e-12)
    #expect(abs(value / (unit * 31.0.squareRoot() / 64) - 1) < 1e-12)
  }

  @Test func aGaussianBaseKeepsItsCovarianceWhereAlphaIsSteep() throws {
    let covariance = ExactCase.baseCovariance
    func make(_ interpolant: AnyInterpolant) throws -> MixtureFields<AnyInterpolant> {
      MixtureFields(interpolant, target: try ExactCase.target())
    }
    let linear = try GaussianBaseInterpolant(schedule: LinearSchedule(), covariance: covariance)
    let sbdm = try GaussianBaseInterpolant(schedule: SBDMSchedule(), covariance: covariance)
    try Self.compare(linear, sbdm, make, times: [0, 0.15, 0.5, 0.83])
    let moved = try TransferredFields(try make(AnyInterpolant(linear)), from: linear, to: sbdm)
    let exact = try make(AnyInterpolant(sbdm))
    #expect(moved.obstacle(to: .velocity, at: 1) == nil)
    let (own, other) = (
      moved(1, Self.points, wanted: .velocity), exact(1, Self.points, wanted: .velocity)
    )
    #expect(own.velocity.isApproximatelyEqual(to: other.velocity, absoluteTolerance: 1e-9))
    // tr(C₀ ∇s) does not follow from ∇·s.
    #expect(moved.obstacle(to: .divergence, at: 1) != nil)
  }

  @Test func aDrawnPointHasMomentsThatASteepAlphaAsksFor() throws {
    let (linear, sbdm) = (
      TwoSidedInterpolant.linear(gamma: ZeroLatent()),
      TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: ZeroLatent())
    )
    let known = MixtureFields(linear, base: try ExactCase.base(), target: try ExactCase.target())
    let moved = try TransferredFields(known, from: linear, to: sbdm)
    #expect(moved.obstacle(to: .velocity, at: 1) != nil)
    #expect(
      moved.obstacle(to: .score, at: 1) == nil && moved.obstacle(to: .velocity, at: 0.99) == nil
    )
  }

  @Test func trainedTimesGoWithTheTransfer() throws {
    let (linear, trigonometric) = (OneSidedInterpolant.linear, OneSidedInterpolant.trigonometric)
    let network = MLP(dimension: 1, hidden: [4], activation: .tanh)
    let learned = LearnedFields(
      interpolant: linear,
      fields: [(VectorField.velocity, 0.0...1.0), (.score, 0.2...0.9)].map { kind, times in
        LearnedField.untrained([kind], network, seed: 1, times: times)
      }
    )
    let moved = try TransferredFields(learned, from: linear, to: trigonometric)
    func draw(_ diffusion: Diffusion) throws -> Tensor<Double> {
      try Sampler(moved).sde(
        count: 5,
        from: StandardGaussian(dimension: 1),
        diffusion: diffusion,
        steps: 10,
        seed: 1
      ).points
    }
    // tan(πt/2) = β/α = t⁺/(1 − t⁺) at t⁺ = 0.2 and 0.9.
    let (first, last) = (2 / Double.pi * atan(0.25), 2 / Double.pi * atan(9.0))
    let error = #expect(throws: SamplingError.self) { try draw(.constant(1, on: 0...1)) }
    guard case .untrained(used: 0...1, let trained)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(abs(trained.lowerBound - first) < 1e-12 && abs(trained.upperBound - last) < 1e-12)
    #expect(try draw(.constant(1)) == draw(.constant(1, on: trained)))
    // Where α is steep b at t = 1 is made of the score, which was not trained there.
    let steep = try TransferredFields(learned, from: linear, to: OneSidedInterpolant.sbdm)
    let late = #expect(throws: SamplingError.self) {
      try Sampler(steep).ode(count: 5, from: StandardGaussian(dimension: 1), steps: 10, seed: 1)
    }
    guard case .untrained(used: 1...1, let trained)? = late else {
      Issue.record("\(String(describing: late))")
      return
    }
    // t/√(1 − t²) = β/α.
    let (low, high) = (0.25 / 1.0625.squareRoot(), 9 / 82.0.squareRoot())
    #expect(abs(trained.lowerBound - low) < 1e-12 && abs(trained.upperBound - high) < 1e-12)
  }

  /// Where the known fields' β̇ and β are 0, t⁺ begins infinitely fast, and b is still the other schedule's.
  @Test func aFlatStartServesASteepOne() throws {
    let flat = OneSidedInterpolant(schedule: PointMassTests.QuadraticSchedule())
    let target = GaussianMixture(isotropic: Tensor(rows: [[-1], [2]]), standardDeviation: 0.4)
    let fields = try TransferredFields(
      MixtureFields(flat, target: target),
      from: flat,
      to: OneSidedInterpolant.linear
    )
    let exact = MixtureFields(OneSidedInterpolant.linear, target: target)
    let points = Tensor(rows: [[0.3], [-1]])
    for time in [0, 1e-9, 0.3] {
      let own = try fields.values(at: time, points, wanted: [.velocity, .divergence, .score])
      let other = try exact.values(at: time, points, wanted: [.velocity, .divergence, .score])
      // t⁺ = √t is found to its last bit, after which b, which changes by less than 100 in a unit of t, is
      // multiplied and divided by rates.
      for quantity in [Quantities.velocity, .divergence, .score] {
        let isSame = own[quantity].isApproximatelyEqual(
          to: other[quantity],
          absoluteTolerance: 1e-11,
          relativeTolerance: 1e-11
        )
        #expect(isSame, "\(quantity) at t = \(time): \(own[quantity]) for \(other[quantity])")
      }
    }
  }

  @Test func samplesOfATransferredFieldFollowTheOtherSchedule() throws {
    let known = MixtureFields(OneSidedInterpolant.linear, target: try ExactCase.target())
    let moved = try TransferredFields(
      known,
      from: OneSidedInterpolant.linear,
      to: OneSidedInterpolant.trigonometric
    )
    // The flow of both ends in the same point: x_t is only scaled.
    func end(_ fields: some Fields) throws -> Tensor<Double> {
      try Sampler(fields).ode(
        count: 50,
        from: StandardGaussian(dimension: 2),
        steps: 400,
        seed: 3
      ).points
    }
    let (first, second) = (try end(known), try end(moved))
    // Fourth order: (1/400)⁴ times a fifth derivative of at most 10⁴.
    #expect(first.isApproximatelyEqual(to: second, absoluteTolerance: 1e-6))
  }

  /// Two schedules that fit each other in the wrong order: the fields know theirs.
  @Test func fieldsOfAnotherInterpolantAreRefused() throws {
    let fields = MixtureFields(OneSidedInterpolant.linear, target: try ExactCase.target())
    let error = #expect(throws: TransferError.self) {
      _ = try TransferredFields(
        fields,
        from: OneSidedInterpolant.trigonometric,
        to: OneSidedInterpolant.linear
      )
    }
    guard case .otherInterpolant(time: 0.1, coefficient: "β", let given, fields: 0.1)? = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(abs(given - 0.1564) < 1e-4)
    #expect("\(try #require(error))".contains("from: is the one they belong to"))
    // And of those that were transferred the other end.
    let moved = try TransferredFields(
      fields,
      from: OneSidedInterpolant.linear,
      to: OneSidedInterpolant.trigonometric
    )
    #expect(throws: TransferError.self) {
      _ = try TransferredFields(
        moved,
        from: OneSidedInterpolant.linear,
        to: OneSidedInterpolant.sbdm
      )
    }
  }
}
