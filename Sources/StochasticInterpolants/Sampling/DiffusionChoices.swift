internal import RealModule
internal import Tensors

// ε(t) by name. The ends of each stand in its comment: what ε, ε s and ∫ε are there. Each takes the times
// on which it acts: a score that is singular or not trained at an end is left out there, without a bias.

extension Diffusion {
  /// ε = c γ(t)^p, which vanishes where γ does (way (i) of section 6).
  ///
  /// The noise term is taken as εs = −c γ^(p−1) η_z, which is finite at the ends for p ≥ 1: with a
  /// learned denoiser the SDE then runs on all of [0, 1]. For a one-sided interpolant γ is α.
  ///
  /// - Parameters:
  ///   - scale: c, positive.
  ///   - power: p, at least 1.
  ///   - interpolant: whose γ.
  ///   - times: where it acts, inside [0, 1]; nil stands for the times on which the fields were trained.
  ///     Fields without a denoiser need s there.
  /// - Returns: the coefficient.
  public static func latent(
    _ scale: Double,
    power: Double = 1,
    of interpolant: some Interpolant,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    require(scale > 0 && scale.isFinite, "the scale of ε = c γ^p is positive, got \(scale)")
    require(
      power >= 1 && power.isFinite,
      "the power of ε = c γ^p is at least 1, so that ε/γ is finite where γ = 0, got \(power)"
    )
    return Diffusion(
      .latent(
        value: { scale * Double.pow(interpolant.latent($0).value, power) },
        // γ⁰ is 1 also where γ = 0, which pow leaves undefined.
        ratio: { time in
          power == 1 ? scale : scale * Double.pow(interpolant.latent(time).value, power - 1)
        }
      ),
      times: times,
      elsewhere: .flow
    )
  }

  /// ε = α²β̇/β − αα̇, with the least KL divergence of paths of a one-sided bridge with one learned
  /// denoiser (arXiv 2509.01629); (1 − t)/t for the linear schedule, SiT's "SBDM".
  ///
  /// At t = 1 it is −αα̇: 0 with εs finite where α̇ is finite, as for the linear and the trigonometric
  /// schedule, and 1 for SBDM, whose ε is 1/t. At t = 0 it is infinite and so is ∫ε, although s is finite:
  /// it acts on `start...end`, and elsewhere the path is that of the ODE, which has the same law.
  ///
  /// - Parameters:
  ///   - schedule: α and β.
  ///   - start: the time from which it acts, in (0, 1).
  ///   - end: the time up to which it acts, at most 1.
  /// - Returns: the coefficient.
  public static func klOptimal(
    _ schedule: some Schedule,
    from start: Double,
    to end: Double = 1
  ) -> Diffusion {
    require(
      start > 0 && start < end,
      "ε = α²β̇/β − αα̇ and its integral are infinite at t = 0: it starts after 0 and before its end "
        + "\(end), got \(start)"
    )
    @Sendable func value(_ time: Double) -> Double {
      let (alpha, beta) = (schedule.alpha(time), schedule.beta(time))
      return alpha.value * alpha.value * beta.derivative / beta.value - alpha.product
    }
    return Diffusion(
      .latent(
        value: value,
        ratio: { time in
          let (alpha, beta) = (schedule.alpha(time), schedule.beta(time))
          return alpha.value * beta.derivative / beta.value - alpha.derivative
        }
      ),
      times: start...end,
      elsewhere: .flow
    )
  }

  /// ε = |γ²β̇/β − γγ̇| of the Föllmer process, with the least KL divergence of paths of all noises that a
  /// bridge from a point may be given after training (arXiv 2403.13724, 2602.10989).
  ///
  /// e²(1 − t)(1 + t)/2 for β = t and γ = e(1 − t)√t, 0 at t = 1. At t = 0 it is finite, b and s are not:
  /// there, and wherever else it does not act, a path follows the latent's process (3.11), whose drift
  /// is finite.
  ///
  /// - Parameters:
  ///   - interpolant: from a point; whose β and γ.
  ///   - times: where it acts, from a time after 0 on: s must be finite there.
  /// - Returns: the coefficient.
  public static func follmer<S: Schedule, Latent: LatentSchedule>(
    of interpolant: PointMassInterpolant<S, Latent>,
    on times: ClosedRange<Double>
  ) -> Diffusion {
    .custom(on: times, elsewhere: .process) { interpolant.follmerDiffusion($0) }
  }

  /// ε = α(t), SiT's "sigma": 1 at t = 0, 0 at t = 1, where εs = −η_z is finite.
  ///
  /// That holds for one-sided fields of this α. For others ε is the same and they need s, also where ε is 0.
  ///
  /// - Parameters:
  ///   - schedule: α.
  ///   - times: where it acts, inside [0, 1]; nil stands for the times on which the fields were trained.
  ///     Fields without a denoiser need s there.
  /// - Returns: the coefficient.
  public static func noiseLevel(
    _ schedule: some Schedule,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    Diffusion(
      .latent(value: { schedule.alpha($0).value }, ratio: { _ in 1 }),
      times: times,
      elsewhere: .flow
    )
  }

  /// ε = n(1 − t), SiT's "linear" for n = 1.
  ///
  /// n at t = 0, 0 at t = 1; εs is finite there where s is, and for −η_z/α with α = 1 − t it is −nη_z: take
  /// ``latent(_:power:of:on:)`` for that.
  ///
  /// - Parameters:
  ///   - norm: n, positive.
  ///   - times: where it acts; nil stands for the times on which the fields were trained.
  /// - Returns: the coefficient.
  public static func decreasingLinearly(
    _ norm: Double = 1,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    checkNorm(norm)
    return .custom(on: times) { norm * (1 - $0) }
  }

  /// ε = ¼ (n cos(πt) + 1)², SiT's "decreasing": ¼(n+1)² at t = 0, ¼(1−n)² at t = 1.
  ///
  /// It needs s up to the ends of its times, also where ε is 0: the score of a one-sided bridge that
  /// learned b alone has none at t = 1, where `on: 0...0.99` leaves it out.
  ///
  /// - Parameters:
  ///   - norm: n, positive.
  ///   - times: where it acts; nil stands for the times on which the fields were trained.
  /// - Returns: the coefficient.
  public static func decreasing(
    _ norm: Double = 1,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    checkNorm(norm)
    return .custom(on: times) { time in
      let root = norm * Double.cos(.pi * time) + 1
      return 0.25 * root * root
    }
  }

  /// ε = n sin²(πt), SiT's "increasing-decreasing": 0 at both ends, where εs is 0 for a finite s.
  ///
  /// - Parameters:
  ///   - norm: n, positive.
  ///   - times: where it acts; nil stands for the times on which the fields were trained.
  /// - Returns: the coefficient.
  public static func increasingDecreasing(
    _ norm: Double = 1,
    on times: ClosedRange<Double>? = nil
  ) -> Diffusion {
    checkNorm(norm)
    return .custom(on: times) { norm * squaredSine($0) }
  }

  /// ε = n sin²(πt) with εs = −(ε/γ) η_z, which is 0 at both ends: with a learned denoiser the SDE then
  /// runs on all of [0, 1].
  ///
  /// - Parameters:
  ///   - norm: n, positive.
  ///   - interpolant: whose γ (α one-sided); where it is 0 its derivative is not, as that of sin²(πt)
  ///     is, for which ε is ``latent(_:power:of:on:)``.
  ///   - times: where it acts, inside [0, 1]; fields without a denoiser need s there.
  /// - Returns: the coefficient.
  public static func increasingDecreasing(
    _ norm: Double = 1,
    of interpolant: some Interpolant,
    on times: ClosedRange<Double> = 0...1
  ) -> Diffusion {
    checkNorm(norm)
    for time in [times.lowerBound, times.upperBound] {
      let latent = interpolant.latent(time)
      require(
        latent.value != 0 || latent.derivative != 0,
        "γ and its derivative are 0 at t = \(time), so that sin²(πt)/γ has another limit there: take "
          + ".latent, which is n sin²(πt) for γ = sin²(πt)"
      )
    }
    return .custom(
      on: times,
      overLatent: { time in
        let latent = interpolant.latent(time).value
        return latent == 0 ? 0 : norm * squaredSine(time) / latent
      }
    ) { norm * squaredSine($0) }
  }

  /// sin²(πt); sin(π(1−t)) is sin(πt) without the rounding of π near t = 1.
  private static func squaredSine(_ time: Double) -> Double {
    let sine = Double.sin(.pi * (time > 0.5 ? 1 - time : time))
    return sine * sine
  }

  /// The constant ε* = √((L_b − min L_b)/(L_s − min L_s)) of the least bound on KL (2.49), as
  /// ``LikelihoodBounds/optimalDiffusion(velocity:score:)`` has it.
  ///
  /// - Parameters:
  ///   - velocityExcess: L_b[b̂] − min L_b.
  ///   - scoreExcess: L_s[ŝ] − min L_s.
  ///   - times: where it acts; nil stands for the times on which the fields were trained.
  /// - Returns: the coefficient.
  /// - Throws: ``LikelihoodBoundError`` where an excess is not positive, as may be within its error.
  public static func boundOptimal(
    velocityExcess: ExcessLoss,
    scoreExcess: ExcessLoss,
    on times: ClosedRange<Double>? = nil
  ) throws(LikelihoodBoundError) -> Diffusion {
    let best = LikelihoodBounds.optimalDiffusion(velocity: velocityExcess, score: scoreExcess)
    guard best > 0 && best.isFinite else {
      throw .noOptimalDiffusion(
        velocityExcess: velocityExcess.estimate,
        scoreExcess: scoreExcess.estimate
      )
    }
    return .constant(best, on: times)
  }

  private static func checkNorm(_ norm: Double) {
    require(norm > 0 && norm.isFinite, "the norm of ε is positive, got \(norm)")
  }
}
