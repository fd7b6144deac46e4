public import Integrators
public import Tensors

/// The direction in which a path is followed.
public enum Direction: String, Sendable, Hashable, Codable {
  /// From t = 0 to t = 1: ρ₀ to ρ₁.
  case forward
  /// From t = 1 to t = 0: ρ₁ to ρ₀.
  case backward

  /// 1 forward, −1 backward.
  var sign: Double { self == .forward ? 1 : -1 }

  /// The other direction.
  var reversed: Direction { self == .forward ? .backward : .forward }

  /// The time of an interval at which a path in this direction begins.
  func start(of times: ClosedRange<Double>) -> Double {
    self == .forward ? times.lowerBound : times.upperBound
  }

  /// The time of an interval at which a path in this direction ends.
  func end(of times: ClosedRange<Double>) -> Double { reversed.start(of: times) }
}

/// Samples, and what they cost.
public struct Samples: Sendable, Equatable {
  /// The points at the last time, `[count, dimension]`.
  public let points: Tensor<Double>
  /// The points at the times asked for, in their order, each `[count, dimension]`.
  public let trajectory: [Tensor<Double>]
  /// Evaluations of the drift for each sample; with step control, for the one that needed most.
  public let evaluations: Int
  /// The times that were integrated.
  public let times: ClosedRange<Double>
  /// With step control, the steps of each sample; empty for fixed steps.
  public let reports: [RowReport]

  init(
    points: Tensor<Double>,
    trajectory: [Tensor<Double>] = [],
    evaluations: Int,
    times: ClosedRange<Double>,
    reports: [RowReport] = []
  ) {
    self.points = points
    self.trajectory = trajectory
    self.evaluations = evaluations
    self.times = times
    self.reports = reports
  }

  /// The same samples with every point mapped.
  func mapPoints(_ map: (Tensor<Double>) -> Tensor<Double>) -> Samples {
    Samples(
      points: map(points),
      trajectory: trajectory.map(map),
      evaluations: evaluations,
      times: times,
      reports: reports
    )
  }
}
