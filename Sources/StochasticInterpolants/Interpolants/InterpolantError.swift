/// Why functions of time make no interpolant.
public enum InterpolantError: Error, Sendable, Hashable, CustomStringConvertible {
  /// How far a value at an end may be from what it must be.
  public static let tolerance = 1e-9

  /// γ reaches 1 where √(1−γ²) is needed.
  case latentReachesOne(time: Double, value: Double)
  /// γ is not positive inside (0, 1).
  case latentNotPositive(time: Double, value: Double)
  /// A value at an end is not what it must be.
  case boundary(what: String, time: Double, value: Double, expected: Double)
  /// A derivative is not the slope of its function.
  case slope(what: String, time: Double, value: Double, expected: Double)
  /// A value is NaN or infinite where it must be finite.
  case notFinite(what: String, time: Double, value: Double)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .latentReachesOne(let time, let value):
      "√(1−γ²) needs γ < 1 on [0, 1], but γ(\(time)) = \(value); choose a smaller γ, such as "
        + "√(a t(1−t)) with a < 4"
    case .latentNotPositive(let time, let value):
      "γ must be positive inside (0, 1), but γ(\(time)) = \(value)"
    case .boundary(let what, let time, let value, let expected):
      "\(what) must be \(expected) at t = \(time), got \(value)"
    case .slope(let what, let time, let value, let expected):
      "\(what) is \(value) at t = \(time), where its function has the slope \(expected)"
    case .notFinite(let what, let time, let value):
      "\(what) must be finite at t = \(time), got \(value)"
    }
  }
}
