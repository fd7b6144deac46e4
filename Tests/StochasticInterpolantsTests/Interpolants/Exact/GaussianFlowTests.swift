import Foundation
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Flows between two Gaussians of the plane.
struct FlowCase: Sendable, CustomStringConvertible {
  enum Ends: String, Sendable { case commuting, independent, crossed, target }

  let description: String
  let interpolant: AnyInterpolant
  let ends: Ends
  let isClosed: Bool

  static func base() throws -> Gaussian {
    try Gaussian(mean: Tensor([1, -2]), covariance: Tensor(rows: [[0.8, -0.3], [-0.3, 0.5]]))
  }

  static func target() throws -> Gaussian {
    try Gaussian(mean: Tensor([-1, 0.5]), covariance: Tensor(rows: [[0.4, 0.3], [0.3, 1.2]]))
  }

  func flow() throws -> GaussianFlow<AnyInterpolant> {
    switch ends {
    case .independent:
      return GaussianFlow(interpolant, base: try Self.base(), target: try Self.target())
    case .commuting:
      // C₁ = 2C₀ + ¼ Id has the eigenvectors of C₀.
      let target = try Gaussian(
        mean: Tensor([-1, 0.5]),
        covariance: Tensor(rows: [[1.85, -0.6], [-0.6, 1.25]])
      )
      return GaussianFlow(interpolant, base: try Self.base(), target: target)
    case .crossed:
      return GaussianFlow(interpolant, coupling: try Self.crossed())
    case .target:
      return GaussianFlow(interpolant, target: try Self.target())
    }
  }

  static func crossed() throws -> MixtureCoupling {
    try MixtureCoupling(
      weights: [1],
      baseMeans: Tensor(rows: [[1, -2]]),
      targetMeans: Tensor(rows: [[-1, 0.5]]),
      baseCovariances: Tensor([0.8, -0.3, -0.3, 0.5], shape: [1, 2, 2]),
      targetCovariances: Tensor([0.4, 0.3, 0.3, 1.2], shape: [1, 2, 2]),
      crossCovariances: Tensor([0.1, 0.3, -0.2, 0.1], shape: [1, 2, 2])
    )
  }

  static let all: [FlowCase] = {
    var all: [FlowCase] = []
    func add(_ name: String, _ interpolant: some Interpolant, _ ends: Ends, isClosed: Bool) {
      all.append(
        FlowCase(
          description: "\(name), \(ends.rawValue)",
          interpolant: AnyInterpolant(interpolant),
          ends: ends,
          isClosed: isClosed
        )
      )
    }
    let linear = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let trigonometric = TwoSidedInterpolant.trigonometric(gamma: QuadraticLatent())
    let bare = TwoSidedInterpolant.trigonometric(gamma: ZeroLatent())
    add("linear, √(t(1−t))", linear, .commuting, isClosed: true)
    add("linear, √(t(1−t))", linear, .independent, isClosed: false)
    add("linear, √(t(1−t))", linear, .crossed, isClosed: false)
    add("trigonometric, t(1−t)", trigonometric, .independent, isClosed: false)
    add("trigonometric, 0", bare, .commuting, isClosed: true)
    add("trigonometric, 0", bare, .independent, isClosed: true)
    add("trigonometric, 0", bare, .crossed, isClosed: false)
    add("encoding–decoding", TwoSidedInterpolant.encodingDecoding, .independent, isClosed: false)
    add("SBDM", OneSidedInterpolant.sbdm, .target, isClosed: true)
    // C₀ of the base is the latent's covariance, with and without the eigenvectors of C₁.
    for (rows, isClosed) in [
      ([[2.0, 0.6], [0.6, 0.5]], false), ([[2.9, 0.3], [0.3, 3.7]], true),
    ] {
      guard
        let own = try? GaussianBaseInterpolant(
          schedule: LinearSchedule(),
          covariance: Tensor(rows: rows)
        )
      else { fatalError("the covariance of a case is positive definite") }
      add("linear from N(0, C₀)", own, .target, isClosed: isClosed)
    }
    // α̇(1) = −∞ and E[x₀] is not 0: b has no limit, the flow has.
    let steep = TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: BrownianLatent())
    add("SBDM, two-sided", steep, .independent, isClosed: false)
    add("mirror", MirrorInterpolant.mirror(gamma: BrownianLatent()), .target, isClosed: true)
    return all
  }()
}

@Suite struct GaussianFlowTests {
  static let intervals = [(0, 1.0), (0, 0.3), (0.8, 0.2), (1, 0)]

  @Test(arguments: FlowCase.all) func theClosedFormSolvesTheEquation(_ own: FlowCase) throws {
    // 10⁻¹² of the integration and the rounding of eigenvectors; all elements are below 10.
    let flow = try own.flow()
    for (start, end) in Self.intervals {
      let found = try flow.matrix(from: start, to: end)
      let integrated = try flow.integratedMatrix(from: start, to: end)
      let error = worst(found - integrated)
      #expect(error < 2e-12, "\(start) to \(end): \(error)")
    }
  }

  @Test(arguments: FlowCase.all) func theCovarianceIsCarriedAlong(_ own: FlowCase) throws {
    // M C(s) Mᵀ = C(t): sees the size of M, not a rotation within C.
    let flow = try own.flow()
    for (start, end) in Self.intervals {
      let matrix = try flow.matrix(from: start, to: end)
      let fields = try Self.fields(own)
      let carried = Tensor.product(
        .product(matrix, fields.covariance(start)),
        matrix,
        transposingSecond: true
      )
      #expect(worst(carried - fields.covariance(end)) < 4e-12)
      let determinant = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
      let logDeterminant = try flow.logDeterminant(from: start, to: end)
      #expect(abs(log(determinant) - logDeterminant) < 4e-12)
    }
  }

  @Test(arguments: FlowCase.all) func flowsCompose(_ own: FlowCase) throws {
    let flow = try own.flow()
    let points = MixtureFieldsTests.points
    let half = try flow(points, from: 0, to: 0.37)
    let whole = try flow(half, from: 0.37, to: 1)
    let direct = try flow(points, from: 0, to: 1)
    let back = try flow(direct, from: 1, to: 0)
    // 10⁻¹² of M for points below 10 and three flows.
    #expect(worst(whole - direct) < 4e-11 && worst(back - points) < 4e-11)
    let still = try flow.matrix(from: 0.4, to: 0.4)
    #expect(worst(still - Tensor(identity: 2)) < 1e-14)
  }

  @Test(arguments: FlowCase.all) func pathsFollowTheVelocity(_ own: FlowCase) throws {
    // dX/dt = b(t, X) within the bound that the differences bring, and for the flow 10⁻¹² of M and
    // points below 10 over a step of 5·10⁻⁴.
    let flow = try own.flow()
    let fields = try Self.fields(own)
    let points = MixtureFieldsTests.points
    for time in [0.2, 0.63] {
      let slope = try BoundedDifference.first(step: 5e-4) {
        try flow(points, from: 0, to: time + $0)
      }
      let b = fields(time, try flow(points, from: 0, to: time), wanted: .velocity).velocity
      let over = excess(slope.value, b, slope.error)
      #expect(over < 2e-8 && worst(slope.error) < 1e-6, "t = \(time): \(over)")
    }
  }

  @Test(arguments: FlowCase.all) func densitiesFollow(_ own: FlowCase) throws {
    let flow = try own.flow()
    let fields = try Self.fields(own)
    let points = MixtureFieldsTests.points
    let moved = try flow(points, from: 0, to: 0.8)
    let logDeterminant = try flow.logDeterminant(from: 0, to: 0.8)
    let (before, after) = (fields(0, points).logDensity, fields(0.8, moved).logDensity)
    // Log-densities down to −100 move by |s| · 10⁻¹¹ with |s| < 30.
    #expect(worst(after + logDeterminant - before) < 4e-10)
  }

  @Test func theOneDimensionalFormula() throws {
    let oracle = GaussianOracle()
    let flow = GaussianFlow(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: try oracle.base,
      target: try oracle.target
    )
    let x = 0.4
    let found = try flow(Tensor(rows: [[x]]), from: 0, to: 0.7).scalar
    let scale = (oracle.variance(0.7) / oracle.variance(0)).squareRoot()
    #expect(abs(found - (oracle.mean(0.7) + scale * (x - oracle.mean(0)))) < 1e-14)
  }

  @Test func aRungeKuttaSolutionOfTheFieldAgrees() throws {
    // A path by another road: b of the mixture's fields, RK4, non-commuting covariances. The error of
    // h = 1/2000 is that of h = 1/1000 divided by 15 or so; their difference bounds it.
    let own = FlowCase.all[1]
    let fields = try Self.fields(own)
    func solve(_ steps: Int) -> Tensor<Double> {
      var path = ClosureDynamics { fields($0, $1, wanted: .velocity).velocity }
      let grid = TimeGrid(from: 0, to: 1, steps: steps)
      return RungeKutta.rk4.solve(&path, from: MixtureFieldsTests.points, over: grid).state
    }
    let (coarse, fine) = (solve(1_000), solve(2_000))
    let exact = try own.flow()(MixtureFieldsTests.points, from: 0, to: 1)
    let difference = worst(fine - coarse)
    #expect(difference < 1e-10)
    #expect(worst(fine - exact) < difference + 1e-11)
  }

  @Test(arguments: FlowCase.all) func itIsKnownWhatIsClosed(_ own: FlowCase) throws {
    let isClosed = try own.flow().isClosed
    #expect(isClosed == own.isClosed)
  }

  @Test func aFlowThroughAPointIsAnError() throws {
    let interpolant = TwoSidedInterpolant(
      schedule: EncodingDecodingSchedule(),
      gamma: ZeroLatent()
    )
    let flow = GaussianFlow(interpolant, base: try FlowCase.base(), target: try FlowCase.target())
    let error = #expect(throws: MixtureFieldsError.self) {
      try flow.matrix(from: 0.2, to: 0.9)
    }
    #expect(error?.description.contains("t = 0.5") == true)
    let before = try flow.matrix(from: 0, to: 0.25)
    // cos²(π/4) = ½ without a latent: x_t = ½ x₀.
    #expect(worst(before - Tensor(identity: 2) * 0.5) < 1e-15)
    // α̇ = −∞ at t = 1 multiplies S.
    let singular = GaussianFlow(
      TwoSidedInterpolant(schedule: SBDMSchedule(), gamma: BrownianLatent()),
      coupling: try FlowCase.crossed()
    )
    let slope = #expect(throws: MixtureFieldsError.self) {
      try singular.matrix(from: 0.5, to: 1)
    }
    #expect(slope?.description.contains("covariance of x0 and x1") == true)
    _ = try singular.matrix(from: 0, to: 0.99)
  }

  /// γ = t(1−t), and from t = 0.25 to 0.26 + a(1 − cos ωt)/ω with a = 1000 and ω = 10¹⁴.
  ///
  /// Interpolants look at slopes at other times. Its slope swings there between ±a within 6 · 10⁻¹⁴, a part of the least step of 10⁻¹².
  struct ShakenLatent: LatentSchedule {
    var isZero: Bool { false }

    func callAsFunction(_ time: Double) -> Coefficient {
      let (amplitude, frequency) = ((0.25..<0.26).contains(time) ? 1e3 : 0, 1e14)
      return Coefficient(
        value: time * (1 - time) + amplitude * (1 - cos(frequency * time)) / frequency,
        derivative: 1 - 2 * time + amplitude * sin(frequency * time)
      )
    }
  }

  /// Nodes meet the swings at random, so that extrapolations over h differ by some γah/C = 100 h.
  ///
  /// At the least step that is some 10⁻¹⁰, and 10⁻¹⁴ is allowed: not one step is taken.
  @Test func aFlowThatNoStepFollowsIsAnError() throws {
    let flow = GaussianFlow(
      TwoSidedInterpolant.linear(gamma: ShakenLatent()),
      base: try FlowCase.base(),
      target: try FlowCase.target()
    )
    #expect(throws: MixtureFieldsError.unresolved(time: 0.25)) {
      try flow.matrix(from: 0.25, to: 1)
    }
    // It is the steps that fail: the fields have values at every time.
    #expect(try flow.logDeterminant(from: 0.25, to: 1).isFinite)
  }

  static func fields(_ own: FlowCase) throws -> MixtureFields<AnyInterpolant> {
    func mixture(_ gaussian: Gaussian) throws -> GaussianMixture {
      try GaussianMixture(
        weights: [1],
        means: gaussian.mean.reshaped([1, 2]),
        covariances: gaussian.covariance.reshaped([1, 2, 2])
      )
    }
    let (base, target) = (try mixture(FlowCase.base()), try mixture(FlowCase.target()))
    switch own.ends {
    case .independent: return MixtureFields(own.interpolant, base: base, target: target)
    case .crossed: return MixtureFields(own.interpolant, coupling: try FlowCase.crossed())
    case .target: return MixtureFields(own.interpolant, target: target)
    case .commuting:
      let other = try GaussianMixture(
        weights: [1],
        means: Tensor(rows: [[-1, 0.5]]),
        covariances: Tensor([1.85, -0.6, -0.6, 1.25], shape: [1, 2, 2])
      )
      return MixtureFields(own.interpolant, base: base, target: other)
    }
  }
}
