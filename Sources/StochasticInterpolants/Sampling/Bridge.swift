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

  /// Draws samples: by the ODE, or by the SDE where a diffusion is given.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - diffusion: ε; nil follows the probability flow ODE.
  ///   - method: the method of the SDE.
  ///   - steps: the number of steps.
  ///   - spacing: how the steps are spread.
  ///   - times: the times that are integrated.
  ///   - direction: forward from ρ₀, or backward from ρ₁.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    diffusion: Diffusion? = nil,
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
    func draw(_ start: some Density) throws(SamplingError) -> Samples {
      let sampler = Sampler(fields, workers: workers)
      guard let diffusion else {
        return try sampler.ode(
          count: count,
          from: start,
          steps: steps,
          spacing: spacing,
          times: times,
          direction: direction,
          finishing: finishing,
          saving: saving,
          seed: seed
        )
      }
      return try sampler.sde(
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
    return try draw(start(direction)).mapPoints(userPoints)
  }

  /// Draws samples in steps that each sample chooses for itself.
  ///
  /// The tolerance holds in the fields' coordinates, which are standardised where data were. Networks
  /// answer in Float, to some 10⁻⁶ of their size.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - diffusion: ε; nil follows the probability flow ODE by the Dormand–Prince method.
  ///   - method: the method of the SDE.
  ///   - tolerance: how large the error of a step may be.
  ///   - limits: first, shortest and longest step, and the number of attempts.
  ///   - times: the times that are integrated.
  ///   - direction: forward from ρ₀, or backward from ρ₁.
  ///   - finishing: how paths that stop inside (0, 1) are brought to the end.
  ///   - saving: times at which points are kept.
  ///   - seed: the key of the draws.
  ///   - workers: the threads.
  /// - Returns: the samples, in the user's coordinates, and the steps of each.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func sample(
    count: Int,
    diffusion: Diffusion? = nil,
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
    func draw(_ start: some Density) throws(SamplingError) -> Samples {
      let sampler = Sampler(fields, workers: workers)
      guard let diffusion else {
        return try sampler.ode(
          count: count,
          from: start,
          tolerance: tolerance,
          limits: limits,
          times: times,
          direction: direction,
          finishing: finishing,
          saving: saving,
          seed: seed
        )
      }
      return try sampler.sde(
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
    return try draw(start(direction)).mapPoints(userPoints)
  }

  /// The density at the first time of a direction.
  func start(_ direction: Direction) throws(SamplingError) -> any Density {
    if direction == .forward { return base }
    guard let target else {
      throw .missing([], purpose: "sampling backward (a density at t = 1 to start from)")
    }
    return target
  }

  private func userPoints(_ points: Tensor<Double>) -> Tensor<Double> {
    standardization?.undo(points) ?? points
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
