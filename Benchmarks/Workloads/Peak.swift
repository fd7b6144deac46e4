internal import CMultiplyAdds
public import Tensors

/// What the processors multiply and add in registers, in billions of operations a second: no product of
/// Float is faster.
///
/// It changes with the clock, and on a shared host with what others leave: it is taken many times.
public struct Peak: Sendable {
  /// Of all workers together.
  public let rate: Spread
  /// The fastest of all runs.
  public let fastest: Double

  /// - Parameters:
  ///   - runs: how often it is taken, for some hundredths of a second each.
  ///   - workers: the threads.
  public init(runs: Int = 101, workers: Workers) {
    let rounds = 1 << 21
    let count = cma_multiply_adds(rounds) * Double(workers.count)
    let rates = (0..<runs).map { _ in
      count / seconds { workers.forEach(workers.count) { _, _ in _ = cma_multiply_adds(rounds) } }
        / 1e9
    }
    rate = Spread(rates)
    fastest = rates.max() ?? 0
  }
}
