public import Integrators
internal import Tensors

/// What a run with step control computed although some of its samples did not reach the end.
///
/// The same for any number of workers: each sample goes as far as it would go alone.
public struct UnfinishedRun: Sendable, Hashable, CustomStringConvertible {
  /// Of the samples that failed the one that came least far, how it failed, and the number of them in the
  /// whole run.
  public let failure: AdaptiveFailure
  /// All samples: each at the last time, or where its report says that it stopped.
  ///
  /// The trajectory is NaN at times to which a sample did not come.
  public let samples: Samples
  /// Where log-densities were asked for, that of each sample, NaN for those that failed.
  public let logDensity: LogDensities?

  /// What was computed, where the samples' reports hold a failure; nil where all reached the end.
  init?(_ samples: Samples, logDensity: LogDensities? = nil, from start: Double) {
    guard let failure = AdaptiveFailure(of: samples.reports, from: start) else { return nil }
    self.init(failure: failure, samples: samples, logDensity: logDensity)
  }

  private init(failure: AdaptiveFailure, samples: Samples, logDensity: LogDensities?) {
    self.failure = failure
    self.samples = samples
    self.logDensity = logDensity
  }

  /// The samples that reached the end, in their order.
  public var finished: [Int] { samples.reports.finished }

  /// The same in other coordinates.
  func mapped(
    points: (Tensor<Double>) -> Tensor<Double>,
    logDensities: (LogDensities) -> LogDensities
  ) -> UnfinishedRun {
    UnfinishedRun(
      failure: failure,
      samples: samples.mapPoints(points),
      logDensity: logDensity.map(logDensities)
    )
  }

  /// Hashes the failure; points and log-densities may hold NaN.
  public func hash(into hasher: inout Hasher) { hasher.combine(failure) }

  /// One sentence that names the sample, t, the component and the steps made, and how many samples ended.
  public var description: String {
    "\(failure); \(finished.count) of \(samples.reports.count) samples reached the end"
  }
}

extension [RowReport] {
  /// The rows that reached the end, in their order.
  var finished: [Int] { indices.filter { self[$0].outcome == .completed } }
}
