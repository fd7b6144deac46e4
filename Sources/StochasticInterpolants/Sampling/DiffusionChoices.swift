internal import RealModule
internal import Tensors

// ε(t) by name. The ends of each stand in its comment: what ε, ε s and ∫ε are there.

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
  /// - Returns: the coefficient.
  public static func latent(
    _ scale: Double,
    power: Double = 1,
    of interpolant: some Interpolant
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
      times: 0...1,
      elsewhere: .flow
    )
  }

  /// ε = α²β̇/β − αα̇, with the least KL divergence of paths of a one-sided bridge with one learned
  /// denoiser (arXiv 2509.01629); (1 − t)/t for the linear schedule, SiT's "SBDM".
  ///
  /// 0 at t = 1 with εs finite there. At t = 0 it is infinite and so is ∫ε, although s is finite: it acts
  /// on `start...1`, and the ODE, which has the same law, goes from 0 to `start`.
  ///
  /// - Parameters:
  ///   - schedule: α and β.
  ///   - start: the time from which it acts, in (0, 1).
  /// - Returns: the coefficient.
  public static func klOptimal(_ schedule: some Schedule, from start: Double) -> Diffusion {
    require(
      start > 0 && start < 1,
      "ε = α²β̇/β − αα̇ and its integral are infinite at t = 0: it starts inside (0, 1), got \(start)"
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
      times: start...1,
      elsewhere: .flow
    )
  }

  /// ε = α(t), SiT's "sigma": 1 at t = 0, 0 at t = 1, where εs = −η_z is finite.
  ///
  /// - Parameter schedule: α.
  /// - Returns: the coefficient.
  public static func noiseLevel(_ schedule: some Schedule) -> Diffusion {
    Diffusion(
      .latent(value: { schedule.alpha($0).value }, ratio: { _ in 1 }),
      times: 0...1,
      elsewhere: .flow
    )
  }

  /// ε = n(1 − t), SiT's "linear" for n = 1.
  ///
  /// n at t = 0, 0 at t = 1; εs is finite there where s is, and for −η_z/α with α = 1 − t it is −nη_z: take
  /// ``latent(_:power:of:)`` for that.
  ///
  /// - Parameter norm: n, positive.
  /// - Returns: the coefficient.
  public static func decreasingLinearly(_ norm: Double = 1) -> Diffusion {
    checkNorm(norm)
    return .custom { norm * (1 - $0) }
  }

  /// ε = ¼ (n cos(πt) + 1)², SiT's "decreasing": ¼(n+1)² at t = 0, ¼(1−n)² at t = 1.
  ///
  /// - Parameter norm: n, positive.
  /// - Returns: the coefficient.
  public static func decreasing(_ norm: Double = 1) -> Diffusion {
    checkNorm(norm)
    return .custom { time in
      let root = norm * Double.cos(.pi * time) + 1
      return 0.25 * root * root
    }
  }

  /// ε = n sin²(πt), SiT's "increasing-decreasing": 0 at both ends, where εs is 0 for a finite s.
  ///
  /// - Parameter norm: n, positive.
  /// - Returns: the coefficient.
  public static func increasingDecreasing(_ norm: Double = 1) -> Diffusion {
    checkNorm(norm)
    return .custom { norm * squaredSine($0) }
  }

  /// ε = n sin²(πt) with εs = −(ε/γ) η_z, which is 0 at both ends: with a learned denoiser the SDE then
  /// runs on all of [0, 1].
  ///
  /// - Parameters:
  ///   - norm: n, positive.
  ///   - interpolant: whose γ (α one-sided); where it is 0 its derivative is not, as that of sin²(πt)
  ///     is, for which ε is ``latent(_:power:of:)``.
  /// - Returns: the coefficient.
  public static func increasingDecreasing(
    _ norm: Double = 1,
    of interpolant: some Interpolant
  ) -> Diffusion {
    checkNorm(norm)
    for time in [0, 1.0] {
      let latent = interpolant.latent(time)
      require(
        latent.value != 0 || latent.derivative != 0,
        "γ and its derivative are 0 at t = \(time), so that sin²(πt)/γ has another limit there: take "
          + ".latent, which is n sin²(πt) for γ = sin²(πt)"
      )
    }
    return .custom(
      on: 0...1,
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

  /// The constant ε* = √((L_b − min L_b)/(L_s − min L_s)) of the least bound on KL (2.49).
  ///
  /// - Parameters:
  ///   - velocityExcess: L_b[b̂] − min L_b, not negative: the minimum must be known.
  ///   - scoreExcess: L_s[ŝ] − min L_s, positive.
  /// - Returns: the coefficient.
  public static func boundOptimal(velocityExcess: Double, scoreExcess: Double) -> Diffusion {
    require(
      velocityExcess >= 0 && scoreExcess > 0 && velocityExcess.isFinite && scoreExcess.isFinite,
      "excess losses are differences to the minimum: L_b's is not negative and L_s's is positive, "
        + "got \(velocityExcess) and \(scoreExcess)"
    )
    return .constant((velocityExcess / scoreExcess).squareRoot())
  }

  private static func checkNorm(_ norm: Double) {
    require(norm > 0 && norm.isFinite, "the norm of ε is positive, got \(norm)")
  }
}
