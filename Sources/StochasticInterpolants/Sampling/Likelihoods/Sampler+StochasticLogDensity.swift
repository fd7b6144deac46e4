public import Integrators
public import Tensors

extension Sampler {
  /// log ρ(t₁, x) from paths of an SDE, given ρ(t₀): Feynman–Kac (2.58), its Jensen bound, or the
  /// backward SDE.
  ///
  /// The integral along a path is a further component of the state, on which no noise acts; the method's
  /// weak order holds for it too. Where ε does not act a path is that of the flow and adds ∇·b, in steps
  /// of the Runge–Kutta method RK4.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀), ρ₀ unless `times` say otherwise.
  ///   - estimator: which; unless given that of the other SDE, which has no bound for a learned score: the
  ///     bound is `.lowerBound`, and `.feynmanKac` is exact for the bridge.
  ///   - divergence: how divergences are found; exact for Feynman–Kac.
  ///   - diffusion: ε.
  ///   - paths: the number of paths from each point; path k of point i is sample i · paths + k of the
  ///     draws.
  ///   - method: the method for steps on which ε acts.
  ///   - steps: the number of steps from t₁ to t₀.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - seed: the key of the noise.
  /// - Returns: log ρ(t₁, x), in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sdeLogDensity(
    _ points: Tensor<Double>,
    start: some ExplicitDensity,
    estimator: DensityEstimator = .process,
    divergence: DivergenceRule = .exact,
    diffusion: Diffusion,
    paths: Int,
    method: some StochasticMethod = SRA1(),
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    seed: UInt64
  ) throws(SamplingError) -> LogDensities {
    try stochasticLogDensity(
      points,
      other: start,
      DensityRequest(
        estimator: estimator,
        divergence: divergence,
        diffusion: diffusion,
        paths: paths,
        steps: steps,
        spacing: spacing,
        times: times,
        direction: .backward,
        seed: seed
      ),
      method: method
    )
  }

  /// log ρ(t₀, x) from paths of an SDE, given ρ(t₁): Feynman–Kac (2.60), its Jensen bound, or the
  /// forward SDE.
  ///
  /// Where ε does not act a path is that of the flow and adds ∇·b, in steps of the Runge–Kutta method RK4.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - end: ρ(t₁), ρ₁ unless `times` say otherwise.
  ///   - estimator: which; unless given that of the other SDE, which has no bound for a learned score: the
  ///     bound is `.lowerBound`, and `.feynmanKac` is exact for the bridge.
  ///   - divergence: how divergences are found; exact for Feynman–Kac.
  ///   - diffusion: ε.
  ///   - paths: the number of paths from each point; path k of point i is sample i · paths + k of the
  ///     draws.
  ///   - method: the method for steps on which ε acts.
  ///   - steps: the number of steps from t₀ to t₁.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - seed: the key of the noise.
  /// - Returns: log ρ(t₀, x), in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sdeLogDensity(
    _ points: Tensor<Double>,
    end: some ExplicitDensity,
    estimator: DensityEstimator = .process,
    divergence: DivergenceRule = .exact,
    diffusion: Diffusion,
    paths: Int,
    method: some StochasticMethod = SRA1(),
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    seed: UInt64
  ) throws(SamplingError) -> LogDensities {
    try stochasticLogDensity(
      points,
      other: end,
      DensityRequest(
        estimator: estimator,
        divergence: divergence,
        diffusion: diffusion,
        paths: paths,
        steps: steps,
        spacing: spacing,
        times: times,
        direction: .forward,
        seed: seed
      ),
      method: method
    )
  }

  private func stochasticLogDensity(
    _ points: Tensor<Double>,
    other: some ExplicitDensity,
    _ request: DensityRequest,
    method: some StochasticMethod
  ) throws(SamplingError) -> LogDensities {
    checkDensityPoints(points)
    checkDensityRun(other, from: request.times.lowerBound, to: request.times.upperBound)
    request.check()
    let (count, paths) = (points.shape[0], request.paths)
    let ends = try followDensity(
      count * paths,
      over: try pieces(request),
      divergence: request.divergence,
      ordinary: .rk4,
      stochastic: method,
      seed: request.seed
    ) { block in
      points.gatheringRows(block.places.map { $0 / paths })
    }
    // The probes of a path are averaged: L is linear in the divergence.
    let integrals = ends.integrals.mean(along: 1)
    let logs = (integrals + other.logDensity(ends.points)).reshaped([count, paths])
    return request.estimator == .feynmanKac
      ? LogDensities(logMeanExpOf: logs, evaluations: ends.evaluations)
      : LogDensities(meanOf: logs, evaluations: ends.evaluations)
  }

  private func pieces(_ request: DensityRequest) throws(SamplingError) -> [DensityPiece] {
    // Backward the motions name ε and the score in every case, which is what terms are made of.
    let plan = try motions(request.diffusion, .backward, over: request.times)
    let side: Double = request.direction == .backward ? 1 : -1
    func terms(_ motion: Motion) -> DensityTerms {
      motion.diffusion.map { request.estimator.terms(side: side, diffusion: $0) } ?? .flow
    }
    let (inside, outside) = (terms(plan.inside), terms(plan.outside))
    return Segment.plan(
      request.spacing.grid(
        steps: request.steps,
        times: request.times,
        direction: request.direction
      ),
      times: request.times,
      noise: plan.times,
      direction: request.direction,
      saving: []
    ).map { segment in
      DensityPiece(
        grid: segment.grid,
        terms: segment.isNoisy ? inside : outside,
        firstStep: segment.firstStep
      )
    }
  }
}

/// What a density along an SDE is asked for with.
private struct DensityRequest {
  let estimator: DensityEstimator
  let divergence: DivergenceRule
  let diffusion: Diffusion
  let paths: Int
  let steps: Int
  let spacing: StepSpacing
  let times: ClosedRange<Double>
  let direction: Direction
  let seed: UInt64

  func check() {
    require(paths >= 1, "a density along an SDE needs at least one path a point, got \(paths)")
    require(
      estimator != .feynmanKac || divergence == .exact,
      "Feynman-Kac averages e to the power of the divergence, which Hutchinson's estimate would bias; "
        + "take the exact divergence, or .lowerBound or .process"
    )
  }
}
