internal import Gradients
public import Tensors

extension RunDirectory {
  /// The training of the run at its newest checkpoint.
  ///
  /// Its further steps are those an uninterrupted training makes, to the last bit, for any number of
  /// workers.
  ///
  /// - Parameters:
  ///   - isVerifying: whether files of points are compared with their checksums, which reads them once.
  ///   - workers: the threads.
  /// - Returns: the training.
  /// - Throws: ``FileError``, ``RunError`` or ``TrainingError``, which name what is wrong; where the
  ///   newest checkpoint is damaged, which one before it is whole. A run without checkpoints cannot go on.
  public func training(
    isVerifying: Bool = true,
    workers: Workers = .shared
  ) throws -> Training<AnyPath> {
    var training = try newTraining(isVerifying: isVerifying, workers: workers)
    // To begin again would overwrite the weights and the metrics of the steps made.
    guard let state = try newestState() else { throw withoutCheckpoints }
    try training.restore(state)
    return training
  }

  /// What a run without checkpoints is refused with.
  var withoutCheckpoints: RunError {
    RunError(path: path, problem: "has no checkpoint to go on from; train a new run")
  }

  /// The training of the run before its first step.
  func newTraining(
    isVerifying: Bool,
    workers: Workers = .shared
  ) throws -> Training<AnyPath> {
    let base = try source(configuration.base, isVerifying: isVerifying)
    let target = try source(configuration.target, isVerifying: isVerifying)
    let parts = try target.split(
      holdingOut: configuration.holdingOut,
      seed: configuration.training.seed
    )
    return try Training(
      path: try path(from: base, to: parts.training),
      heldOut: try parts.heldOut.map { try path(from: base, to: $0) },
      objectives: configuration.fields.map { field in
        Objective([field.kind], network: field.learner, times: field.times[0]...field.times[1])
      },
      configuration: configuration.training,
      standardization: configuration.standardization,
      workers: workers
    )
  }

  /// The bridge with the weights of the run, trained to the end or not.
  ///
  /// - Parameter readsTarget: whether the points at t = 1 are read too, which sampling backward needs.
  /// - Returns: the bridge, ready to sample.
  /// - Throws: ``FileError`` or ``RunError``, which name what is wrong.
  public func bridge(readsTarget: Bool = false) throws -> Bridge<AnyInterpolant> {
    let weights = try Safetensors.read(file(Self.weightsName))
    try weights.checkIntegrity()
    let fields = try configuration.fields.map { field in
      LearnedField(
        kind: field.kind,
        network: field.learner,
        parameters: try field.network.parameterLayout.map { entry in
          try weights.tensor("\(field.kind.rawValue).\(entry.name)", shape: entry.shape)
        },
        times: field.times[0]...field.times[1]
      )
    }
    let target: (any Density)? =
      readsTarget ? try density(source(configuration.target, isVerifying: false)) : nil
    let interpolant = try configuration.interpolant.interpolant()
    let takesMean = FieldPlan.takesTargetMean(interpolant, configuration.fields.map(\.kind))
    return Bridge(
      fields: LearnedFields(
        interpolant: interpolant,
        fields: fields,
        targetMean: takesMean ? targetMean() : nil
      ),
      base: try density(source(configuration.base, isVerifying: false)),
      target: target,
      standardization: configuration.standardization
    )
  }

  /// E[x₁] of the points that are trained on, where it is known: as of a new training, and nil where the
  /// points are no longer there.
  private func targetMean() -> Tensor<Double>? {
    let parts = try? source(configuration.target, isVerifying: false)
      .split(holdingOut: configuration.holdingOut, seed: configuration.training.seed)
    return (parts?.training).flatMap { try? density($0) }.flatMap(StandardizedDensity.mean)
  }

  private func path(from base: RunSource, to target: RunSource) throws -> AnyPath {
    try configuration.interpolant.path(from: density(base), to: density(target))
  }

  /// An end in standardised coordinates.
  private func density(_ source: RunSource) throws -> any Density {
    guard let own = try source.density() else {
      return StandardGaussian(dimension: configuration.dimension)
    }
    guard own.dimension == configuration.dimension else {
      throw RunError(
        path: path,
        problem: "one of its ends has \(own.dimension) dimensions, its configuration says "
          + "\(configuration.dimension)"
      )
    }
    return StandardizedDensity.wrapping(own, configuration.standardization)
  }

  private func source(_ end: RunEnd, isVerifying: Bool) throws -> RunSource {
    switch end {
    case .standardGaussian: return .standardGaussian
    case .named(let name): return .named(name)
    case .text(let text):
      throw RunError(
        path: path,
        problem: "this run of format 1 says of its target only \(FileError.quoted(text)), so "
          + "it can be sampled but not resumed or followed backward; train a new run"
      )
    case .points(let reference):
      let file = file(reference.path)
      if reference.path.hasPrefix("/") {
        let points = try MappedPoints(file)
        // The checksum alone finds another file of equal size; a run without one never knew how many there are.
        if reference.checksum != nil, points.count != reference.count {
          throw RunError(
            path: file,
            problem: "has \(points.count) points, and had \(reference.count) when the run was made"
          )
        }
        if isVerifying { try compare(try points.check(), reference, file) }
        return .mapped(points)
      }
      let points = try NPY.readPoints(file)
      try compare(Self.checksum(points), reference, file)
      return .points(points, origin: reference.origin)
    }
  }

  private func compare(
    _ checksum: String,
    _ reference: RunEnd.PointsReference,
    _ file: String
  ) throws(FileError) {
    guard let expected = reference.checksum, expected != checksum else { return }
    throw .damaged(path: file, checksum: checksum, expected: expected)
  }
}
