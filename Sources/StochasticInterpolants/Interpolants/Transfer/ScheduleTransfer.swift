internal import RealModule

/// The change of time and scale between two interpolants of the same ends (arXiv 2509.01629):
/// x_t = x⁺_{t⁺}/r.
///
/// α, β and γ of one at t are those of the other at t⁺ divided by r(t): t⁺ has the same ratios, and r
/// is the ratio of their norms. With one-sided interpolants such a t⁺ exists for any two schedules;
/// with two-sided ones the ratio γ : α must agree too.
public struct ScheduleTransfer<Source: Interpolant, Target: Interpolant>: Sendable {
  /// The interpolant whose fields are known.
  public let source: Source
  /// The interpolant whose fields are wanted.
  public let target: Target

  /// t⁺ and r at one time, with their rates.
  public struct Point: Sendable, Hashable {
    /// t⁺.
    public var time: Double
    /// dt⁺/dt; infinite where a coefficient of the target has a vertical tangent, or where the source's β/α is at
    /// rest, and not a number where that of the target is at rest too.
    public var rate: Double
    /// r.
    public var scale: Double
    /// ṙ/r; not a number where ``rate`` is not finite.
    public var growth: Double
  }

  /// Checks that one interpolant can be used for the other.
  ///
  /// - Parameters:
  ///   - source: the interpolant whose fields are known.
  ///   - target: the interpolant whose fields are wanted.
  /// - Throws: ``TransferError`` where one is not linear in its ends, they have different ends, or γ
  ///   differs.
  public init(from source: Source, to target: Target) throws(TransferError) {
    guard source.linearCoefficients(0.5) != nil, target.linearCoefficients(0.5) != nil else {
      throw .notLinear
    }
    guard source.hasBasePoint == target.hasBasePoint,
      source.source == target.source, source.latentCovariance == target.latentCovariance
    else { throw .differentEnds }
    // A fixed x₀ would be scaled with the rest of x_t; and β/α of a mirror does not grow.
    guard source.source == nil else { throw .fixedPoint }
    for interpolant in [source as any Interpolant, target as any Interpolant] {
      let start = interpolant.linearCoefficients(0).map { Self.angle($0, source.hasBasePoint) }
      guard let start, start < 0.1 else { throw .notFromStart }
    }
    self.source = source
    self.target = target
    guard source.hasBasePoint else { return }
    let times = (1..<32).map { Double($0) / 32 }
    let largest = times.reduce(0) { max($0, target.linearCoefficients($1)?.latent.value ?? 0) }
    for time in times {
      guard let own = target.linearCoefficients(time),
        let point = self.point(time),
        let other = source.linearCoefficients(point.time)
      else { continue }
      // r of α and β alone: γ has the unit of the data, in which it may be the whole norm or nothing of it.
      let scale =
        Double.hypot(other.alpha.value, other.beta.value)
        / Double.hypot(own.alpha.value, own.beta.value)
      let expected = other.latent.value / scale
      // Relative to the largest γ: a root of the ratio has this rounding error.
      if !(abs(expected - own.latent.value) <= 1e-7 * largest) {
        throw .latentDiffers(time: time, value: own.latent.value, expected: expected)
      }
    }
  }

  private static func norm(_ own: LinearCoefficients) -> Double {
    (own.alpha.value * own.alpha.value + own.beta.value * own.beta.value
      + own.latent.value * own.latent.value).squareRoot()
  }

  /// The coefficient against which β is compared: that of x₀, or of the latent that stands for it.
  private static func start(_ own: LinearCoefficients, _ hasBasePoint: Bool) -> Coefficient {
    hasBasePoint ? own.alpha : own.latent
  }

  /// θ = atan(β/α), which grows from 0 to π/2.
  private static func angle(_ own: LinearCoefficients, _ hasBasePoint: Bool) -> Double {
    Double.atan2(y: own.beta.value, x: start(own, hasBasePoint).value)
  }

  /// θ̇ and ḣ/h with h the norm; the first infinite where α̇ is, and 0 where β/α is at rest.
  private static func rates(
    _ own: LinearCoefficients,
    _ hasBasePoint: Bool
  ) -> (angle: Double, norm: Double) {
    let alpha = start(own, hasBasePoint)
    let square = alpha.value * alpha.value + own.beta.value * own.beta.value
    let norm = norm(own)
    var growth = alpha.product + own.beta.product
    if hasBasePoint { growth += own.latent.product }
    return (
      (alpha.value * own.beta.derivative - alpha.derivative * own.beta.value) / square,
      growth / (norm * norm)
    )
  }

  /// t⁺ and r at a time.
  ///
  /// - Parameter time: t in [0, 1].
  /// - Returns: nil where the source's β/α does not reach the target's: only at an end of an
  ///   interpolant with an approximate boundary.
  public func point(_ time: Double) -> Point? {
    guard let own = target.linearCoefficients(time) else { return nil }
    let hasBasePoint = target.hasBasePoint
    let angle = Self.angle(own, hasBasePoint)
    func sourceAngle(_ time: Double) -> Double {
      source.linearCoefficients(time).map { Self.angle($0, hasBasePoint) } ?? .nan
    }
    guard angle >= sourceAngle(0), angle <= sourceAngle(1) else { return nil }
    // A β that begins as t² is 0 to the last bit for some time after t = 0, with a rate of nearly 0.
    let found = angle == sourceAngle(0) ? 0 : lastTime { sourceAngle($0) <= angle }
    guard let other = source.linearCoefficients(found) else { return nil }
    let (rates, sourceRates) = (
      Self.rates(own, hasBasePoint), Self.rates(other, hasBasePoint)
    )
    let rate = rates.angle / sourceRates.angle
    return Point(
      time: found,
      rate: rate,
      scale: Self.norm(other) / Self.norm(own),
      growth: sourceRates.norm * rate - rates.norm
    )
  }
}

/// Why the fields of one interpolant cannot be used for another.
public enum TransferError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One of the two has no α and β.
  case notLinear
  /// One has a point x₀, or a fixed x₀, or a base covariance, that the other does not have.
  case differentEnds
  /// x₀ is one fixed point, which a change of scale would move.
  case fixedPoint
  /// β/α does not grow from 0, as that of a mirror.
  case notFromStart
  /// The fields belong to another interpolant than was said.
  case otherInterpolant(time: Double, coefficient: String, given: Double, fields: Double)
  /// γ is not what the ratio of α and β asks for.
  case latentDiffers(time: Double, value: Double, expected: Double)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .notLinear: "a transfer needs two interpolants that are linear in their ends"
    case .differentEnds:
      "a transfer needs two interpolants of the same ends: both with a drawn x0, or both one-sided "
        + "from one base"
    case .fixedPoint: "a transfer between bridges from a fixed point is not offered"
    case .notFromStart:
      "a transfer needs interpolants whose β/α grows from 0, which a mirror's does not"
    case .otherInterpolant(let time, let coefficient, let given, let fields):
      "a transfer was given an interpolant of \(coefficient) = \(given) at t = \(time), where the fields' own has "
        + "\(fields); from: is the one they belong to"
    case .latentDiffers(let time, let value, let expected):
      "a transfer needs the same ratios α : β : γ; at t = \(time) γ is \(value) and would have to be "
        + "\(expected)"
    }
  }
}
