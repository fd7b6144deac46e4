internal import Integrators
internal import Tensors

// What a bridge is given and returns is in the user's coordinates x, its fields are in y = A⁻¹ (x − m).

extension Bridge {
  /// The density at the first time of a direction, in the fields' coordinates.
  ///
  /// - Parameters:
  ///   - given: that density in the user's coordinates; nil for the bridge's own end.
  ///   - times: the times that are integrated.
  ///   - direction: the direction.
  /// - Returns: the density.
  /// - Throws: where none was given and the first time is not an end whose density the bridge has.
  func start(
    _ given: (any Density)?,
    times: ClosedRange<Double>,
    direction: Direction
  ) throws(SamplingError) -> any Density {
    if let given { return StandardizedDensity.wrapping(given, standardization) }
    let isForward = direction == .forward
    let time = direction.start(of: times)
    let own: (any Density)? = isForward ? base : target
    guard let own, time == (isForward ? 0 : 1) else { throw .noStart(time: time) }
    return own
  }

  /// The density at the first time of a direction, if its value is known.
  func explicitStart(
    _ given: (any ExplicitDensity)?,
    times: ClosedRange<Double>,
    direction: Direction
  ) throws(SamplingError) -> any ExplicitDensity {
    let origin = try start(given, times: times, direction: direction)
    guard let explicit = origin as? any ExplicitDensity else {
      throw .noStartDensity(time: direction == .forward ? 0 : 1)
    }
    return explicit
  }

  /// The density at the first time of a direction, if its score is known.
  func scoredStart(
    _ given: (any ScoredDensity)?,
    times: ClosedRange<Double>,
    direction: Direction
  ) throws(SamplingError) -> any ScoredDensity {
    let origin = try start(given, times: times, direction: direction)
    guard let scored = origin as? any ScoredDensity else {
      throw .noStartScore(time: direction == .forward ? 0 : 1)
    }
    return scored
  }

  /// What is drawn from the start of a run, in the user's coordinates.
  ///
  /// - Parameters:
  ///   - given: the density at the first time in the user's coordinates; nil for the bridge's own end.
  ///   - times: the times that are integrated.
  ///   - direction: the direction.
  ///   - workers: the threads.
  ///   - draw: draws with a sampler of the fields, from a density in their coordinates.
  /// - Returns: the samples.
  /// - Throws: ``SamplingError``, with what was computed in the user's coordinates.
  func drawn(
    _ given: (any Density)?,
    _ times: ClosedRange<Double>,
    _ direction: Direction,
    _ workers: Workers,
    _ draw: (Sampler<LearnedFields<I>>, any Density) throws(SamplingError) -> Samples
  ) throws(SamplingError) -> Samples {
    let start = try start(given, times: times, direction: direction)
    do {
      return try draw(Sampler(fields, workers: workers), start).mapPoints(userPoints)
    } catch {
      throw userError(error)
    }
  }

  /// The user's points in the fields' coordinates.
  func ownPoints(_ points: Tensor<Double>) -> Tensor<Double> {
    standardization?.apply(points) ?? points
  }

  /// Points of the fields' coordinates in the user's.
  func userPoints(_ points: Tensor<Double>) -> Tensor<Double> {
    standardization?.undo(points) ?? points
  }

  /// Densities of the fields' coordinates in the user's: times |∂y/∂x|.
  func userLogDensities(_ logs: LogDensities) -> LogDensities {
    logs.shifted(by: -(standardization?.logAbsDeterminant ?? 0))
  }

  /// Gradients in the fields' coordinates in the user's: times (∂y/∂x)ᵀ.
  func userGradients(_ gradients: Tensor<Double>) -> Tensor<Double> {
    standardization?.undo(gradients: gradients) ?? gradients
  }

  /// An error with what was computed in the user's coordinates.
  func userError(_ error: SamplingError) -> SamplingError {
    guard case .adaptive(let run) = error else { return error }
    return .adaptive(run.mapped(points: userPoints, logDensities: userLogDensities))
  }
}
