public import Gradients
internal import Tensors

/// A quadratic objective: E[½|f(t, x_t)|² − target · f(t, x_t)], whose minimiser over all f is the
/// conditional expectation E[target | x_t = x].
///
/// The excess over the minimum is ½ E|f − f*|².
public struct Objective: Sendable {
  /// Which field is learned.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// b with the target ∂_t I + γ̇ z: L_b (2.13).
    case velocity
    /// s with the target −z/γ: L_s (2.16); one-sided −z/α (erratum of (3.19)).
    case score
    /// η_z with the target z: L_η (2.19).
    case denoiser
  }

  /// Which field is learned.
  public let kind: Kind

  /// The times on which it is learned: t is uniform on this interval.
  ///
  /// L_s without antithetic pairs has infinite variance on an interval that reaches a zero of γ;
  /// with pairs it is finite for every interval inside [0, 1].
  public let times: ClosedRange<Double>

  /// Whether each draw is used twice, with z and −z (algorithm 1 with the pairs of section 6); nil
  /// takes what the paper needs: pairs for scores, and for velocities where γ̇ is infinite.
  public let isAntithetic: Bool?

  /// The function that learns.
  public let network: any Network

  init(
    _ kind: Kind,
    network: some Network,
    times: ClosedRange<Double>,
    isAntithetic: Bool?
  ) {
    require(
      times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
      "the times of an objective are an interval inside [0, 1], got \(times)"
    )
    self.kind = kind
    self.times = times
    self.isAntithetic = isAntithetic
    self.network = network
  }

  /// L_b (2.13), whose minimiser is the velocity b.
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func velocity(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(.velocity, network: network, times: times, isAntithetic: isAntithetic)
  }

  /// L_s (2.16), whose minimiser is the score s = ∇ log ρ.
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns; the target grows as 1/γ towards a zero of γ.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func score(
    _ network: some Network,
    times: ClosedRange<Double>,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(.score, network: network, times: times, isAntithetic: isAntithetic)
  }

  /// L_η (2.19), whose minimiser is the denoiser η_z, with s = −η_z/γ (2.18).
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func denoiser(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(.denoiser, network: network, times: times, isAntithetic: isAntithetic)
  }

  /// Whether pairs are used with an interpolant.
  func usesPairs(with interpolant: some Interpolant) -> Bool {
    if let isAntithetic { return isAntithetic }
    switch kind {
    case .score: return true
    case .velocity: return interpolant.hasSingularLatent
    case .denoiser: return false
    }
  }
}
