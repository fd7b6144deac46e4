internal import Tensors

/// A law p(t) of times on an interval: constant on equal bins, so that it is drawn from and divided by
/// exactly.
public struct TimeDensity: Sendable, Hashable, Codable {
  /// [t₀, t₁].
  public let times: ClosedRange<Double>
  /// The probability of each bin, positive, summing to 1.
  public let probabilities: [Double]

  private let cumulative: [Double]

  /// The law proportional to a function at the middles of bins.
  ///
  /// - Parameters:
  ///   - times: [t₀, t₁], inside [0, 1].
  ///   - bins: the number of bins, at least 1.
  ///   - function: a positive function, such as the root of the target's second moment at t, which
  ///     is the best choice for an integral of it.
  public init(
    on times: ClosedRange<Double> = 0...1,
    bins: Int = 256,
    proportionalTo function: (Double) -> Double
  ) {
    require(
      times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
      "the times of a law are an interval inside [0, 1], got \(times)"
    )
    require(bins >= 1, "a law of times needs at least one bin, got \(bins)")
    let width = (times.upperBound - times.lowerBound) / Double(bins)
    let values = (0..<bins).map { bin -> Double in
      let time = times.lowerBound + (Double(bin) + 0.5) * width
      let value = function(time)
      require(
        value > 0 && value.isFinite,
        "a law of times must be positive and finite, got \(value) at t = \(time)"
      )
      return value
    }
    let sum = values.reduce(0, +)
    let probabilities = values.map { $0 / sum }
    require(
      sum.isFinite && probabilities.allSatisfy { $0 > 0 },
      "the values of a law of times have a finite sum of which each is a share above 0, got the sum \(sum) of "
        + "\(values.min() ?? 0) to \(values.max() ?? 0)"
    )
    self.init(times: times, probabilities: probabilities)
  }

  private init(times: ClosedRange<Double>, probabilities: [Double]) {
    self.times = times
    self.probabilities = probabilities
    var total = 0.0
    cumulative =
      [0]
      + probabilities.map { probability in
        total += probability
        return total
      }
  }

  private enum CodingKeys: String, CodingKey { case times, probabilities }

  /// Reads a law; throws where its times or probabilities make none.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let times = try container.decode(ClosedRange<Double>.self, forKey: .times)
    let probabilities = try container.decode([Double].self, forKey: .probabilities)
    // Rounding of a sum of any number of bins that were divided by their sum.
    let defect = abs(probabilities.reduce(0, +) - 1)
    guard times.lowerBound >= 0, times.upperBound <= 1, times.lowerBound < times.upperBound,
      probabilities.allSatisfy({ $0 > 0 }),
      defect <= Double(probabilities.count) * Double.ulpOfOne
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .probabilities,
        in: container,
        debugDescription:
          "the times \(times) and \(probabilities.count) probabilities make no law inside "
          + "[0, 1]: these are positive and their sum is 1"
      )
    }
    self.init(times: times, probabilities: probabilities)
  }

  /// p(t), integrating to 1 over ``times``.
  ///
  /// - Parameter time: t; outside ``times`` the density is 0.
  /// - Returns: p(t).
  public func callAsFunction(_ time: Double) -> Double {
    guard times.contains(time) else { return 0 }
    let width = (times.upperBound - times.lowerBound) / Double(probabilities.count)
    let bin = min(probabilities.count - 1, Int((time - times.lowerBound) / width))
    return probabilities[bin] / width
  }

  /// The time below which a share u of the law lies, in (t₀, t₁), with the weight 1/(p(t)(t₁ − t₀)).
  func inverse(_ share: Double) -> (time: Double, weight: Double) {
    var low = 0
    var high = probabilities.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if cumulative[middle] <= share { low = middle } else { high = middle - 1 }
    }
    let bins = Double(probabilities.count)
    let inside = (share - cumulative[low]) / probabilities[low]
    let span = times.upperBound - times.lowerBound
    return (
      times.nearestInside(times.lowerBound + span * (Double(low) + inside) / bins),
      1 / (probabilities[low] * bins)
    )
  }
}

extension ClosedRange<Double> {
  /// The nearest time between the ends: where rounding has put a time on an end or beyond it, the next one inside.
  func nearestInside(_ time: Double) -> Double {
    Swift.min(Swift.max(time, lowerBound.nextUp), upperBound.nextDown)
  }
}
