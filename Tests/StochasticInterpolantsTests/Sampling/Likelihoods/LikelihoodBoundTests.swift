import Gradients
import Integrators
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite struct LikelihoodBoundTests {
  static let grid = DeviationGrid(cells: 40, draws: 500, seed: 6)
  static let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())

  /// Exact fields to a target, and those to another one from the same ρ₀, which are the exact fields
  /// of a law of their own: so KL(ρ₁ ‖ ρ̂(1)) is that of two known mixtures.
  static func pair() throws -> (
    exact: MixtureFields<AnyInterpolant>, model: MixtureFields<AnyInterpolant>,
    target: GaussianMixture, other: GaussianMixture
  ) {
    let target = try ExactCase.target()
    let other = try GaussianMixture(
      weights: [0.4, 0.3, 0.3],
      means: Tensor(rows: [[1.8, 1.2], [-1.8, 0], [0.1, -1.7]]),
      covariances: target.covariances
    )
    let base = try ExactCase.base()
    let interpolant = AnyInterpolant(Self.interpolant)
    return (
      MixtureFields(interpolant, base: base, target: target),
      MixtureFields(interpolant, base: base, target: other), target, other
    )
  }

  static func path() throws -> some InterpolantPath {
    CoupledPath(
      Self.interpolant,
      coupling: IndependentCoupling(try ExactCase.base(), try ExactCase.target())
    )
  }

  // Erratum E1: N(−1, ½) → N(2, 3/2), γ = √(t(1−t)), b̂ = b + 0.3, ŝ = s + 0.3, ε = 1.
  @Test func thePrintedBoundIsExceeded() throws {
    let oracle = GaussianOracle()
    let (error, epsilon) = (0.3, 1.0)
    let exact = oracle.allFields()
    let model = oracle.allFields(velocityError: error, scoreError: error)
    // ρ̂(t) = N(m + μ, C) with μ̇ = (½Ċ − ε)/C μ + p + εq.
    let grid = DeviationGrid(cells: 400, draws: 2, seed: 1)
    var shift = ClosureDynamics { time, state in
      state * (oracle.slope(time) - epsilon / oracle.variance(time)) + (error + epsilon * error)
    }
    let solution = RungeKutta.rk4.solve(
      &shift,
      from: Tensor(zeros: [1, 1]),
      over: TimeGrid(from: 0, to: 1, steps: 800),
      saving: grid.times
    )
    let shifts = Dictionary(
      uniqueKeysWithValues: zip(grid.times, solution.saved.map { $0.elements[0] })
    )
    let law = ClosureFields(
      dimension: 1,
      score: { t, x in
        Tensor(x.elements.map { oracle.score(t, $0 - (shifts[t] ?? .nan)) }, shape: x.shape)
      }
    )
    let last = solution.state.elements[0]
    let divergence = last * last / (2 * oracle.variance1)
    #expect(abs(divergence - 0.0805) < 5e-5)
    let path = CoupledPath(
      Self.interpolant,
      coupling: IndependentCoupling(try oracle.base, try oracle.target)
    )
    // (2.41): nothing depends on x, so the midpoint rule alone is wrong, by 400⁻² times derivatives of
    // order 1.
    let lemma = try LikelihoodBounds.klDivergence(
      of: model,
      law: law,
      from: exact,
      diffusion: epsilon,
      on: grid,
      along: path
    )
    #expect(abs(lemma.value - divergence) < 1e-5 && lemma.standardError < 1e-12)
    let deviations = try FieldDeviations(of: model, from: exact, on: grid, along: path)
    let corrected = LikelihoodBounds.velocityAndScore(
      velocity: deviations.velocityLoss,
      score: deviations.scoreLoss,
      diffusion: epsilon
    )
    let drift = deviations.driftBound { _ in epsilon }
    #expect(abs(corrected.value - 0.09) < 1e-12 && abs(drift.value - 0.09) < 1e-12)
    #expect(divergence < corrected.value)
    // What is printed is half of it, and less than the divergence.
    #expect(0.5 * corrected.value < divergence)
    // ŝ is not the score of ρ̂: Feynman–Kac gives the density of ρ̂ all the same.
    let points = Tensor<Double>([1.1, 2, 3], shape: [3, 1])
    let found = try Sampler(model).sdeLogDensity(
      points,
      from: try oracle.base,
      estimator: .feynmanKac,
      diffusion: .constant(epsilon),
      paths: 16_384,
      steps: 50,
      seed: 3
    )
    let wrong = try Gaussian(
      mean: Tensor([oracle.mean1 + last]),
      covariance: Tensor(rows: [[oracle.variance1]])
    )
    let logs = wrong.logDensity(points)
    for point in 0..<3 {
      let own = found[point]
      // Weak order 2: 50⁻² times derivatives of order 10.
      let allowed = 5 * own.standardError + 0.5 * own.standardError * own.standardError + 4e-3
      #expect(abs(own.value - logs[point]) < allowed, "\(own) for \(logs[point])")
      // Enough to tell it from log ρ₁, which is 0.25 away at x = 3.
      #expect(own.standardError < 0.05)
    }
  }

  @Test func theLemmaIsAnEquality() throws {
    // ρ̂(1) is the other target for every ε, so (2.41), and (2.39) for ε = 0, are the KL divergence of
    // two mixtures.
    let (exact, model, target, other) = try Self.pair()
    let points = target.sample(count: 200_000, seed: 9)
    let divergence = LikelihoodMeasures.klDivergence(
      targetLogDensities: target.logDensity(points),
      modelLogDensities: other.logDensity(points)
    )
    for epsilon in [0, 0.4, 1.5] {
      let lemma = try LikelihoodBounds.klDivergence(
        of: model,
        law: model,
        from: exact,
        diffusion: epsilon,
        on: Self.grid,
        along: try Self.path()
      )
      let error = hypotenuse(lemma.standardError, divergence.standardError)
      // 40 cells: the midpoint rule is good to 40⁻² of second derivatives over 24.
      #expect(
        abs(lemma.value - divergence.value) < 5 * error + 1e-3,
        "ε = \(epsilon): \(lemma) for \(divergence)"
      )
      // (2.42), (2.45): above, in this order.
      guard epsilon > 0 else { continue }
      let deviations = try FieldDeviations(
        of: model,
        from: exact,
        on: Self.grid,
        along: try Self.path()
      )
      let drift = deviations.driftBound { _ in epsilon }
      let losses = LikelihoodBounds.velocityAndScore(
        velocity: deviations.velocityLoss,
        score: deviations.scoreLoss,
        diffusion: epsilon
      )
      let conditional = LikelihoodBounds.conditionalVelocityAndScore(
        conditionalVelocity: try ExcessLoss(
          of: .conditionalVelocity,
          in: model,
          from: exact,
          on: Self.grid,
          along: try Self.path()
        ),
        score: deviations.scoreLoss,
        diffusion: epsilon,
        interpolant: Self.interpolant
      )
      #expect(divergence.value < drift.value && drift.value < losses.value)
      #expect(drift.value < conditional.value)
    }
    #expect(divergence.value > 0.02)
  }

  func hypotenuse(_ first: Double, _ second: Double) -> Double {
    (first * first + second * second).squareRoot()
  }

  @Test func aBaseOfAnotherCovarianceCountsInTheBound() throws {
    // αα̇ falls from −1 to 0: with eigenvalues 0.5 and 4 of C₀ the norm of αα̇C₀ − ε is largest at t = 0, 4 + ε.
    let own = try GaussianBaseInterpolant(
      schedule: LinearSchedule(),
      covariance: Tensor(rows: [[4, 0], [0, 0.5]])
    )
    func loss(_ value: Double) throws -> ExcessLoss {
      try ExcessLoss(loss: Estimate(value: value, standardError: 0, count: 1), minimum: 0)
    }
    for epsilon in [0.1, 1, 10] {
      let bound = LikelihoodBounds.conditionalVelocityAndScore(
        conditionalVelocity: try loss(0.3),
        score: try loss(0.2),
        diffusion: epsilon,
        interpolant: own
      )
      let expected = (0.3 + 0.2 * (4 + epsilon) * (4 + epsilon)) / epsilon
      #expect(abs(bound.value - expected) < 1e-12 * expected)
    }
  }

  @Test func theOptimalDiffusionsAreOptimal() throws {
    let (exact, model, _, _) = try Self.pair()
    let deviations = try FieldDeviations(
      of: model,
      from: exact,
      on: Self.grid,
      along: try Self.path()
    )
    let best = deviations.optimalDiffusion
    func bound(_ epsilon: Double) -> Double {
      LikelihoodBounds.velocityAndScore(
        velocity: deviations.velocityLoss,
        score: deviations.scoreLoss,
        diffusion: epsilon
      ).value
    }
    for factor in [0.5, 0.9, 1.1, 2] { #expect(bound(best) < bound(factor * best)) }
    let losses = (deviations.velocityLoss.estimate.value, deviations.scoreLoss.estimate.value)
    #expect(abs(bound(best) - 2 * (losses.0 * losses.1).squareRoot()) < 1e-12)
    let curve = deviations.optimalDiffusions
    let times = Self.grid.times
    func at(_ time: Double) -> Double {
      let cell = times.firstIndex { abs($0 - time) < 1e-12 }
      return curve[cell ?? 0]
    }
    let varying = deviations.driftBound(at).value
    #expect(varying < deviations.driftBound { _ in best }.value)
    for factor in [0.8, 1.25] {
      #expect(varying < deviations.driftBound { factor * at($0) }.value)
    }
  }

  @Test func anExcessIsTheLossAboveItsMinimum() throws {
    // L[f̂] − L[f] on draws of the path, against ½∫E|f̂ − f|².
    let (exact, model, _, _) = try Self.pair()
    let path = try Self.path()
    let excess = try ExcessLoss(
      of: .conditionalVelocity,
      in: model,
      from: exact,
      on: Self.grid,
      along: path
    )
    var differences: [Tensor<Double>] = []
    for (cell, time) in Self.grid.times.enumerated() {
      let sample = path.sample(
        RandomBlock(seed: 77, samples: 0..<2_000, step: cell),
        time: Tensor(repeating: time, shape: [2_000])
      )
      func loss(_ fields: MixtureFields<AnyInterpolant>) -> Tensor<Double> {
        let v = fields(time, sample.points(), wanted: .conditionalVelocity).conditionalVelocity
        return (v * v * 0.5 - v * sample.conditionalVelocityTarget()).sum(along: 1)
      }
      differences.append(loss(model) - loss(exact))
    }
    let found = Estimate(meanOf: Tensor.concatenating(differences))
    let error = hypotenuse(found.standardError, excess.estimate.standardError)
    #expect(abs(found.value - excess.estimate.value) < 5 * error)
    #expect(found.value > 20 * error)
  }

  @Test func withoutAMinimumThereIsNoBound() throws {
    let loss = Estimate(value: -1.2, standardError: 0.01, count: 100)
    let unknown = #expect(throws: LikelihoodBoundError.self) {
      try ExcessLoss(loss: loss, minimum: nil)
    }
    #expect(unknown == .unknownMinimum(loss: loss))
    #expect(unknown?.description.contains("minimum") == true)
    let below = #expect(throws: LikelihoodBoundError.self) {
      try ExcessLoss(loss: loss, minimum: -1.1)
    }
    #expect(below == .belowMinimum(loss: loss, minimum: -1.1))
    let known = try ExcessLoss(loss: loss, minimum: -1.3).estimate
    #expect(abs(known.value - 0.1) < 1e-15 && known.standardError == 0.01)
  }

  @Test func theOptimalDiffusionIsMadeOfTwoExcesses() throws {
    func excess(_ value: Double) throws -> ExcessLoss {
      try ExcessLoss(
        loss: Estimate(value: value, standardError: 0.1, count: 100),
        minimum: 0
      )
    }
    let (velocity, score) = (try excess(0.08), try excess(0.02))
    let best = LikelihoodBounds.optimalDiffusion(velocity: velocity, score: score)
    #expect(abs(best - 2) < 4 * 0x1p-52)
    func draw(_ diffusion: Diffusion) throws -> Tensor<Double> {
      try Sampler(GaussianOracle().fields).sde(
        count: 3,
        from: GaussianOracle().base,
        diffusion: diffusion,
        steps: 10,
        seed: 1
      ).points
    }
    let named = try Diffusion.boundOptimal(velocityExcess: velocity, scoreExcess: score)
    #expect(try draw(named) == draw(.constant(best)))
    let inner = try Diffusion.boundOptimal(
      velocityExcess: velocity,
      scoreExcess: score,
      on: 0.1...0.9
    )
    #expect(inner.times == 0.1...0.9)
    // An excess may be negative within its error; the root of a ratio of two such is no ε.
    for (first, second) in [(-0.01, 0.02), (0.02, -0.01), (-0.01, -0.02), (0, 0.02), (0.02, 0)] {
      let (velocity, score) = (try excess(first), try excess(second))
      let error = #expect(throws: LikelihoodBoundError.self) {
        try Diffusion.boundOptimal(velocityExcess: velocity, scoreExcess: score)
      }
      #expect(
        error
          == .noOptimalDiffusion(velocityExcess: velocity.estimate, scoreExcess: score.estimate)
      )
      #expect(error?.description.contains("positive") == true)
      let ratio = LikelihoodBounds.optimalDiffusion(velocity: velocity, score: score)
      #expect(ratio.isNaN == (first < 0 || second < 0))
    }
  }

  @Test func fieldsWithoutAScoreAreRefused() throws {
    let (exact, _, _, _) = try Self.pair()
    let model = ClosureFields(dimension: 2, velocity: { _, x in x })
    #expect(throws: SamplingError.missing(.score, purpose: "a comparison of fields")) {
      try FieldDeviations(of: model, from: exact, on: Self.grid, along: try Self.path())
    }
  }

  @Test func fieldsAreNotComparedWhereTheyWereNotTrained() throws {
    let (exact, _, _, _) = try Self.pair()
    let network = MLP(dimension: 2, hidden: [4], activation: .tanh)
    let trained = 0.01...0.99
    let model = LearnedFields(
      interpolant: Self.interpolant,
      fields: [
        .untrained([.velocity], network, seed: 1),
        .untrained([.score], network, seed: 2, times: trained),
      ]
    )
    let grid = DeviationGrid(cells: 64, draws: 2, seed: 1)
    // The middles of the first and the last cell.
    let refused = SamplingError.untrained(used: 1.0 / 128...127.0 / 128, trained: trained)
    let path = try Self.path()
    #expect(throws: refused) { try FieldDeviations(of: model, from: exact, on: grid, along: path) }
    #expect(throws: refused) { try FieldDeviations(of: exact, from: model, on: grid, along: path) }
    #expect(throws: refused) {
      try ExcessLoss(of: .score, in: model, from: exact, on: grid, along: path)
    }
    #expect(throws: refused) {
      try LikelihoodBounds.klDivergence(
        of: exact,
        law: model,
        from: exact,
        diffusion: 1,
        on: grid,
        along: path
      )
    }
    // b was trained at all of these times, and s on an inner grid.
    #expect(throws: Never.self) {
      _ = try ExcessLoss(of: .velocity, in: model, from: exact, on: grid, along: path)
      let inner = DeviationGrid(interval: trained, cells: 4, draws: 2, seed: 1)
      _ = try FieldDeviations(of: model, from: exact, on: inner, along: path)
    }
  }
}
