internal import RealModule
public import Tensors

/// Estimates of log-densities at points, in nats, with their standard errors.
///
/// ``Estimate/bitsPerDimension(_:)`` of their ``crossEntropy`` is a change of unit and nothing else.
public struct LogDensities: Sendable, Equatable {
  /// log ρ̂ at each point, `[count]`.
  public let values: Tensor<Double>
  /// The standard error of each, `[count]`.
  ///
  /// 0 where nothing was drawn, NaN where it cannot be known, as for one probe or one path. The error of
  /// the integrator is not in it.
  public let standardErrors: Tensor<Double>
  /// The number of probes or paths for each point; 1 where nothing was drawn.
  public let draws: Int
  /// Evaluations of the fields along each path.
  public let evaluations: Int

  /// Log-densities without a random part.
  init(exact values: Tensor<Double>, evaluations: Int) {
    self.values = values
    standardErrors = Tensor(zeros: values.shape)
    draws = 1
    self.evaluations = evaluations
  }

  /// The means of draws `[count, draws]`.
  init(meanOf samples: Tensor<Double>, evaluations: Int) {
    self.init(samples, evaluations: evaluations) { Estimate(meanOf: $0) }
  }

  /// log (1/K) Σ_k exp(L_k) of draws L, `[count, draws]`, with the standard error of the mean over the
  /// mean (delta method).
  init(logMeanExpOf samples: Tensor<Double>, evaluations: Int) {
    self.init(samples, evaluations: evaluations) { logs in
      let largest = logs.max()
      guard largest.isFinite else {
        return Estimate(value: largest, standardError: .nan, count: logs.count)
      }
      let mean = Estimate(meanOf: (logs - largest).applying(.exp))
      return Estimate(
        value: largest + Double.log(mean.value),
        standardError: mean.standardError / mean.value,
        count: logs.count
      )
    }
  }

  private init(values: Tensor<Double>, of other: LogDensities) {
    self.values = values
    standardErrors = other.standardErrors
    draws = other.draws
    evaluations = other.evaluations
  }

  /// The same with a number that is known exactly added to each.
  func shifted(by number: Double) -> LogDensities {
    LogDensities(values: values + number, of: self)
  }

  private init(
    _ samples: Tensor<Double>,
    evaluations: Int,
    estimate: (Tensor<Double>) -> Estimate
  ) {
    let (count, draws) = (samples.shape[0], samples.shape[1])
    let estimates = (0..<count).map { estimate(samples.slice($0..<$0 + 1).reshaped([draws])) }
    values = Tensor(estimates.map(\.value))
    standardErrors = Tensor(estimates.map(\.standardError))
    self.draws = draws
    self.evaluations = evaluations
  }

  /// The number of points.
  public var count: Int { values.count }

  /// The estimate at one point.
  public subscript(point: Int) -> Estimate {
    Estimate(value: values[point], standardError: standardErrors[point], count: draws)
  }

  /// The cross-entropy −E[log ρ̂(x)], (2.63) to (2.70), where the points were drawn from the law that is
  /// compared with ρ̂.
  ///
  /// The standard error is over the points; what probes and paths add is in it, as those of different
  /// points are independent.
  public var crossEntropy: Estimate { Estimate(meanOf: -values) }
}
