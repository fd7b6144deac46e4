internal import Tensors

/// How paths that stop at t_f inside (0, 1) are brought to the end.
///
/// A way out where a field is singular or was not trained at the end: the times stop at t_f, and one
/// last evaluation there goes the rest of the way, h = 1 − t_f (backward h = t_f). The law of the end is
/// then off by what the step leaves out, which shrinks with h. Times that go to the end themselves have no such step:
/// with one the program stops.
public struct FinishingStep: Sendable {
  enum Kind: Sendable {
    case none
    case denoise
    case tweedie(latent: @Sendable (Double) -> Double)
    case mean
    case flow
  }

  let kind: Kind

  /// The points at t_f, as they are: of the law ρ(t_f).
  public static let none = FinishingStep(kind: .none)

  /// X ← E[x₁ | x_{t_f} = X] = η₁(t_f, X), backward η₀: the last step of the iterated denoiser
  /// (5.13), (5.14).
  ///
  /// η₀ = E[x₀ | x_{t_f} = X] is η_z where the base point is the latent, of one-sided interpolants, and η₁ of a
  /// mirror, where x₀ = x₁. A bridge from one point has none: the backward step is refused.
  ///
  /// It replaces the law of x₁ given x_{t_f} by its mean: modes lose the variance of that law, for a
  /// one-sided linear interpolant in the mean at most (1 − t_f)²/t_f² in each direction.
  public static let denoise = FinishingStep(kind: .denoise)

  /// X ← X − γη_z(t_f, X) = X + γ² s: Tweedie's estimate of I(t_f, x₀, x₁), the point without its latent.
  ///
  /// For a one-sided interpolant from a Gaussian I = βx₁, so X ← (X − αη_z)/β, which is η₁ of ``denoise``.
  ///
  /// - Parameter interpolant: whose γ (α of a one-sided one, with β).
  /// - Returns: the step.
  public static func tweedie(_ interpolant: some Interpolant) -> FinishingStep {
    // A mirror and a bridge from a point have no latent at t = 0; J of one's own is not βx₁.
    let isFromGaussian =
      !interpolant.hasBasePoint && interpolant.linearCoefficients(0) != nil
      && interpolant.latent(0).value != 0
    if isFromGaussian { return .denoise }
    return FinishingStep(kind: .tweedie(latent: { interpolant.latent($0).value }))
  }

  /// X ← X + h (b + εs)(t_f, X): a step of the path's own drift without its noise, the last step
  /// "Mean" of the SiT code.
  public static let mean = FinishingStep(kind: .mean)

  /// X ← X + h b(t_f, X): a step of the probability flow ODE, the last step "Euler" of the SiT code.
  public static let flow = FinishingStep(kind: .flow)

  var isNone: Bool {
    if case .none = kind { return true }
    return false
  }

  /// Whether γ of the step is that of the fields at t_f, where they know theirs.
  func check(_ fields: some Fields, at time: Double) throws(SamplingError) {
    guard case .tweedie(let latent) = kind, let own = fields as? any InterpolantFields else {
      return
    }
    let (given, known) = (latent(time), own.latent(time))
    if given.isClose(to: known) { return }
    throw .otherSchedule(
      purpose: "Tweedie's step",
      time: time,
      coefficient: "γ",
      given: given,
      fields: known
    )
  }

  /// What its fields are needed for, in messages.
  package static let purpose = "the finishing step"

  /// What the step needs at t_f.
  func wanted(of fields: some Fields, motion: Motion, direction: Direction) -> Quantities {
    switch kind {
    case .none: []
    case .denoise: direction == .forward ? .targetDenoiser : Self.baseDenoiser(of: fields)
    case .tweedie: .denoiser
    case .mean: motion.wanted
    case .flow: .velocity
    }
  }

  /// The quantity that is E[x₀ | x_t], where x₀ may be the latent or x₁.
  private static func baseDenoiser(of fields: some Fields) -> Quantities {
    guard let own = fields as? any InterpolantFields, !own.hasBasePoint else {
      return .baseDenoiser
    }
    if own.latent(0) != 0 { return .denoiser }
    // x₀ = βx₁ but for a fixed point, which has the coefficient α.
    return own.linearCoefficients(0)?.alpha.value == 0 ? .targetDenoiser : .baseDenoiser
  }

  /// The end of paths that stand at t_f.
  ///
  /// - Parameters:
  ///   - state: X, a block of rows.
  ///   - time: t_f.
  ///   - motion: what the paths follow at t_f.
  ///   - direction: forward to t = 1 or backward to t = 0.
  ///   - evaluator: made for `wanted`.
  ///   - wanted: what ``wanted(of:motion:direction:)`` says.
  ///   - values: memory for what it writes.
  /// - Returns: the points at the end.
  func end<E: FieldEvaluator>(
    of state: Tensor<Double>,
    time: Double,
    motion: Motion,
    direction: Direction,
    evaluator: E,
    wanted: Quantities,
    values: inout FieldValues
  ) -> Tensor<Double> {
    let step = direction == .forward ? 1 - time : -time
    func moved(along motion: Motion) -> Tensor<Double> {
      var drift = Drift(evaluator, values, motion, rows: state.shape[0], sign: direction.sign)
      var slope = Tensor<Double>(zeros: state.shape)
      drift.evaluate(time: time, state: state, into: &slope)
      return state + slope * step
    }
    switch kind {
    case .none: return state
    case .mean: return moved(along: motion)
    case .flow: return moved(along: .flow)
    case .denoise:
      evaluator.evaluate(time: time, points: state, into: &values)
      return values[wanted]
    case .tweedie(let latent):
      evaluator.evaluate(time: time, points: state, into: &values)
      return state - values.denoiser * latent(time)
    }
  }
}
