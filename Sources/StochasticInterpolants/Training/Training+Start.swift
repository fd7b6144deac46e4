public import Tensors

extension Training {
  /// Starts the training of a bridge to a density from what the interpolant starts from: N(0, Id),
  /// N(0, C₀), a point, or the density itself.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant, which knows its base.
  ///   - target: ρ₁.
  ///   - heldOut: points of ρ₁ that are not trained on, whose loss is reported beside.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - standardization: the map to the coordinates in which the bridge is learned; nil leaves
  ///     the user's. Points are mapped before training and back after sampling; a recorded I or J sees
  ///     mapped points, and interpolants from a point or from N(0, C₀) take none.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<I: TargetInterpolant>(
    _ interpolant: I,
    target: some Density,
    heldOut: (any Density)? = nil,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == TargetPath<I> {
    func path(_ density: any Density) -> Path {
      TargetPath(
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

  /// Starts the training of a bridge to points of a file or an array from what the interpolant
  /// starts from.
  ///
  /// A finite set of points is memorised by the exact minimiser, so a share of it is held out and
  /// its loss reported beside the training loss.
  ///
  /// - Parameters:
  ///   - interpolant: the interpolant, which knows its base.
  ///   - points: the points of ρ₁.
  ///   - holdingOut: the share of points that is not trained on, in (0, 1).
  ///   - standardizing: how the points are standardised.
  ///   - objectives: what is learned, each kind at most once.
  ///   - configuration: how.
  ///   - workers: the threads.
  /// - Throws: ``TrainingError``, which names the cause.
  public init<I: TargetInterpolant>(
    _ interpolant: I,
    points: EmpiricalDensity,
    holdingOut: Double = 0.1,
    standardizing: Standardization.Method = .scale,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    workers: Workers = .shared
  ) throws(TrainingError) where Path == TargetPath<I> {
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

  /// Starts the training of a bridge between the marginals of a coupling.
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
  public init<I: CoupledInterpolant>(
    _ interpolant: I,
    coupling: some Coupling,
    heldOut: (any Coupling)? = nil,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == CoupledPath<I> {
    func path(_ coupling: any Coupling) -> Path {
      CoupledPath(
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

  /// Starts the training of a bridge between two independent densities.
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
  public init<I: CoupledInterpolant>(
    _ interpolant: I,
    base: some Density,
    target: some Density,
    objectives: [Objective],
    configuration: TrainingConfiguration = TrainingConfiguration(),
    standardization: Standardization? = nil,
    workers: Workers = .shared
  ) throws(TrainingError) where Path == CoupledPath<I> {
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
