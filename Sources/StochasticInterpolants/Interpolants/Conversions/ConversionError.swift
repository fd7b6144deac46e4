/// Why one field cannot be had from others at a time.
public enum ConversionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A division by a coefficient that is zero, or a product with one that is infinite, whose limit
  /// the given fields do not determine.
  case singular(conversion: String, time: Double, reason: String)

  /// One sentence that names the time, the reason and a way out.
  public var description: String {
    switch self {
    case .singular(let conversion, let time, let reason):
      "\(conversion) is singular at t = \(time): \(reason)"
    }
  }
}
