/// Seconds that a call takes.
public func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return start.duration(to: .now) / .seconds(1)
}

/// A median with the ends of its 95 % interval.
public struct Spread: Sendable, CustomStringConvertible {
  /// The middle value.
  public let median: Double
  /// The lower end of the interval.
  public let lower: Double
  /// The upper end of the interval.
  public let upper: Double

  /// The interval between order statistics: the number of values below the median is binomial, within
  /// n/2 ± 0.98 √n in 95 of 100 cases.
  public init(_ values: [Double]) {
    let sorted = values.sorted()
    let count = Double(sorted.count)
    let reach = 0.98 * count.squareRoot()
    func value(_ rank: Double) -> Double {
      sorted[min(sorted.count - 1, max(0, Int(rank.rounded())))]
    }
    median = value((count - 1) / 2)
    lower = value((count - 1) / 2 - reach)
    upper = value((count - 1) / 2 + reach)
  }

  /// Median and interval, with three digits behind the point.
  public var description: String { text(scaledBy: 1) }

  /// Seconds as milliseconds.
  public var milliseconds: String { "\(text(scaledBy: 1_000)) ms" }

  private func text(scaledBy scale: Double) -> String {
    func text(_ value: Double) -> String { "\((value * scale * 1_000).rounded() / 1_000)" }
    return "\(text(median)) [\(text(lower)), \(text(upper))]"
  }
}

/// Ours and the floor in turns: how many times the floor ours takes, pair by pair.
public struct Ratio: Sendable {
  /// Ours divided by the floor, of each pair.
  public let ratio: Spread
  /// Seconds of ours.
  public let ours: Spread
  /// Seconds of the floor.
  public let floor: Spread
  /// Ours divided by the floor, in the order of the pairs.
  public let values: [Double]

  /// - Parameters:
  ///   - pairs: the number of pairs, at least 20 for a claim.
  ///   - repeats: calls in one timing, for work of less than a millisecond.
  ///   - ours: one unit of work.
  ///   - floor: its floor.
  public init(
    pairs: Int = 21,
    repeats: Int = 1,
    ours: () throws -> Void,
    floor: () -> Void
  ) rethrows {
    for _ in 0..<2 {
      try ours()
      floor()
    }
    var times: [(ours: Double, floor: Double)] = []
    for pair in 0..<pairs {
      // The order changes from pair to pair: a drift of the machine falls on both.
      var (own, other) = (0.0, 0.0)
      if pair % 2 == 0 {
        own = try seconds { for _ in 0..<repeats { try ours() } }
        other = seconds { for _ in 0..<repeats { floor() } }
      } else {
        other = seconds { for _ in 0..<repeats { floor() } }
        own = try seconds { for _ in 0..<repeats { try ours() } }
      }
      times.append((own / Double(repeats), other / Double(repeats)))
    }
    values = times.map { $0.ours / $0.floor }
    ratio = Spread(values)
    self.ours = Spread(times.map(\.ours))
    self.floor = Spread(times.map(\.floor))
  }
}
