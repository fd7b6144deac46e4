public import Integrators
public import Tensors

extension Sampler {
  /// The log-density of what starts from a given law, from paths of an SDE: Feynman–Kac (2.58),
  /// (2.60), its Jensen bound, or the process itself.
  ///
  /// Forward log ρ(t₁, x) given ρ(t₀), backward log ρ(t₀, x) given ρ(t₁). Paths are followed from x
  /// to where the law is given, against `direction`; ``DensityEstimator`` has each formula.
  ///
  /// The integral along a path is a further component of the state, on which no noise acts; the method's
  /// weak order holds for it too. Where ε does not act a path is that of the flow and adds ∇·b, in steps
  /// of the Runge–Kutta method RK4.
  ///
  /// Where ε acts, b, s and their divergences are asked for at every time of the grid, t₀ and t₁
  /// too. Where s is singular at 0 or 1, as −η/γ is, it is refused: let ε act inside,
  /// `.constant(ε, on: 0.01...0.99)`.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward: ρ₀ and ρ₁ unless `times` say otherwise.
  ///   - estimator: which; unless given that of the other SDE, which has no bound for a learned score: the
  ///     bound is `.lowerBound`, and `.feynmanKac` is exact for the bridge.
  ///   - divergence: how divergences are found; Feynman–Kac stops the program unless it is exact.
  ///   - diffusion: ε.
  ///   - paths: the number of paths from each point; path k of point i is sample i · paths + k of the
  ///     draws.
  ///   - method: the method for steps on which ε acts.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  ///   - seed: the key of the noise.
  /// - Returns: the log-densities, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sdeLogDensity(
    _ points: Tensor<Double>,
    from start: some ExplicitDensity,
    estimator: DensityEstimator = .process,
    divergence: DivergenceRule = .exact,
    diffusion: Diffusion,
    paths: Int,
    method: some StochasticMethod = SRA1(),
    steps: Int,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64
  ) throws(SamplingError) -> LogDensities {
    try checkDensityPoints(points)
    checkDensityRun(start, times: times)
    require(paths >= 1, "a density along an SDE needs at least one path a point, got \(paths)")
    require(
      estimator != .feynmanKac || divergence == .exact,
      "Feynman-Kac averages e to the power of the divergence, which Hutchinson's estimate would bias; "
        + "take the exact divergence, or .lowerBound or .process"
    )
    // Backward the motions name ε and the score in every case, which is what terms are made of.
    let plan = try motions(diffusion, .backward, over: times)
    func terms(_ motion: Motion) -> DensityTerms {
      // The side is that of x: +1 at t₁, from where a path goes backward, −1 at t₀.
      motion.diffusion.map { estimator.terms(side: direction.sign, diffusion: $0) } ?? .flow
    }
    let (inside, outside) = (terms(plan.inside), terms(plan.outside))
    let path = direction.reversed
    let segments = Segment.plan(
      spacing.grid(steps: steps, times: times, direction: path),
      times: times,
      noise: plan.times,
      direction: path,
      saving: []
    )
    let count = points.shape[0]
    let ends = try followDensity(
      count * paths,
      over: segments.map { segment in
        DensityPiece(
          grid: segment.grid,
          terms: segment.isNoisy ? inside : outside,
          firstStep: segment.firstStep
        )
      },
      divergence: divergence,
      ordinary: .rk4,
      stochastic: method,
      seed: seed
    ) { block in
      points.gatheringRows(block.places.map { $0 / paths })
    }
    // The probes of a path are averaged: L is linear in the divergence.
    let integrals = ends.integrals.mean(along: 1)
    let logs = (integrals + start.logDensity(ends.points)).reshaped([count, paths])
    return estimator == .feynmanKac
      ? LogDensities(logMeanExpOf: logs, evaluations: ends.evaluations)
      : LogDensities(meanOf: logs, evaluations: ends.evaluations)
  }
}
