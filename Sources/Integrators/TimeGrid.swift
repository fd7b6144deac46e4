internal import Glibc
internal import Tensors

/// The times at which an integrator stops, first to last: increasing or decreasing.
public struct TimeGrid: Sendable, Hashable {
  /// The times, at least two, strictly monotone.
  public let times: [Double]

  /// A grid of given times.
  ///
  /// - Parameter times: at least two, finite, strictly increasing or strictly decreasing.
  public init(_ times: [Double]) {
    require(times.count >= 2, "a time grid needs at least two times, got \(times)")
    require(times.allSatisfy(\.isFinite), "the times of a grid must be finite, got \(times)")
    let rises = times[1] > times[0]
    require(
      zip(times, times.dropFirst()).allSatisfy { rises ? $1 > $0 : $1 < $0 },
      "the times of a grid must be strictly increasing or strictly decreasing, got \(times)"
    )
    self.times = times
  }

  /// `steps` equal steps from `start` to `end`; backward where `end` is the smaller.
  ///
  /// - Parameters:
  ///   - start: the first time.
  ///   - end: the last time, another than the first.
  ///   - steps: at least 1.
  public init(from start: Double, to end: Double, steps: Int) {
    self.init(from: start, to: end, steps: steps) { $0 }
  }

  /// A grid of `steps` steps that is dense at both ends: t_k = a + (b − a)(1 − cos(πk/n))/2.
  ///
  /// The first and last steps are some (b − a)π²/4n² long; it suits fields that vary fastest there.
  ///
  /// - Parameters:
  ///   - start: the first time, a.
  ///   - end: the last time, b, another than the first.
  ///   - steps: n, at least 1.
  /// - Returns: the grid.
  public static func cosine(from start: Double, to end: Double, steps: Int) -> TimeGrid {
    TimeGrid(from: start, to: end, steps: steps) { fraction in
      // sin² keeps the digits of small numbers that 1 − cos loses.
      let root = sin(0.5 * .pi * fraction)
      return root * root
    }
  }

  /// A grid of `steps` steps whose times are a function of k/n: t_k = a + (b − a) w(k/n).
  ///
  /// - Parameters:
  ///   - start: the first time, a.
  ///   - end: the last time, b, another than the first.
  ///   - steps: n, at least 1.
  ///   - warp: w, strictly increasing from w(0) = 0 to w(1) = 1; it is not asked there.
  public init(
    from start: Double,
    to end: Double,
    steps: Int,
    warp: (Double) -> Double
  ) {
    require(steps >= 1, "a time grid needs at least one step, got \(steps)")
    require(start != end, "a time grid needs two different ends, got \(start) twice")
    let inner = (1..<steps).map { start + (end - start) * warp(Double($0) / Double(steps)) }
    self.init([start] + inner + [end])
  }

  /// The number of steps.
  public var stepCount: Int { times.count - 1 }

  /// The first time.
  public var start: Double { times[0] }

  /// The last time.
  public var end: Double { times[times.count - 1] }

  /// This grid with further times put in; one that is already there, to within 10⁻¹² of the whole
  /// span, is not repeated.
  ///
  /// - Parameter others: times between the ends.
  /// - Returns: the refined grid.
  public func including(_ others: [Double]) -> TimeGrid {
    let rises = end > start
    let tolerance = 1e-12 * abs(end - start)
    var merged = times
    for time in others {
      require(
        time >= min(start, end) - tolerance && time <= max(start, end) + tolerance,
        "the time \(time) is outside the grid from \(start) to \(end)"
      )
      if merged.contains(where: { abs($0 - time) <= tolerance }) { continue }
      let position = merged.firstIndex { rises ? $0 > time : $0 < time } ?? merged.endIndex
      merged.insert(time, at: position)
    }
    return TimeGrid(merged)
  }

  /// The positions in ``times`` of the given times, each met to within rounding: 10⁻⁹ of the
  /// largest of 1 and the ends' magnitudes, wider than what ``including(_:)`` takes for the same.
  func positions(of wanted: [Double]) -> [Int] {
    let tolerance = 1e-9 * max(1, abs(start), abs(end))
    return wanted.map { time in
      let position =
        times.indices.min { abs(times[$0] - time) < abs(times[$1] - time) } ?? 0
      require(
        abs(times[position] - time) <= tolerance,
        "the time \(time) to be saved is not one of the grid's; the nearest is "
          + "\(times[position])"
      )
      return position
    }
  }
}
