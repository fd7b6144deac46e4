public import Integrators
public import Tensors

extension Bridge {
  /// Draws samples by the probability flow ODE, in steps that each sample chooses for itself.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - method: a Runge–Kutta method with an error estimate, Dormand and Prince's of order 5 unless given.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be, in the fields' coordinates.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    method: RungeKutta = .dormandPrince,
    tolerance: ErrorTolerance,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> Samples {
    try drawn(start, times, direction, workers) { sampler, start throws(SamplingError) in
      try sampler.ode(
        count: count,
        from: start,
        method: method,
        tolerance: tolerance,
        limits: limits,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      )
    }
  }

  /// Draws samples by the SDE, in steps that each sample chooses for itself.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - diffusion: ε, in the fields' coordinates, which are standardised where the bridge standardises.
  ///   - method: the method for steps on which ε acts, SRA1 unless given.
  ///     One without an error estimate stops the program.
  ///   - tolerance: how large the error of a step may be.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    diffusion: Diffusion,
    method: some StochasticMethod = SRA1(),
    tolerance: ErrorTolerance,
    limits: StepLimits = StepLimits(),
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    finishing: FinishingStep = .none,
    saving: [Double] = [],
    seed: UInt64 = 0,
    workers: Workers = .shared
  ) throws(SamplingError) -> Samples {
    try drawn(start, times, direction, workers) { sampler, start throws(SamplingError) in
      try sampler.sde(
        count: count,
        from: start,
        method: method,
        diffusion: diffusion,
        tolerance: tolerance,
        limits: limits,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      )
    }
  }
}
