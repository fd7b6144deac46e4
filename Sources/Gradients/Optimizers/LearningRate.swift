internal import RealModule
internal import Tensors

/// The learning rate as a function of the step.
///
/// Steps count from 0: `schedule(n)` is the rate of update n + 1, after n updates.
public struct LearningRate: Sendable, Hashable, Codable {
  /// How the rate changes after the warm-up.
  public enum Decay: Sendable, Hashable, Codable {
    /// It stays.
    case constant
    /// It is multiplied by `factor` after every `period` steps.
    case step(period: Int, factor: Double)
    /// It follows half a cosine from the initial rate to `final` over `period` steps, then stays.
    case cosine(period: Int, final: Double)
  }

  /// The rate before any decay.
  public var initial: Double
  /// How the rate changes after the warm-up.
  public var decay: Decay
  /// The number of steps over which the rate first rises linearly; step n of the warm-up has rate
  /// `initial` · (n + 1)/(warmUp + 1).
  public var warmUp: Int

  /// Describes a schedule.
  ///
  /// - Parameters:
  ///   - initial: positive.
  ///   - decay: how the rate changes after the warm-up.
  ///   - warmUp: the number of steps of linear rise; the decay starts to count after them.
  public init(_ initial: Double, decay: Decay = .constant, warmUp: Int = 0) {
    self.initial = initial
    self.decay = decay
    self.warmUp = warmUp
    check()
  }

  /// What is out of range, with the value; nil for a schedule that can be used.
  package var problem: String? {
    if !(initial > 0 && initial.isFinite) {
      return "a learning rate must be positive and finite, got \(initial)"
    }
    if warmUp < 0 { return "the warm-up has a number of steps that is not negative, got \(warmUp)" }
    switch decay {
    case .constant: return nil
    case .step(let period, let factor):
      if period >= 1 && factor > 0 && factor.isFinite { return nil }
      return
        "a step schedule needs a period ≥ 1 and a finite factor > 0, got \(period) and \(factor)"
    case .cosine(let period, let final):
      if period >= 1 && final >= 0 && final.isFinite { return nil }
      return
        "a cosine schedule needs a period ≥ 1 and a finite final rate ≥ 0, got \(period) and \(final)"
    }
  }

  /// Stops where a value is out of range, also one that was set or decoded after the initialiser.
  private func check() { require(problem == nil, problem ?? "") }

  /// The rate after `step` updates.
  public func callAsFunction(_ step: Int) -> Double {
    check()
    if step < warmUp { return initial * (Double(step) + 1) / (Double(warmUp) + 1) }
    let own = step - warmUp
    switch decay {
    case .constant: return initial
    case .step(let period, let factor): return initial * Double.pow(factor, own / period)
    case .cosine(let period, let final):
      let phase = min(1, Double(own) / Double(period))
      return final + (initial - final) * 0.5 * (1 + Double.cos(Double.pi * phase))
    }
  }
}
