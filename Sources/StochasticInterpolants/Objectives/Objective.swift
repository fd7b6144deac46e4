public import Gradients
internal import Tensors

/// A quadratic objective: E[½|f(t, x_t)|² − target · f(t, x_t)], whose minimiser over all f is the
/// conditional expectation E[target | x_t = x].
///
/// The excess over the minimum is ½ E|f − f*|², and the minimum −½ E|f*|².
public struct Objective: Sendable {
  /// Which fields the network's heads learn, in their order: most networks have one.
  public let kinds: [VectorField]

  /// The times on which they are learned.
  ///
  /// L_s without antithetic pairs has infinite variance on an interval that reaches a zero of γ;
  /// with pairs it is finite for every interval inside [0, 1].
  public let times: ClosedRange<Double>

  /// How times are drawn on ``times``; the minimiser of the uniform law is kept by exact weights.
  public let timeSampling: TimeSampling

  /// Whether each draw is used twice, with z and −z (algorithm 1 with the pairs of section 6); nil
  /// takes what the paper needs: pairs for scores, for velocities where γ̇ (one-sided α̇) is infinite, and for
  /// drifts whose δ is infinite at t = 1.
  public let isAntithetic: Bool?

  /// The function that learns.
  public let network: any Network

  /// The objective of a network whose heads learn several fields in one pass.
  ///
  /// The loss is the sum of the heads' losses, at the same draws.
  ///
  /// - Parameters:
  ///   - kinds: what each head learns, each kind at most once.
  ///   - network: the function that learns, with as many heads.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  public init(
    _ kinds: [VectorField],
    network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) {
    require(
      times.lowerBound >= 0 && times.upperBound <= 1 && times.lowerBound < times.upperBound,
      "the times of an objective are an interval inside [0, 1], got \(times)"
    )
    require(
      kinds.count == network.heads && !kinds.isEmpty && Set(kinds).count == kinds.count,
      "a network of \(network.heads) heads learns as many different fields, got "
        + "\(kinds.map(\.rawValue))"
    )
    if let density = timeSampling.density {
      require(
        density.times == times,
        "the law of the times is made for \(density.times), the objective for \(times)"
      )
    }
    self.kinds = kinds
    self.times = times
    self.timeSampling = timeSampling
    self.isAntithetic = isAntithetic
    self.network = network
  }

  /// Whether pairs are used with an interpolant.
  func usesPairs(with interpolant: some Interpolant) -> Bool {
    if let isAntithetic { return isAntithetic }
    return kinds.contains { kind in
      switch kind {
      case .score: true
      case .velocity: interpolant.hasSingularLatent
      case .drift: !(interpolant.process(1)?.slope.isFinite ?? true)
      case .denoiser, .conditionalVelocity, .baseDenoiser, .targetDenoiser: false
      }
    }
  }
}
