public import Integrators
public import Tensors

extension Bridge {
  /// Draws by the probability flow ODE in steps that are given, and returns the log-density of each sample at
  /// the last time with it (2.52), (2.53).
  ///
  /// It is the number ``logDensity(_:from:divergence:method:steps:spacing:times:direction:workers:)`` finds from
  /// the sample, to the integrator's error, on the path that is followed anyway: what importance weights need.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end, at
  ///     which the times must then begin.
  ///   - divergence: how ∇·b is found.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - seed: the key of the draws; the samples are those of `sample` with the same key.
  ///   - workers: the threads.
  /// - Returns: the samples, and the log-density of each in nats, in the user's coordinates.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sampleWithLogDensity(
    count: Int,
    from start: (any ExplicitDensity)? = nil,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .rk4,
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> (samples: Samples, logDensity: LogDensities) {
    let origin = try explicitStart(start, times: times, direction: direction)
    let drawn = try Sampler(fields, workers: workers).odeWithLogDensity(
      count: count,
      from: origin,
      divergence: divergence,
      method: method,
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction,
      seed: seed
    )
    return (drawn.samples.mapPoints(userPoints), userLogDensities(drawn.logDensity))
  }

  /// Draws by the probability flow ODE in steps that each sample chooses for itself, and returns the
  /// log-density of each sample at the last time with it (2.52), (2.53).
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size. With `logDensityWeight: 0` the samples are those of
  /// `sample` with the same tolerance and key.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end, at
  ///     which the times must then begin.
  ///   - divergence: how ∇·b is found; probes stay the same along the path of a sample.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be; its weights are those of a point's components.
  ///   - logDensityWeight: the weight of the log-density in the error; 0 leaves it out of the control.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples with the steps of each, and the log-density of each in nats, in the user's
  ///   coordinates.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sampleWithLogDensity(
    count: Int,
    from start: (any ExplicitDensity)? = nil,
    divergence: DivergenceRule = .exact,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    logDensityWeight: Double = 1,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> (samples: Samples, logDensity: LogDensities) {
    let origin = try explicitStart(start, times: times, direction: direction)
    do {
      let drawn = try Sampler(fields, workers: workers).odeWithLogDensity(
        count: count,
        from: origin,
        divergence: divergence,
        method: method,
        tolerance: tolerance,
        logDensityWeight: logDensityWeight,
        limits: limits,
        times: times,
        direction: direction,
        seed: seed
      )
      return (drawn.samples.mapPoints(userPoints), userLogDensities(drawn.logDensity))
    } catch {
      throw userError(error)
    }
  }
}
