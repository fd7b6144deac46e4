public import Tensors

extension Training {
  /// Starts the training of a one-sided bridge from N(0, Id) to a density.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant; its base is N(0, Id).
  ///   - target: ρ₁.
  ///   - heldOut: points of ρ₁ that are not trained on, whose loss is reported beside.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - standardization: the map to the coordinates in which the bridge is learned; nil leaves
  ///     the user's. Points are mapped before training and back after sampling.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<S: Schedule>(
    _ interpolant: OneSidedInterpolant<S>,
    target: some Density,
    heldOut: (any Density)? = nil,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == OneSidedPath<S> {
    func path(_ density: any Density) -> Path {
      OneSidedPath(
        interpolant,
        target: StandardizedDensity.wrapping(density, standardization)
      )
    }
    try self.init(
      path: path(target),
      heldOut: heldOut.map(path),
      objectives: objectives,
      configuration: configuration,
      standardization: standardization,
      workers: workers
    )
  }

  /// Starts the training of a one-sided bridge from N(0, Id) to points of a file or an array.
  ///
  /// A finite set of points is memorised by the exact minimiser, so a share of it is held out and
  /// its loss reported beside the training loss.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant; its base is N(0, Id).
  ///   - points: the points of ρ₁.
  ///   - holdingOut: the share of points that is not trained on, in (0, 1).
  ///   - standardizing: how the points are standardised.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<S: Schedule>(
    _ interpolant: OneSidedInterpolant<S>,
    points: EmpiricalDensity,
    holdingOut: Double = 0.1,
    standardizing: Standardization.Method = .scale,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    workers: Workers = .shared
  ) throws(TrainingError) where Path == OneSidedPath<S> {
    let split: (training: EmpiricalDensity, heldOut: EmpiricalDensity)
    let standardization: Standardization
    do {
      split = try points.split(holdingOut: holdingOut, seed: configuration.seed)
      standardization = try .fitted(to: split.training.points, method: standardizing)
    } catch {
      throw .points(error)
    }
    try self.init(
      interpolant,
      target: split.training,
      heldOut: split.heldOut,
      objectives: objectives,
      configuration: configuration,
      standardization: standardizing == .identity ? nil : standardization,
      workers: workers
    )
  }

  /// Starts the training of a two-sided bridge between the marginals of a coupling.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant.
  ///   - coupling: the joint law of x₀ and x₁.
  ///   - heldOut: a coupling of points that are not trained on, whose loss is reported beside.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - standardization: the map, the same for both ends, to the coordinates in which the bridge
  ///     is learned; nil leaves the user's.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<S: Schedule, Latent: LatentSchedule>(
    _ interpolant: TwoSidedInterpolant<S, Latent>,
    coupling: some Coupling,
    heldOut: (any Coupling)? = nil,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == TwoSidedPath<S, Latent> {
    func path(_ coupling: any Coupling) -> Path {
      TwoSidedPath(
        interpolant,
        coupling: StandardizedCoupling.wrapping(coupling, standardization)
      )
    }
    try self.init(
      path: path(coupling),
      heldOut: heldOut.map(path),
      objectives: objectives,
      configuration: configuration,
      standardization: standardization,
      workers: workers
    )
  }

  /// Starts the training of a two-sided bridge between two independent densities.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant.
  ///   - base: ρ₀.
  ///   - target: ρ₁.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - standardization: the map, the same for both ends, to the coordinates in which the bridge
  ///     is learned; nil leaves the user's.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<S: Schedule, Latent: LatentSchedule>(
    _ interpolant: TwoSidedInterpolant<S, Latent>,
    base: some Density,
    target: some Density,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == TwoSidedPath<S, Latent> {
    try self.init(
      interpolant,
      coupling: IndependentCoupling(base, target),
      objectives: objectives,
      configuration: configuration,
      standardization: standardization,
      workers: workers
    )
  }
}
