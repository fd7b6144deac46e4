/// A distance of a model's points from the right law, beside what the right law's own points give.
///
/// No measure of finite sets is 0 for equal laws, and what it is instead depends on the counts, the
/// dimension and the law. A value is read against its floor, never against 0.
public struct MeasuredDistance: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The distance of the points in question.
  public let value: Estimate
  /// What points of the right law, as many, have on average.
  public let floor: Estimate

  /// A distance and its floor.
  ///
  /// - Parameters:
  ///   - value: the distance of the points in question.
  ///   - floor: the mean of the same measure for as many points of the right law.
  public init(value: Estimate, floor: Estimate) {
    self.value = value
    self.floor = floor
  }

  /// (value − floor) / √(σ² + σ₀²) with the two standard errors; NaN where one is.
  public var standardErrorsAboveFloor: Double {
    let variance =
      value.standardError * value.standardError + floor.standardError * floor.standardError
    return (value.value - floor.value) / variance.squareRoot()
  }

  /// The value, then the floor.
  public var description: String { "\(value) (sampling floor \(floor))" }
}
