internal import RealModule
internal import Tensors

/// The time change between a one-sided interpolant and stochastic localisation (section 5.1).
///
/// Localisation observes Y_T = T x₁ + W_T, T in [0, ∞). With T = (β/α)² the observation
/// (β/α²) x_t has its law, and its drift, the posterior mean E[x₁ | Y_T = y], is η₁ of the
/// interpolant: dY = η₁ dT + dW. t = 0 is T = 0 and t = 1 is T = ∞.
public struct StochasticLocalization<S: Schedule>: Sendable {
  /// α and β.
  public let schedule: S

  /// The localisation that belongs to a schedule.
  public init(_ schedule: S) { self.schedule = schedule }

  /// T = (β/α)².
  ///
  /// - Parameter time: t in [0, 1].
  /// - Returns: T, infinite at t = 1.
  public func localizationTime(_ time: Double) -> Double {
    let ratio = schedule.beta(time).value / schedule.alpha(time).value
    return ratio * ratio
  }

  /// t with (β/α)² = T, by bisection to neighbouring numbers.
  ///
  /// - Parameter localizationTime: T ≥ 0, infinite allowed.
  /// - Returns: t in [0, 1].
  public func time(_ localizationTime: Double) -> Double {
    require(
      localizationTime >= 0,
      "the time T of a localisation is not negative, got \(localizationTime)"
    )
    return lastTime { self.localizationTime($0) <= localizationTime }
  }

  /// Y = (β/α²) x, the observation that belongs to x_t = x.
  ///
  /// - Parameters:
  ///   - points: x.
  ///   - time: t in [0, 1).
  /// - Returns: Y.
  /// - Throws: ``ConversionError`` at t = 1, where Y is infinite.
  public func observation<Field: ConvertibleField>(
    _ points: Field,
    at time: Double
  ) throws(ConversionError) -> Field {
    let alpha = schedule.alpha(time).value
    guard alpha != 0 else {
      throw .singular(
        conversion: "Y = (β/α²) x",
        time: time,
        reason: "α = 0: the localisation is at T = ∞, where Y/T = x₁"
      )
    }
    return points * (schedule.beta(time).value / (alpha * alpha))
  }

  /// x = α²Y/β, the point of the interpolant that belongs to an observation.
  ///
  /// - Parameters:
  ///   - observation: Y.
  ///   - time: t in (0, 1).
  /// - Returns: x.
  /// - Throws: ``ConversionError`` at t = 0, where Y = 0 whatever x is.
  public func points<Field: ConvertibleField>(
    _ observation: Field,
    at time: Double
  ) throws(ConversionError) -> Field {
    let beta = schedule.beta(time).value
    guard beta != 0 else {
      throw .singular(
        conversion: "x = α²Y/β",
        time: time,
        reason: "β = 0: the observation Y = 0 says nothing of x"
      )
    }
    let alpha = schedule.alpha(time).value
    return observation * (alpha * alpha / beta)
  }
}
