internal import Tensors

/// The noise √(2ε(t)) dW of an SDE whose noise does not depend on the state.
///
/// Methods do not ask for ε at single times but for its moments over whole steps, so that no order is
/// lost where ε varies: a noise of variance 2ε(t)h per step has weak order 1.
public struct AdditiveNoise: Sendable {
  private let law: @Sendable (Double, Double) -> NoiseMoments
  /// Whether the moments of an interval are those of its parts joined, as where they are known; a rule's are
  /// not.
  let isAdditive: Bool

  /// Noise whose moments over any interval, the earlier time first, are known.
  ///
  /// - Parameter moments: the moments of 2ε between two times.
  public init(moments: @escaping @Sendable (Double, Double) -> NoiseMoments) {
    self.init(isAdditive: true, law: moments)
  }

  private init(isAdditive: Bool, law: @escaping @Sendable (Double, Double) -> NoiseMoments) {
    self.isAdditive = isAdditive
    self.law = law
  }

  /// Noise of a smooth ε(t), integrated by Gauss's rule of 16 points: to rounding for an ε that is
  /// analytic on the scale of the interval.
  ///
  /// Other ε are integrated less well: √t on [0, h] to 3.5·10⁻⁵ of its integral, √(t(1−t)) on [0, 1] to
  /// 1.2·10⁻⁴, a jump to some 5 percent of its height. Steps that end where ε has a kink or a jump lose
  /// nothing; known moments are exact for any ε.
  ///
  /// - Parameter diffusion: ε, not negative.
  public init(diffusion: @escaping @Sendable (Double) -> Double) {
    isAdditive = false
    law = { start, end in
      let rule = GaussLegendre.sixteen
      let densities = InlineArray<16, Double> { index in
        let value = diffusion(start + (end - start) * rule.nodes[index])
        require(value >= 0, "ε must not be negative, got \(value) between \(start) and \(end)")
        return 2 * value
      }
      var (mass, first) = (0.0, 0.0)
      for index in densities.indices {
        mass += rule.weights[index] * densities[index]
        first += rule.weights[index] * densities[index] * rule.nodes[index]
      }
      if mass == 0 { return NoiseMoments(uniform: 0) }
      let center = first / mass
      var second = 0.0
      for index in densities.indices {
        let distance = rule.nodes[index] - center
        second += rule.weights[index] * densities[index] * distance * distance
      }
      return NoiseMoments(
        variance: mass * (end - start),
        center: center,
        spread: second / mass
      )
    }
  }

  /// Noise of a constant ε.
  ///
  /// - Parameter diffusion: ε, finite and not negative.
  /// - Returns: the noise √(2ε) dW.
  public static func constant(_ diffusion: Double) -> AdditiveNoise {
    AdditiveNoise { NoiseMoments(uniform: 2 * diffusion * ($1 - $0)) }
  }

  /// The moments of a step from one time to another, in the direction of the step.
  public func moments(from time: Double, to end: Double) -> NoiseMoments {
    time <= end ? law(time, end) : law(end, time).reversed
  }

  /// The same noise, its moments over the steps of a grid computed once.
  ///
  /// Over any other interval they are computed when they are asked for. Several threads may use it.
  ///
  /// - Parameter grid: the times of the steps, in either direction.
  /// - Returns: the noise, with the same moments to the last bit.
  public func tabulated(over grid: TimeGrid) -> AdditiveNoise {
    let law = self.law
    var table: [Interval: NoiseMoments] = [:]
    for (time, next) in zip(grid.times, grid.times.dropFirst()) {
      let interval = Interval(start: min(time, next), end: max(time, next))
      table[interval] = law(interval.start, interval.end)
    }
    let moments = table
    return AdditiveNoise(isAdditive: isAdditive) { start, end in
      moments[Interval(start: start, end: end)] ?? law(start, end)
    }
  }

  private struct Interval: Hashable {
    let start: Double
    let end: Double
  }
}
