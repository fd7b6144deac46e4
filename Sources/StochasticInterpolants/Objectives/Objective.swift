public import Gradients
public import Tensors

/// A quadratic objective: E[½|f(t, x_t)|² − target · f(t, x_t)], whose minimiser over all f is the
/// conditional expectation E[target | x_t = x].
///
/// The excess over the minimum is ½ E|f − f*|², and the minimum −½ E|f*|².
public struct Objective: Sendable {
  /// Which field is learned.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// b with the target ∂_t I + γ̇ z: L_b (2.13).
    case velocity
    /// v with the target ∂_t I: L_v (2.29).
    case conditionalVelocity
    /// s with the target −z/γ: L_s (2.16); one-sided −z/α (erratum of (3.19)).
    case score
    /// η_z with the target z: L_η (2.19).
    case denoiser
    /// η₀ with the target x₀ (4.6).
    case baseDenoiser
    /// η₁ with the target x₁ (4.6).
    case targetDenoiser
    /// u = b + εs of the latent's process with the target ∂_t I + δ z: L_u (3.14).
    case drift
  }

  /// Which fields the network's heads learn, in their order: most networks have one.
  public let kinds: [Kind]

  /// The times on which they are learned.
  ///
  /// L_s without antithetic pairs has infinite variance on an interval that reaches a zero of γ;
  /// with pairs it is finite for every interval inside [0, 1].
  public let times: ClosedRange<Double>

  /// How times are drawn on ``times``; the minimiser of the uniform law is kept by exact weights.
  public let timeSampling: TimeSampling

  /// Whether each draw is used twice, with z and −z (algorithm 1 with the pairs of section 6); nil
  /// takes what the paper needs: pairs for scores, and for velocities where γ̇ is infinite.
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
    _ kinds: [Kind],
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

  /// L_b (2.13), whose minimiser is the velocity b.
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func velocity(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.velocity],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_v (2.29), whose minimiser is v = E[∂_t I | x_t], with b = v − γγ̇s (2.27).
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func conditionalVelocity(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.conditionalVelocity],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_s (2.16), whose minimiser is the score s = ∇ log ρ.
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns; the target grows as 1/γ towards a zero of γ.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func score(
    _ network: some Network,
    times: ClosedRange<Double>,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.score],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_s for s = −∇E (remark 2.13): the score as the gradient of a learned energy.
  ///
  /// - Parameters:
  ///   - potential: the network whose outputs' sum is E.
  ///   - times: the times on which it learns; the target grows as 1/γ towards a zero of γ.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func energy(
    _ potential: some Network,
    times: ClosedRange<Double>,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    .score(
      EnergyNetwork(potential),
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_η (2.19), whose minimiser is the denoiser η_z, with s = −η_z/γ (2.18).
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func denoiser(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.denoiser],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_η₀ (4.6), whose minimiser is η₀ = E[x₀ | x_t].
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func baseDenoiser(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.baseDenoiser],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_η₁ (4.6), whose minimiser is η₁ = E[x₁ | x_t].
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func targetDenoiser(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.targetDenoiser],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
  }

  /// L_u (3.14), whose minimiser is the drift u = b + εs of the latent's process (3.10).
  ///
  /// - Parameters:
  ///   - network: the function that learns.
  ///   - times: the times on which it learns; δ of a Brownian bridge is infinite at t = 1.
  ///   - timeSampling: how times are drawn.
  ///   - isAntithetic: see ``isAntithetic``.
  /// - Returns: the objective.
  public static func drift(
    _ network: some Network,
    times: ClosedRange<Double> = 0...1,
    timeSampling: TimeSampling = .uniform,
    isAntithetic: Bool? = nil
  ) -> Objective {
    Objective(
      [.drift],
      network: network,
      times: times,
      timeSampling: timeSampling,
      isAntithetic: isAntithetic
    )
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

extension InterpolantSample {
  /// The target of a field at ``points(sign:)``.
  ///
  /// - Parameters:
  ///   - kind: which field.
  ///   - sign: 1, or −1 for the antithetic partner.
  /// - Returns: `[rows, dimension]`.
  public func target(_ kind: Objective.Kind, sign: Double = 1) -> Tensor<Double> {
    switch kind {
    case .velocity: return velocityTarget(sign: sign)
    case .conditionalVelocity: return conditionalVelocityTarget()
    case .score: return scoreTarget(sign: sign)
    case .denoiser: return denoiserTarget(sign: sign)
    case .baseDenoiser:
      guard let base else { fatalError("this interpolant has no point x₀ of its own") }
      return base
    case .targetDenoiser: return target
    case .drift: return processDriftTarget(sign: sign)
    }
  }
}
