import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// What a bridge says in the user's coordinates, against one in the fields' coordinates and closed forms.
@Suite struct BridgeCoordinatesTests {
  /// x = 8 + 4 y: there and back without a rounding for the points below.
  static let standardization = Standardization(mean: [8], scales: [4])
  static let own = Tensor(rows: [[-1.5], [-0.25], [0.5], [1.125], [2.375]])
  static let points = standardization.undo(own)
  /// Fields in Float, as in ``BridgeLogDensityTests``.
  static let rounding = 200 * 0x1p-22

  /// The same fields and ends without and with a standardisation.
  static func bridges() throws -> (plain: Bridge<AnyInterpolant>, user: Bridge<AnyInterpolant>) {
    let whole = try BridgeLogDensityTests.bridge()
    func bridge(_ standardization: Standardization?) -> Bridge<AnyInterpolant> {
      Bridge(
        fields: whole.fields,
        base: whole.base,
        target: whole.target,
        standardization: standardization
      )
    }
    return (bridge(nil), bridge(standardization))
  }

  /// The Gaussian at the end at which a direction arrives, in the user's coordinates.
  static func end(_ direction: Direction) throws -> Gaussian {
    direction == .forward
      ? try user(ExactNetwork.mean1, ExactNetwork.variance1)
      : try user(ExactNetwork.mean0, ExactNetwork.variance0)
  }

  private static func user(_ mean: Double, _ variance: Double) throws -> Gaussian {
    try BridgeLogDensityTests.gaussian(8 + 4 * mean, 16 * variance)
  }

  @Test(arguments: [Direction.forward, .backward])
  func samplesBringTheirLogDensity(_ direction: Direction) throws {
    let (plain, user) = try Self.bridges()
    let exact = try Self.end(direction)
    let tolerance = ErrorTolerance(absolute: 1e-5, relative: 1e-5)
    func check(
      // Some ten steps of the tolerance, times a score up to 10, where samples choose their steps.
      _ error: Double,
      _ draw: (Bridge<AnyInterpolant>) throws -> (samples: Samples, logDensity: LogDensities)
    ) throws -> Samples {
      let (own, drawn) = (try draw(plain), try draw(user))
      #expect(drawn.samples.points == Self.standardization.undo(own.samples.points))
      #expect(drawn.samples.evaluations == own.samples.evaluations)
      let shift = Self.standardization.logAbsDeterminant
      #expect(drawn.logDensity.values == own.logDensity.values - shift)
      #expect(
        drawn.logDensity.values.isApproximatelyEqual(
          to: exact.logDensity(drawn.samples.points),
          absoluteTolerance: error
        )
      )
      return drawn.samples
    }
    let fixed = try check(Self.rounding) {
      try $0.sampleWithLogDensity(count: 150, steps: 50, direction: direction, seed: 3)
    }
    let chosen = try check(1e-3) {
      try $0.sampleWithLogDensity(count: 150, tolerance: tolerance, direction: direction, seed: 3)
    }
    #expect(fixed.reports.isEmpty && chosen.reports.count == 150)
    // The samples are those that come without a density, to what Float answers, four times as wide.
    let alone = try user.sample(count: 150, steps: 50, direction: direction, seed: 3)
    let error = 4 * Self.rounding
    #expect(alone.points.isApproximatelyEqual(to: fixed.points, absoluteTolerance: error))
    let unweighted = try user.sampleWithLogDensity(
      count: 150,
      tolerance: tolerance,
      logDensityWeight: 0,
      direction: direction,
      seed: 3
    ).samples
    let path = try user.sample(count: 150, tolerance: tolerance, direction: direction, seed: 3)
    // A rounding in Float may move the length of a step: some ten errors of 10⁻⁵.
    #expect(unweighted.points.isApproximatelyEqual(to: path.points, absoluteTolerance: 4e-4))
    #expect(unweighted.points != chosen.points)
  }

  @Test(arguments: DensityEstimator.allCases, [Direction.forward, .backward])
  func pathsOfAnSDE(_ estimator: DensityEstimator, _ direction: Direction) throws {
    let (plain, user) = try Self.bridges()
    func estimate(_ bridge: Bridge<AnyInterpolant>, at points: Tensor<Double>, _ steps: Int) throws
      -> LogDensities
    {
      try bridge.sdeLogDensity(
        points,
        estimator: estimator,
        diffusion: .constant(0.05, on: 0.1...0.85),
        paths: 256,
        steps: steps,
        direction: direction,
        seed: UInt64(steps)
      )
    }
    let own = try estimate(plain, at: Self.own, 20)
    let found = try estimate(user, at: Self.points, 20)
    #expect(found.values == own.values - Self.standardization.logAbsDeterminant)
    #expect(found.standardErrors == own.standardErrors)
    #expect(found.standardErrors.elements.allSatisfy { $0 > 0 })
    #expect(found.draws == 256 && found.evaluations == own.evaluations)
    let exact = try Self.end(direction).logDensity(Self.points)
    if estimator == .lowerBound {
      for point in 0..<found.count {
        #expect(found[point].standardErrors(above: exact[point]) < 5)
      }
    } else {
      try StochasticLogDensityTests.check(
        { try estimate(user, at: Self.points, $0) },
        exact,
        isLogOfMean: estimator == .feynmanKac
      )
    }
  }

  @Test(arguments: [Direction.forward, .backward])
  func theGradientOfTheLogDensity(_ direction: Direction) throws {
    let (plain, user) = try Self.bridges()
    let own = try plain.gradientOfLogDensity(Self.own, steps: 50, direction: direction)
    let found = try user.gradientOfLogDensity(Self.points, steps: 50, direction: direction)
    #expect(found == own / 4)
    let exact = try Self.end(direction).score(Self.points)
    #expect(found.isApproximatelyEqual(to: exact, absoluteTolerance: Self.rounding))
    // ρ(½) = N(½, c₀/4 + c₁/4 + 1/16), from either side.
    let half = try Self.user(
      0.5,
      0.25 * (ExactNetwork.variance0 + ExactNetwork.variance1) + 0.0625
    )
    let inner = try user.gradientOfLogDensity(
      Self.points,
      times: direction == .forward ? 0...0.5 : 0.5...1,
      direction: direction
    )
    #expect(
      inner.isApproximatelyEqual(
        to: half.score(Self.points),
        absoluteTolerance: Self.rounding
      )
    )
    let rest = try user.gradientOfLogDensity(
      Self.points,
      from: half,
      times: direction == .forward ? 0.5...1 : 0...0.5,
      direction: direction
    )
    #expect(rest.isApproximatelyEqual(to: exact, absoluteTolerance: Self.rounding))
  }

  /// A in two dimensions is neither diagonal nor symmetric: its transpose counts.
  @Test func theGradientWithWhitening() throws {
    let network = MLP(dimension: 2, hidden: [16, 16], activation: .tanh)
    let fields = LearnedFields(
      interpolant: TwoSidedInterpolant.linear(gamma: QuadraticLatent()),
      fields: [
        .untrained([.velocity], network, seed: 1)
      ]
    )
    let data = Tensor.product(
      RandomBlock(seed: 5, samples: 0..<400).normal(columns: 2),
      Tensor(rows: [[3, 0.5], [-0.25, 0.125]])
    )
    let map = try Standardization.fitted(to: data, method: .whitening)
    let base = StandardGaussian(dimension: 2)
    let plain = Bridge(fields: fields, base: base)
    let user = Bridge(fields: fields, base: base, standardization: map)
    let points = data.slice(0..<20)
    let own = try plain.gradientOfLogDensity(map.apply(points), steps: 20)
    let found = try user.gradientOfLogDensity(points, steps: 20)
    // Along v the gradient in x is that in y along A⁻¹v.
    let mean = Tensor(map.mean, shape: [1, 2])
    for axis in 0..<2 {
      let direction = Tensor<Double>(identity: 2).slice(axis..<axis + 1)
      let moved = map.apply(mean + direction)
      let along = (own * moved.broadcast(to: own.shape)).sum(along: 1)
      let slope = found.slice(axis..<axis + 1, along: 1).reshaped([20])
      // A few roundings of gradients of some 10² and of the mean taken off again.
      #expect(slope.isApproximatelyEqual(to: along, absoluteTolerance: 1e-10))
      #expect(along.applying(.absolute).max() > 0.1)
    }
    // N(m, A Aᵀ) of the user is the fields' N(0, Id): value and score, through networks in Float.
    let columns = map.undo(Tensor(identity: 2)) - mean
    let given = try Gaussian(
      mean: Tensor(map.mean),
      covariance: .product(columns, columns, transposingFirst: true)
    )
    let other = try user.gradientOfLogDensity(points, from: given, steps: 20)
    let largest = found.applying(.absolute).max()
    #expect(other.isApproximatelyEqual(to: found, absoluteTolerance: Self.rounding * largest))
    let logs = try user.logDensity(points, from: given, steps: 20).values
    #expect(
      logs.isApproximatelyEqual(
        to: try user.logDensity(points, steps: 20).values,
        absoluteTolerance: Self.rounding
      )
    )
  }

  @Test func anEndWithoutWhatIsNeededIsNamed() throws {
    let whole = try BridgeLogDensityTests.bridge(EmpiricalDensity(points: Self.own))
    let steps = ErrorTolerance(absolute: 1e-3, relative: 1e-3)
    for draw in [
      { _ = try whole.sampleWithLogDensity(count: 1, direction: .backward) },
      { _ = try whole.sampleWithLogDensity(count: 1, tolerance: steps, direction: .backward) },
      {
        _ = try whole.sdeLogDensity(Self.points, diffusion: .constant(0.1), direction: .backward)
      },
    ] as [() throws -> Void] {
      #expect(throws: SamplingError.noStartDensity(time: 1)) { try draw() }
    }
    let error = #expect(throws: SamplingError.self) {
      try whole.gradientOfLogDensity(Self.points, direction: .backward)
    }
    #expect(error == .noStartScore(time: 1))
    #expect(error?.description.contains("t = 1 whose score is known") == true)
    for draw in [
      { _ = try whole.sampleWithLogDensity(count: 1, times: 0.5...1) },
      { _ = try whole.sdeLogDensity(Self.points, diffusion: .constant(0.1), times: 0.5...1) },
      { _ = try whole.gradientOfLogDensity(Self.points, times: 0.5...1) },
    ] as [() throws -> Void] {
      #expect(throws: SamplingError.noStart(time: 0.5)) { try draw() }
    }
  }
}
