public import Integrators
public import Tensors

extension Bridge {
  /// The log-density from paths of an SDE, in the user's coordinates: Feynman–Kac (2.58), (2.60), its Jensen
  /// bound, or the process itself.
  ///
  /// Forward log ρ̂(t₁, x) of what starts from ρ₀, backward log ρ̂(t₀, x) of what starts from ρ₁; each with the
  /// standard error of its paths. Where ε does not act a path is that of the flow and adds ∇·b, in steps of the
  /// Runge–Kutta method RK4.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`, in the user's coordinates.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward, in the user's coordinates; nil for the bridge's own end, ρ₀
  ///     or ρ₁, where t₀ must be 0 or t₁ 1.
  ///   - estimator: which; unless given that of the other SDE, which has no bound for a learned score: the
  ///     bound is `.lowerBound`, and `.feynmanKac` is exact for the bridge.
  ///   - divergence: how divergences are found; Feynman–Kac stops the program unless it is exact.
  ///   - diffusion: ε, in the fields' coordinates, as in `sample`.
  ///   - paths: the number of paths from each point; path k of point i is sample i · paths + k of the draws.
  ///   - method: the method for steps on which ε acts.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  ///   - seed: the key of the noise.
  ///   - workers: the threads.
  /// - Returns: the log-densities, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sdeLogDensity(
    _ points: Tensor<Double>,
    from start: (any ExplicitDensity)? = nil,
    estimator: DensityEstimator = .process,
    divergence: DivergenceRule = .exact,
    diffusion: Diffusion,
    paths: Int = 100,
    method: some StochasticMethod = SRA1(),
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> LogDensities {
    let origin = try explicitStart(start, times: times, direction: direction)
    let logs = try Sampler(fields, workers: workers).sdeLogDensity(
      ownPoints(points),
      from: origin,
      estimator: estimator,
      divergence: divergence,
      diffusion: diffusion,
      paths: paths,
      method: method,
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction,
      seed: seed
    )
    return userLogDensities(logs)
  }
}
