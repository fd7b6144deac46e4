public import Gradients

// One network, one field: the objectives by name.

extension Objective {
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
}
