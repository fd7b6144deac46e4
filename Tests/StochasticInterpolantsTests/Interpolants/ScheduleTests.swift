import StochasticInterpolants
import TestSupport
import Testing

/// One coefficient under test, as a function of t.
struct CoefficientCase: Sendable, CustomStringConvertible {
  let description: String
  let evaluate: @Sendable (Double) -> Coefficient

  static let variancePreserving: [(String, any Schedule)] = {
    do {
      return [
        ("(4.10) with √(t(1−t))", try VariancePreservingSchedule(gamma: BrownianLatent())),
        ("(4.10) with t(1−t)", try VariancePreservingSchedule(gamma: QuadraticLatent())),
        ("(4.10) with σ̂(t)", try VariancePreservingSchedule(gamma: SigmoidLatent())),
        ("(4.10) with γ = 0", try VariancePreservingSchedule(gamma: ZeroLatent())),
      ]
    } catch {
      fatalError("\(error)")
    }
  }()

  static let all: [CoefficientCase] = {
    func schedule(_ name: String, _ schedule: some Schedule) -> [CoefficientCase] {
      [
        CoefficientCase(description: "\(name) α") { schedule.alpha($0) },
        CoefficientCase(description: "\(name) β") { schedule.beta($0) },
      ]
    }
    func latent(_ name: String, _ latent: some LatentSchedule) -> CoefficientCase {
      CoefficientCase(description: name) { latent($0) }
    }
    var all: [CoefficientCase] = []
    all += schedule("linear", LinearSchedule())
    all += schedule("trigonometric", TrigonometricSchedule())
    all += schedule("encoding–decoding", EncodingDecodingSchedule())
    all += schedule("SBDM", SBDMSchedule())
    all += schedule("SiT's VP", SiTVariancePreservingSchedule())
    for (name, own) in variancePreserving { all += schedule(name, own) }
    all.append(CoefficientCase(description: "K = cos²(πt)") { CosineSquaredMirror()($0) })
    all.append(latent("γ = √(t(1−t))", BrownianLatent()))
    all.append(latent("γ = √(3t(1−t))", BrownianLatent(scale: 3)))
    all.append(latent("γ = √(2a(t) t(1−t))", ExactCase.diffusive))
    all.append(latent("γ = t(1−t)", QuadraticLatent()))
    all.append(latent("γ = σ̂(t)", SigmoidLatent()))
    all.append(latent("γ = σ̂(t), f = 3", SigmoidLatent(scale: 3)))
    all.append(latent("γ = sin²(πt)", SineSquaredLatent()))
    all.append(latent("γ = (1−t)√t", FollmerLatent()))
    all.append(latent("γ = 0", ZeroLatent()))
    return all
  }()
}

@Suite struct ScheduleTests {
  @Test(arguments: CoefficientCase.all)
  func derivativeIsTheSlopeOfTheValue(_ coefficient: CoefficientCase) {
    // Central differences: h²/6 |f‴| + ulp/h. On [0.05, 0.95] every |f‴| is below 1,500 (the worst is
    // √(2(2−t) t(1−t)) ≈ √(4t), whose 3/8 · 2 t^(−5/2) is 1,342 at 0.05), so with h = 1e-5 the error
    // stays below 2.5e-8 + 1e-10.
    let step = 1e-5
    for index in 0...90 where index != 45 {
      let time = 0.05 + 0.01 * Double(index)
      let slope =
        (coefficient.evaluate(time + step).value - coefficient.evaluate(time - step).value)
        / (2 * step)
      #expect(abs(slope - coefficient.evaluate(time).derivative) < 2.6e-8, "t = \(time)")
    }
  }

  @Test(arguments: CoefficientCase.all)
  func derivativeIsTheSlopeFromEachSideOfAKink(_ coefficient: CoefficientCase) {
    // t = ½ is where encoding–decoding's second derivative jumps from 2π² to 0: one-sided differences
    // (−3f₀ + 4f₁ − f₂)/2h, good to h²/3 |f‴| < 2e-8.
    for step in [1e-5, -1e-5] {
      let f = (0..<3).map { coefficient.evaluate(0.5 + Double($0) * step).value }
      let slope = (-3 * f[0] + 4 * f[1] - f[2]) / (2 * step)
      #expect(abs(slope - coefficient.evaluate(0.5).derivative) < 4e-8)
    }
  }

  @Test func endsAreExact() {
    func check(_ schedule: some Schedule) {
      #expect(schedule.alpha(0).value == 1 && schedule.alpha(1).value == 0)
      #expect(schedule.beta(0).value == 0 && schedule.beta(1).value == 1)
    }
    check(LinearSchedule())
    check(TrigonometricSchedule())
    check(EncodingDecodingSchedule())
    check(SBDMSchedule())
    for (_, schedule) in CoefficientCase.variancePreserving { check(schedule) }
    func check(_ latent: some LatentSchedule) {
      #expect(latent(0).value == 0 && latent(1).value == 0)
      #expect(latent(0).product.isFinite && latent(1).product.isFinite)
    }
    check(BrownianLatent(scale: 2))
    check(QuadraticLatent())
    check(SineSquaredLatent())
    check(SigmoidLatent())
    check(SigmoidLatent(scale: 100))
    check(ExactCase.diffusive)
    check(FollmerLatent(scale: 3))
    check(ZeroLatent())
    for end in [0.0, 1] {
      #expect(IdentityMirror()(end).value == 1 && CosineSquaredMirror()(end).value == 1)
      #expect(CosineSquaredMirror()(end).derivative == 0)
    }
  }

  @Test func aProcessHasTheLatentsLaw() throws {
    // dY = (δ/γ) Y dt + √(2ε) dW has Var Y = γ²: (γ²)˙ = 2 (δ/γ) γ² + 2ε, so δγ + ε = γγ̇.
    func check(_ name: String, _ latent: some LatentSchedule) throws {
      for time in [0.01, 0.2, 0.5, 0.9, 0.99] {
        let (own, process) = (latent(time), try #require(latent.process(time)))
        let sum = process.slope * own.value + process.diffusion
        #expect(abs(sum - own.product) < 1e-14 * max(1, process.diffusion), "\(name), \(time)")
      }
      // Finite at t = 0, where γ̇ is not, with ε(0) the limit of γγ̇.
      let start = try #require(latent.process(0))
      #expect(start.slope == 0 && start.diffusion == latent(0).product, "\(name)")
    }
    try check("Brownian", BrownianLatent(scale: 3))
    try check("diffusive", ExactCase.diffusive)
    try check("constant a", DiffusiveLatent(0.7))
    try check("Föllmer", FollmerLatent(scale: 2))
    #expect(QuadraticLatent().process(0.5) == nil && SineSquaredLatent().process(0.5) == nil)
    // Föllmer's is finite at t = 1 too; a bridge's is not, unless a(1) = 0.
    #expect(FollmerLatent(scale: 2).process(1) == LatentProcess(diffusion: 0, slope: -2))
    #expect(try #require(BrownianLatent().process(1)).slope == -.infinity)
    let closing = DiffusiveLatent { Coefficient(value: 1 - $0, derivative: -1) }
    let end = try #require(closing.process(1)).slope
    // δ = γ̇ − a/γ for γ = √(2t)(1−t): −√(2t) + (1−t)/√(2t) − 1/√(2t).
    #expect(abs(end + 1.5 * 2.0.squareRoot()) < 1e-15)
    // That is −3 √(t/2), whose slope shortly before 1 is 3/(2 √(2t)), to some roundings.
    let time = 1 - 1e-6
    let bound = 1e-6 * 1.5 / (2 * time).squareRoot() + 64 * 0x1p-53
    #expect(abs(end - (try #require(closing.process(time)).slope)) < bound)
  }

  @Test(arguments: Array(stride(from: 0.0, through: 1, by: 0.05)))
  func variancePreservingPreservesTheVariance(_ time: Double) throws {
    let gamma = BrownianLatent(scale: 3)
    let schedule = try VariancePreservingSchedule(gamma: gamma)
    let (alpha, beta) = (schedule.alpha(time), schedule.beta(time))
    let sum =
      alpha.value * alpha.value + beta.value * beta.value + gamma(time).value * gamma(time).value
    #expect(abs(sum - 1) <= 8 * Double.ulpOfOne)
    // The derivative of the sum: αα̇ + ββ̇ + γγ̇ = 0.
    #expect(abs(alpha.product + beta.product + gamma(time).product) <= 32 * Double.ulpOfOne)
  }

  @Test func variancePreservingNeedsALatentBelowOne() {
    let sine = #expect(throws: InterpolantError.self) {
      try VariancePreservingSchedule(gamma: SineSquaredLatent())
    }
    #expect(sine == .latentReachesOne(time: 0.5, value: 1))
    #expect(throws: InterpolantError.latentReachesOne(time: 0.5, value: 1)) {
      try VariancePreservingSchedule(gamma: BrownianLatent(scale: 4))
    }
    #expect(throws: InterpolantError.self) {
      try VariancePreservingSchedule(gamma: BrownianLatent(scale: 5))
    }
  }

  @Test func limitsWhereADerivativeIsInfinite() {
    // α = √(1−t²) and SiT's α have a vertical tangent at t = 1; αα̇ has the limits −1 and −ββ̇ = −0.05.
    let sbdm = SBDMSchedule().alpha(1)
    #expect(sbdm.derivative == -.infinity && sbdm.product == -1 && sbdm.value == 0)
    let sit = SiTVariancePreservingSchedule().alpha(1)
    #expect(sit.derivative == -.infinity && abs(sit.product + 0.05) < 1e-15 && sit.value == 0)
    #expect(OneSidedInterpolant.sbdm.hasSingularLatent)
    // a = 2 − t: γγ̇ → a(0) = 2 and −a(1) = −1.
    #expect(ExactCase.diffusive(0).product == 2)
    #expect(ExactCase.diffusive(1).product == -1)
    // a = 1 − t vanishes at the end: γ = √2 √t (1−t), so γ̇(1) = −√2.
    let vanishing = DiffusiveLatent { Coefficient(value: 1 - $0, derivative: -1) }
    #expect(abs(vanishing(1).derivative + 2.0.squareRoot()) < 1e-15)
    // Published values of σ̂ for f = 10.
    #expect(abs(SigmoidLatent()(0.5).value - 0.446604) < 5e-7)
    #expect(abs(SigmoidLatent()(0).derivative - 0.15196) < 5e-6)
  }

  @Test func sitsStartIsApproximateAndSaysSo() {
    let schedule = SiTVariancePreservingSchedule()
    #expect(abs(schedule.boundaryDefect - 0.00657) < 5e-6)
    #expect(schedule.beta(0).value == schedule.boundaryDefect)
    #expect(abs(1 - schedule.alpha(0).value) <= schedule.boundaryDefect)
    #expect(schedule.alpha(1).value == 0 && schedule.beta(1).value == 1)
  }

  @Test func aCustomLatentIsLookedAt() throws {
    let parabola = try CustomLatent { Coefficient(value: $0 * (1 - $0), derivative: 1 - 2 * $0) }
    #expect(parabola(0.25) == QuadraticLatent()(0.25))
    let open = #expect(throws: InterpolantError.self) {
      try CustomLatent { Coefficient(value: $0, derivative: 1) }
    }
    #expect(open == .boundary(what: "γ", time: 1, value: 1, expected: 0))
    /// γγ̇ is not half the slope of γ², first at t = 0.01.
    ///
    /// The slope that is expected is a central difference, which is allowed 10⁻⁴ of the largest γ²,
    /// 1/16 size².
    func expectSlope(
      _ error: InterpolantError?,
      size: Double,
      derivative: Double,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      guard case .slope(what: "γγ̇", time: 0.01, let value, let expected)? = error else {
        Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
        return
      }
      let gamma = size * 0.0099
      #expect(
        abs(value - gamma * derivative) <= 8 * 0x1p-53 * abs(value),
        sourceLocation: sourceLocation
      )
      #expect(
        abs(expected - gamma * size * 0.98) <= 1e-4 * size * size / 16,
        sourceLocation: sourceLocation
      )
    }
    let wrong = #expect(throws: InterpolantError.self) {
      try CustomLatent { Coefficient(value: $0 * (1 - $0), derivative: 1 + 2 * $0) }
    }
    expectSlope(wrong, size: 1, derivative: 1.02)
    let negative = #expect(throws: InterpolantError.self) {
      try CustomLatent { Coefficient(value: $0 * ($0 - 1), derivative: 2 * $0 - 1) }
    }
    #expect(negative == .latentNotPositive(time: 0.01, value: 0.01 * (0.01 - 1)))
    // A latent of any size is looked at as closely.
    for size in [1e-3, 0.01, 100] {
      _ = try CustomLatent {
        Coefficient(value: size * $0 * (1 - $0), derivative: size * (1 - 2 * $0))
      }
      let reversed = #expect(throws: InterpolantError.self) {
        try CustomLatent {
          Coefficient(value: size * $0 * (1 - $0), derivative: size * (2 * $0 - 1))
        }
      }
      expectSlope(reversed, size: size, derivative: -size * 0.98)
    }
  }

  @Test func productIsFiniteWhereTheDerivativeIsNot() {
    // γγ̇ → ±a/2 at the ends of √(a t(1−t)), where γ̇ is infinite (mathematics of (4.1)).
    let latent = BrownianLatent(scale: 2)
    #expect(latent(0).product == 1 && latent(1).product == -1)
    #expect(latent(0).derivative == .infinity && latent(1).derivative == -.infinity)
  }

  /// Up to four roundings on each side; at the ends where the derivative is finite.
  @Test(arguments: CoefficientCase.all)
  func productIsValueTimesDerivative(_ coefficient: CoefficientCase) {
    for time in (0...20).map({ Double($0) / 20 }) {
      let own = coefficient.evaluate(time)
      guard own.derivative.isFinite else {
        #expect((time == 0 || time == 1) && own.value == 0 && own.product.isFinite)
        continue
      }
      let error = abs(own.product - own.value * own.derivative)
      #expect(error <= 4 * 0x1p-52 * max(1, abs(own.product)), "t = \(time)")
    }
  }

  @Test func latentsWithASlopeThatIsInfiniteAreSingular() {
    func isSingular(_ gamma: some LatentSchedule) -> Bool {
      TwoSidedInterpolant.linear(gamma: gamma).hasSingularLatent
    }
    #expect(isSingular(BrownianLatent()))
    // a = 1 − t takes the slope at t = 1 away, not that at t = 0.
    let closing = DiffusiveLatent { Coefficient(value: 1 - $0, derivative: -1) }
    #expect(isSingular(DiffusiveLatent(0.7)) && isSingular(closing))
    #expect(isSingular(FollmerLatent()))
    #expect(!isSingular(QuadraticLatent()) && !isSingular(SineSquaredLatent()))
    #expect(!isSingular(SigmoidLatent()) && !isSingular(ZeroLatent()))
    #expect(!OneSidedInterpolant.linear.hasSingularLatent)
    #expect(!TwoSidedInterpolant.linear(gamma: ZeroLatent()).hasLatent)
  }
}
