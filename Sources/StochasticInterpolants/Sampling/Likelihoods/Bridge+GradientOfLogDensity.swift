public import Integrators
public import Tensors

extension Bridge {
  /// The gradient ∇ₓ log ρ̂ of the density of what the probability flow ODE draws, in the user's coordinates.
  ///
  /// Forward at t₁ of what starts from ρ₀, backward at t₀ of what starts from ρ₁. In the user's coordinates
  /// x = m + A y it is A⁻ᵀ ∇_y log ρ̂.
  ///
  /// - Parameters:
  ///   - points: x, `[count, dimension]`, in the user's coordinates.
  ///   - start: ρ(t₀) forward, ρ(t₁) backward, in the user's coordinates; nil for the bridge's own end, ρ₀
  ///     or ρ₁, where t₀ must be 0 or t₁ 1.
  ///   - method: the Runge–Kutta method.
  ///   - steps: the number of steps, each way.
  ///   - spacing: how the steps are spread.
  ///   - times: t₀ and t₁.
  ///   - direction: forward for the density at t₁, backward for that at t₀.
  ///   - workers: the threads.
  /// - Returns: `[count, dimension]`.
  /// - Throws: ``SamplingError``, which names the cause and the ways out.
  public func gradientOfLogDensity(
    _ points: Tensor<Double>,
    from start: (any ScoredDensity)? = nil,
    method: RungeKutta = .rk4,
    steps: Int = 100,
    spacing: StepSpacing = .uniform,
    times: ClosedRange<Double> = 0...1,
    direction: Direction = .forward,
    workers: Workers = .shared
  ) throws(SamplingError) -> Tensor<Double> {
    let origin = try scoredStart(start, times: times, direction: direction)
    let gradients = try Sampler(fields, workers: workers).gradientOfLogDensity(
      ownPoints(points),
      from: origin,
      method: method,
      steps: steps,
      spacing: spacing,
      times: times,
      direction: direction
    )
    return userGradients(gradients)
  }
}
