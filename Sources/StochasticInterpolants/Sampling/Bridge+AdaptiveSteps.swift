public import Integrators
public import Tensors

extension Bridge {
  /// Draws samples in steps that each sample chooses for itself: by the probability flow ODE with the
  /// Dormand–Prince method, or by the SDE with SRA1 where a diffusion is given.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - diffusion: ε, in the fields' coordinates, which are standardised where the bridge standardises;
  ///     nil follows the probability flow ODE.
  ///   - tolerance: how large the error of a step may be.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    diffusion: Diffusion? = nil,
    tolerance: ErrorTolerance,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> Samples {
    if let diffusion {
      return try sample(
        count: count,
        from: start,
        diffusion: diffusion,
        method: SRA1(),
        tolerance: tolerance,
        limits: limits,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed,
        workers: workers
      )
    }
    return try sample(
      count: count,
      from: start,
      method: .dormandPrince,
      tolerance: tolerance,
      limits: limits,
      times: times,
      direction: direction,
      finishing: finishing,
      saving: saving,
      seed: seed,
      workers: workers
    )
  }

  /// Draws samples by the probability flow ODE with a method of one's own choice, in steps that each sample
  /// chooses for itself.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - method: a Runge–Kutta method with an error estimate.
  ///   - tolerance: how large the error of a step may be, in the fields' coordinates.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    method: RungeKutta,
    tolerance: ErrorTolerance,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> Samples {
    let origin = try self.start(start, times: times, direction: direction)
    do {
      return try Sampler(fields, workers: workers).ode(
        count: count,
        from: origin,
        method: method,
        tolerance: tolerance,
        limits: limits,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      ).mapPoints(userPoints)
    } catch {
      throw userError(error)
    }
  }

  /// Draws samples by the SDE with a method of one's own choice, in steps that each sample chooses for
  /// itself.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - diffusion: ε, in the fields' coordinates, which are standardised where the bridge standardises.
  ///   - method: the method for steps on which ε acts.
  ///   - tolerance: how large the error of a step may be.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    diffusion: Diffusion,
    method: some StochasticMethod,
    tolerance: ErrorTolerance,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> Samples {
    let origin = try self.start(start, times: times, direction: direction)
    do {
      return try Sampler(fields, workers: workers).sde(
        count: count,
        from: origin,
        method: method,
        diffusion: diffusion,
        tolerance: tolerance,
        limits: limits,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      ).mapPoints(userPoints)
    } catch {
      throw userError(error)
    }
  }
}
