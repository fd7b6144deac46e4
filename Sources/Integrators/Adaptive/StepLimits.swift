internal import Tensors

/// The limits of step control, all of them visible.
public struct StepLimits: Sendable, Hashable {
  /// The length of the first step; nil for one found from the field, h with h^{p+1} max(|f|, |f′|) = 1 in the norm of
  /// the tolerance, after Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.4, and with noise for a
  /// hundredth of its interval.
  public var initialStep: Double?
  /// Where a row that needs shorter steps gives up; nil for four units in the last place of the time.
  ///
  /// With noise it gives up no later than at a leaf of its Brownian tree, 2⁻²⁴ of the interval.
  public var minimumStep: Double?
  /// The longest step; the last one may be a hundredth longer.
  public var maximumStep: Double
  /// How many attempts a row may make, accepted or rejected.
  public var attempts: Int
  /// Whether a field that is NaN at a finite stage of an attempt rejects it instead of ending the
  /// row at once; at the start of a step it always ends the row.
  public var retriesNotANumber: Bool

  /// Limits.
  ///
  /// - Parameters:
  ///   - initialStep: the length of the first step; nil for one found from the field, with noise a hundredth of the
  ///     interval.
  ///   - minimumStep: where a row gives up; nil for four units in the last place of the time, with noise a leaf.
  ///   - maximumStep: the longest step.
  ///   - attempts: how many attempts a row may make.
  ///   - retriesNotANumber: whether NaN at a stage rejects the attempt instead of ending the row.
  public init(
    initialStep: Double? = nil,
    minimumStep: Double? = nil,
    maximumStep: Double = .infinity,
    attempts: Int = 100_000,
    retriesNotANumber: Bool = false
  ) {
    self.initialStep = initialStep
    self.minimumStep = minimumStep
    self.maximumStep = maximumStep
    self.attempts = attempts
    self.retriesNotANumber = retriesNotANumber
    check()
  }

  /// Stops where a limit is out of range, also one that was set after the initialiser.
  func check() {
    require(
      (initialStep ?? 1) > 0 && (minimumStep ?? 1) > 0 && maximumStep > 0 && attempts > 0,
      "limits of steps are positive, got \(initialStep ?? 1), \(minimumStep ?? 1), "
        + "\(maximumStep) and \(attempts) attempts"
    )
  }
}
