internal import Gradients
public import Integrators
public import Tensors

/// A trained bridge between two densities: it samples and gives likelihoods, in the user's
/// coordinates.
public struct Bridge<I: Interpolant>: Sendable {
  /// The trained fields, in the coordinates in which they were learned.
  public let fields: LearnedFields<I>
  /// ρ₀ in those coordinates.
  public let base: any Density
  /// ρ₁ in those coordinates, where it is at hand: needed to sample backward.
  public let target: (any Density)?
  /// The map from the user's coordinates to those of the fields; nil where they are the same.
  public let standardization: Standardization?

  /// Joins what a training or a run directory holds.
  ///
  /// - Parameters:
  ///   - fields: the trained fields.
  ///   - base: ρ₀ in the fields' coordinates.
  ///   - target: ρ₁ in the fields' coordinates.
  ///   - standardization: the map from the user's coordinates to those of the fields.
  public init(
    fields: LearnedFields<I>,
    base: any Density,
    target: (any Density)? = nil,
    standardization: Standardization? = nil
  ) {
    self.fields = fields
    self.base = base
    self.target = target
    self.standardization = standardization
  }

  /// The interpolant.
  public var interpolant: I { fields.interpolant }

  /// The same bridge with fields whose products between layers are of another precision.
  public func with(products: ProductPrecision) -> Bridge {
    Bridge(
      fields: fields.with(products: products),
      base: base,
      target: target,
      standardization: standardization
    )
  }

  /// Draws samples by the probability flow ODE, in steps that are given.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - method: the Runge–Kutta method, the classical one unless given.
  ///   - steps: the number of steps, 100 unless given.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    method: RungeKutta = .rk4,
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
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
        steps: steps,
        spacing: spacing,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      )
    }
  }

  /// Draws samples by the SDE, in steps that are given.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - start: the density at the first time, in the user's coordinates; nil for the bridge's own end,
  ///     at which the times must then begin.
  ///   - diffusion: ε, in the fields' coordinates, which are standardised where the bridge standardises.
  ///   - method: the method for steps on which ε acts, SRA1 unless given; others are steps of Heun's method
  ///     for the ODE.
  ///   - steps: the number of steps, 100 unless given.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from the first of `times`, ρ₀ at 0, or backward from the last, ρ₁ at 1.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept, inside `times`.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    from start: (any Density)? = nil,
    diffusion: Diffusion,
    method: some StochasticMethod = SRA1(),
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
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
        steps: steps,
        spacing: spacing,
        times: times,
        direction: direction,
        finishing: finishing,
        saving: saving,
        seed: seed
      )
    }
  }
}

extension Training {
  /// The bridge with the parameters of now, or their average where one is kept.
  public var model: Bridge<Path.I> {
    func learned(_ index: Int) -> LearnedField {
      let objective = objectives[index]
      func make(_ network: some Network) -> LearnedField {
        LearnedField(
          kinds: objective.kinds,
          network: network,
          parameters: parameters[index],
          times: objective.times
        )
      }
      return make(objective.network)
    }
    return Bridge(
      fields: LearnedFields(
        interpolant: path.interpolant,
        fields: objectives.indices.map(learned),
        targetMean: StandardizedDensity.mean(of: path.target)
      ),
      base: path.base,
      target: path.target,
      standardization: standardization
    )
  }
}
