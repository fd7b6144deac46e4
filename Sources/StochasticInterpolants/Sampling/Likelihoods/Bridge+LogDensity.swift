public import Integrators
public import Tensors

extension Bridge {
  /// The log-density of what ``sample(count:from:method:steps:spacing:times:direction:finishing:saving:seed:workers:)``
  /// draws without noise, in the user's coordinates.
  ///
  /// Forward log ρ̂(t₁, x) of what starts from ρ₀ (2.52), backward log ρ̂(t₀, x) of what starts from ρ₁ (2.53).
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`, in the user's coordinates.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward, in the user's coordinates; nil for the bridge's own end, ρ₀
  ///     or ρ₁, where t₀ must be 0 or t₁ 1.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  ///   - workers: the threads.
  /// - Returns: the log-densities, in nats.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    from start: (any ExplicitDensity)? = nil,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    workers: Workers = .shared
  ) throws(SamplingError) -> LogDensities {
    let origin = try explicitStart(start, times: times, direction: direction)
    let logs = try Sampler(fields, workers: workers).logDensity(
      ownPoints(points),
      from: origin,
      divergence: divergence,
      method: method,
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction
    )
    return userLogDensities(logs)
  }

  /// The log-density of what the probability flow ODE draws, in steps that each point chooses for itself, in
  /// the user's coordinates.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`, in the user's coordinates.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward, in the user's coordinates; nil for the bridge's own end, ρ₀
  ///     or ρ₁, where t₀ must be 0 or t₁ 1.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a point.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight of the log-density in the error; 0 leaves it out of the control.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  ///   - workers: the threads.
  /// - Returns: the log-densities, in nats; their evaluations are those of the point that needed most.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func logDensity(
    _ points: Tensor<Double>,
    from start: (any ExplicitDensity)? = nil,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    workers: Workers = .shared
  ) throws(SamplingError) -> LogDensities {
    let origin = try explicitStart(start, times: times, direction: direction)
    do {
      let logs = try Sampler(fields, workers: workers).logDensity(
        ownPoints(points),
        from: origin,
        divergence: divergence,
        method: method,
        tolerance: tolerance,
        logDensityWeight: logDensityWeight,
        limits: limits,
        times: times,
        direction: direction
      )
      return userLogDensities(logs)
    } catch {
      throw userError(error)
    }
  }
}
