internal import RealModule
public import Tensors

/// A number estimated from samples, with its standard error.
public struct Estimate: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The estimate.
  public let value: Double
  /// The standard deviation of the estimate; NaN where it cannot be known, as for one sample.
  public let standardError: Double
  /// The number of samples.
  public let count: Int

  /// An estimate.
  ///
  /// - Parameters:
  ///   - value: the estimate.
  ///   - standardError: its standard deviation.
  ///   - count: the number of samples.
  public init(value: Double, standardError: Double, count: Int) {
    self.value = value
    self.standardError = standardError
    self.count = count
  }

  /// The mean x̄ of samples, with standard error √(Σ (xᵢ − x̄)² / (n (n − 1))).
  ///
  /// An infinite or NaN sample makes the mean so and its standard error NaN.
  ///
  /// - Parameter samples: xᵢ, any shape, at least one.
  public init(meanOf samples: Tensor<Double>) {
    require(samples.count >= 1, "the mean of samples needs at least one")
    let count = samples.count
    (value, standardError) = samples.withSpan { x in
      var sum = 0.0
      for index in 0..<count { sum += x[index] }
      let mean = sum / Double(count)
      var squares = 0.0
      for index in 0..<count { squares += (x[index] - mean) * (x[index] - mean) }
      return (mean, (squares / Double(count) / Double(count - 1)).squareRoot())
    }
    self.count = count
  }

  /// How many standard errors the estimate lies above a number.
  public func standardErrors(above number: Double) -> Double { (value - number) / standardError }

  /// The same estimate less a number that is known exactly.
  public static func - (estimate: Estimate, number: Double) -> Estimate {
    Estimate(
      value: estimate.value - number,
      standardError: estimate.standardError,
      count: estimate.count
    )
  }

  /// An entropy or cross-entropy in nats as bits per dimension: divided by d ln 2.
  ///
  /// It belongs to a density in the coordinates of the points. Where these are data divided by c in each
  /// component, as pixels by 127.5, log₂ c is to be added for the data's own bits, and pixels need noise
  /// that makes them continuous; neither is hidden here.
  ///
  /// - Parameter dimension: d, at least 1.
  /// - Returns: value and standard error in bits per dimension.
  public func bitsPerDimension(_ dimension: Int) -> Estimate {
    require(dimension >= 1, "bits per dimension need at least one dimension, got \(dimension)")
    let unit = Double(dimension) * Double.log(2)
    return Estimate(value: value / unit, standardError: standardError / unit, count: count)
  }

  /// Value ± standard error, to two digits of the latter; to at least four digits and decimals where the
  /// error is 0 or not known.
  public var description: String {
    guard standardError > 0, standardError.isFinite, value.isFinite else {
      return "\(decimal(value, digits: 4)) ± \(decimal(standardError, digits: 4))"
    }
    let places = max(0, 1 - Int(Double.log10(standardError).rounded(.down)))
    return "\(decimal(value, places: places)) ± \(decimal(standardError, places: places))"
  }
}

/// A number with at least so many significant digits and decimal places; very large and non-finite ones as Swift
/// prints them.
func decimal(_ value: Double, digits: Int) -> String {
  guard value != 0, value.isFinite else { return decimal(value, places: digits) }
  // Of 0.00123 the first digit is the third place.
  let leading = -Int(Double.log10(value.magnitude).rounded(.down))
  return decimal(value, places: max(digits, leading + digits - 1))
}

/// A number with a fixed number of decimal places; very large, very small and infinite ones as Swift prints them, NaN
/// without its sign, which has no meaning.
func decimal(_ value: Double, places: Int) -> String {
  if value.isNaN { return "nan" }
  // Beyond, no digit of a small number would be left.
  if places > 15 { return "\(value)" }
  let scaled = (value.magnitude * Double.pow(10, places)).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let digits = "\(Int(scaled))"
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  let sign = value < 0 && scaled > 0 ? "-" : ""
  if places == 0 { return sign + padded }
  return sign + padded.dropLast(places) + "." + padded.suffix(places)
}
