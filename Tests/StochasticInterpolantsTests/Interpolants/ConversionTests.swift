import StochasticInterpolants
import Tensors
import Testing

/// All fields of x_t = α z + β x₁, x₁ ~ N(m, V), in one dimension, written from (4.16) and the
/// regression of Gaussians.
struct OneSidedGaussian: Sendable {
  let mean = 1.5
  let variance = 0.4

  struct Values {
    let x: Tensor<Double>
    let b: Tensor<Double>
    let s: Tensor<Double>
    let denoiser: Tensor<Double>
    let target: Tensor<Double>
  }

  func values(_ schedule: some Schedule, _ time: Double) -> Values {
    let (alpha, beta) = (schedule.alpha(time), schedule.beta(time))
    let x = Tensor<Double>([-1.7, -0.2, 0.6, 2.9], shape: [4, 1])
    let spread = alpha.value * alpha.value + beta.value * beta.value * variance
    let centred = (x - beta.value * mean) * (1 / spread)
    return Values(
      x: x,
      b: centred * (alpha.product + beta.product * variance) + beta.derivative * mean,
      s: -centred,
      denoiser: centred * alpha.value,
      target: centred * (beta.value * variance) + mean
    )
  }
}

@Suite struct ConversionTests {
  static let gaussian = OneSidedGaussian()
  static let schedules: [(name: String, schedule: any Schedule)] = [
    ("linear", LinearSchedule()), ("trigonometric", TrigonometricSchedule()),
    ("SBDM", SBDMSchedule()), ("SiT's VP", SiTVariancePreservingSchedule()),
  ]
  static let mean = Tensor<Double>([1.5])
  /// Rounding of a handful of operations on numbers of order 10, with a factor 1/Δ of at most 200.
  static let tolerance = 1e-11

  static func check(
    _ schedule: any Schedule,
    _ time: Double,
    _ body: (OneSidedConversions, OneSidedGaussian.Values) throws -> [(
      Tensor<Double>, Tensor<Double>
    )]
  ) rethrows {
    let pairs = try body(
      OneSidedConversions(schedule, at: time),
      gaussian.values(schedule, time)
    )
    for (index, (found, exact)) in pairs.enumerated() {
      let isClose = found.isApproximatelyEqual(to: exact, absoluteTolerance: tolerance)
      #expect(isClose, "conversion \(index) at t = \(time): \(found) for \(exact)")
    }
  }

  @Test(arguments: 0..<4) func everyFieldGivesEveryOtherInside(_ index: Int) throws {
    for time in stride(from: 0.05, through: 0.95, by: 0.05) {
      try Self.check(Self.schedules[index].schedule, time) { conversions, exact in
        [
          (try conversions.denoiser(velocity: exact.b, points: exact.x), exact.denoiser),
          (try conversions.targetDenoiser(velocity: exact.b, points: exact.x), exact.target),
          (try conversions.score(velocity: exact.b, points: exact.x), exact.s),
          (try conversions.velocity(score: exact.s, points: exact.x), exact.b),
          (try conversions.velocity(denoiser: exact.denoiser, points: exact.x), exact.b),
          (try conversions.targetDenoiser(denoiser: exact.denoiser, points: exact.x), exact.target),
        ]
      }
    }
  }

  @Test(arguments: 0..<4) func limitsAtTheEndsAreThose(_ index: Int) throws {
    let schedule = Self.schedules[index].schedule
    try Self.check(schedule, 0) { conversions, exact in
      [
        (try conversions.denoiser(velocity: exact.b, points: exact.x), exact.denoiser),
        (try conversions.targetDenoiser(velocity: exact.b, points: exact.x), exact.target),
        (try conversions.score(velocity: exact.b, points: exact.x), exact.s),
        (
          try conversions.velocity(score: exact.s, points: exact.x, targetMean: Self.mean), exact.b
        ),
        (
          try conversions.velocity(
            denoiser: exact.denoiser,
            points: exact.x,
            targetMean: Self.mean
          ), exact.b
        ),
        (
          try conversions.targetDenoiser(
            denoiser: exact.denoiser,
            points: exact.x,
            targetMean: Self.mean
          ), exact.target
        ),
      ]
    }
    try Self.check(schedule, 1) { conversions, exact in
      [
        (try conversions.denoiser(velocity: exact.b, points: exact.x), exact.denoiser),
        (try conversions.targetDenoiser(velocity: exact.b, points: exact.x), exact.x),
        (try conversions.velocity(score: exact.s, points: exact.x), exact.b),
        (try conversions.targetDenoiser(denoiser: exact.denoiser, points: exact.x), exact.target),
      ]
    }
  }

  @Test func aSingularConversionIsAnErrorThatSaysWhy() throws {
    let start = OneSidedConversions(LinearSchedule(), at: 0)
    let end = OneSidedConversions(LinearSchedule(), at: 1)
    let exact = Self.gaussian.values(LinearSchedule(), 1)
    let noMean = #expect(throws: ConversionError.self) {
      try start.velocity(denoiser: exact.denoiser, points: exact.x)
    }
    #expect(noMean?.description.contains("targetMean") == true)
    let noScore = #expect(throws: ConversionError.self) {
      try end.score(velocity: exact.b, points: exact.x)
    }
    #expect(noScore?.description.contains("t = 1") == true)
    // α̇ = −∞ at the end of √(1−t²): η_z = 0 says nothing, while b and s still give each other.
    let sbdm = OneSidedConversions(SBDMSchedule(), at: 1)
    #expect(throws: ConversionError.self) {
      try sbdm.velocity(denoiser: exact.denoiser, points: exact.x)
    }
    try Self.check(SBDMSchedule(), 1) { conversions, exact in
      [
        (try conversions.velocity(score: exact.s, points: exact.x), exact.b),
        (try conversions.score(velocity: exact.b, points: exact.x), exact.s),
      ]
    }
  }

  @Test(arguments: [0, 0.3, 0.7]) func theIteratedDenoiserIsTheMeanOfALaterPoint(
    _ time: Double
  ) throws {
    let schedule = TrigonometricSchedule()
    let exact = Self.gaussian.values(schedule, time)
    for later in [0.8, 1.0] {
      let at = OneSidedConversions(schedule, at: later)
      let found = try OneSidedConversions(schedule, at: time).mean(
        at: at,
        denoiser: exact.denoiser,
        points: exact.x,
        targetMean: Self.mean
      )
      // E[x_s | x_t] = α(s)η_z + β(s)η₁ by linearity.
      let expected = exact.denoiser * at.alpha.value + exact.target * at.beta.value
      #expect(found.isApproximatelyEqual(to: expected, absoluteTolerance: Self.tolerance))
    }
  }

  /// x₀ ~ N(−1, ½), x₁ ~ N(2, 1.5), z: the regressions on x_t of the two-sided interpolant.
  static func twoSided(
    _ own: LinearCoefficients
  ) -> (
    x: Tensor<Double>, base: Tensor<Double>, target: Tensor<Double>, denoiser: Tensor<Double>,
    score: Tensor<Double>, v: Tensor<Double>, b: Tensor<Double>
  ) {
    let x = Tensor<Double>([-2, 0.4, 1.1, 3], shape: [4, 1])
    let (alpha, beta, gamma) = (own.alpha.value, own.beta.value, own.latent.value)
    let spread = alpha * alpha * 0.5 + beta * beta * 1.5 + gamma * gamma
    let centred = (x - (2 * beta - alpha)) * (1 / spread)
    let drift = 2 * own.beta.derivative - own.alpha.derivative
    let within = own.alpha.product * 0.5 + own.beta.product * 1.5
    return (
      x, centred * (alpha * 0.5) - 1, centred * (beta * 1.5) + 2, centred * gamma, -centred,
      centred * within + drift, centred * (within + own.latent.product) + drift
    )
  }

  @Test(arguments: [0, 0.1, 0.37, 0.5, 0.9, 1]) func twoSidedConversions(_ time: Double) throws {
    let interpolant = TwoSidedInterpolant.trigonometric(gamma: BrownianLatent())
    let own = try #require(interpolant.linearCoefficients(time))
    let exact = Self.twoSided(own)
    func close(_ found: Tensor<Double>, _ value: Tensor<Double>) -> Bool {
      found.isApproximatelyEqual(to: value, absoluteTolerance: Self.tolerance)
    }
    #expect(close(own.velocity(conditionalVelocity: exact.v, score: exact.score), exact.b))
    #expect(close(own.conditionalVelocity(velocity: exact.b, score: exact.score), exact.v))
    #expect(close(own.denoiser(score: exact.score), exact.denoiser))
    let sum = own.points(
      baseDenoiser: exact.base,
      targetDenoiser: exact.target,
      denoiser: exact.denoiser
    )
    #expect(close(sum, exact.x))
    #expect(
      close(
        try own.conditionalVelocity(
          baseDenoiser: exact.base,
          targetDenoiser: exact.target,
          time: time
        ),
        exact.v
      )
    )
    let ends = try own.endDenoisers(
      points: exact.x,
      conditionalVelocity: exact.v,
      denoiser: exact.denoiser,
      time: time
    )
    #expect(close(ends.base, exact.base) && close(ends.target, exact.target))
    if time == 0 || time == 1 {
      #expect(throws: ConversionError.self) { try own.score(denoiser: exact.denoiser, time: time) }
      #expect(throws: ConversionError.self) {
        try own.velocity(
          baseDenoiser: exact.base,
          targetDenoiser: exact.target,
          denoiser: exact.denoiser,
          time: time
        )
      }
    } else {
      #expect(close(try own.score(denoiser: exact.denoiser, time: time), exact.score))
      let velocity = try own.velocity(
        baseDenoiser: exact.base,
        targetDenoiser: exact.target,
        denoiser: exact.denoiser,
        time: time
      )
      #expect(close(velocity, exact.b))
    }
  }

  @Test func encodingDecodingDoesNotTellTheEndsApart() throws {
    let interpolant = TwoSidedInterpolant(
      schedule: EncodingDecodingSchedule(),
      gamma: SineSquaredLatent()
    )
    let own = try #require(interpolant.linearCoefficients(0.25))
    let exact = Self.twoSided(own)
    #expect(throws: ConversionError.self) {
      try own.endDenoisers(
        points: exact.x,
        conditionalVelocity: exact.v,
        denoiser: exact.denoiser,
        time: 0.25
      )
    }
  }
}
