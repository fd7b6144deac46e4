/// An interpolant by name, as configurations and run directories store it.
public enum InterpolantChoice: Sendable, Hashable, Codable {
  /// α and β by name.
  public enum ScheduleName: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``LinearSchedule``.
    case linear
    /// ``TrigonometricSchedule``.
    case trigonometric
    /// ``VariancePreservingSchedule``, two-sided.
    case variancePreserving = "variance-preserving"
    /// ``EncodingDecodingSchedule``, two-sided.
    case encodingDecoding = "encoding-decoding"
    /// ``SBDMSchedule``, one-sided.
    case sbdm
  }

  /// γ by name.
  public enum LatentName: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``BrownianLatent``.
    case brownian
    /// ``QuadraticLatent``.
    case quadratic
    /// ``SineSquaredLatent``.
    case sineSquared = "sine-squared"
    /// ``SigmoidLatent`` of scale 10.
    case sigmoid
    /// ``ZeroLatent``.
    case zero
  }

  /// From N(0, Id).
  case oneSided(schedule: ScheduleName)
  /// Between any two densities; `scale` is the a of √(a t(1−t)) and unused by the other γ.
  case twoSided(schedule: ScheduleName, gamma: LatentName, scale: Double)

  /// The interpolant of this name.
  ///
  /// - Returns: the interpolant.
  /// - Throws: ``InterpolantChoiceError`` where a schedule and γ do not go together.
  public func interpolant() throws(InterpolantChoiceError) -> AnyInterpolant {
    func wrapped(_ interpolant: some Interpolant) -> AnyInterpolant { AnyInterpolant(interpolant) }
    switch self {
    case .oneSided(let schedule): return wrapped(try Self.oneSided(schedule))
    case .twoSided(let schedule, let gamma, let scale):
      return wrapped(try Self.twoSided(schedule, gamma, scale))
    }
  }

  /// The interpolant with what it bridges; a one-sided one knows its base.
  func path(
    from base: any Density,
    to target: any Density
  ) throws(InterpolantChoiceError) -> AnyPath {
    func oneSided(_ interpolant: some TargetInterpolant) -> AnyPath {
      AnyPath(TargetPath(interpolant, target: target))
    }
    func twoSided(_ interpolant: some CoupledInterpolant) -> AnyPath {
      func joined(_ base: some Density, _ target: some Density) -> AnyPath {
        AnyPath(CoupledPath(interpolant, coupling: IndependentCoupling(base, target)))
      }
      return joined(base, target)
    }
    switch self {
    case .oneSided(let schedule): return oneSided(try Self.oneSided(schedule))
    case .twoSided(let schedule, let gamma, let scale):
      return twoSided(try Self.twoSided(schedule, gamma, scale))
    }
  }

  private static func oneSided(
    _ schedule: ScheduleName
  ) throws(InterpolantChoiceError) -> any TargetInterpolant {
    switch schedule {
    case .linear: OneSidedInterpolant.linear
    case .trigonometric: OneSidedInterpolant.trigonometric
    case .sbdm: OneSidedInterpolant.sbdm
    case .variancePreserving, .encodingDecoding: throw .needsTwoEnds(schedule)
    }
  }

  private static func twoSided(
    _ schedule: ScheduleName,
    _ gamma: LatentName,
    _ scale: Double
  ) throws(InterpolantChoiceError) -> any CoupledInterpolant {
    guard scale > 0 && scale.isFinite else { throw .scale(scale) }
    switch gamma {
    case .brownian: return try twoSided(schedule, BrownianLatent(scale: scale))
    case .quadratic: return try twoSided(schedule, QuadraticLatent())
    case .sineSquared: return try twoSided(schedule, SineSquaredLatent())
    case .sigmoid: return try twoSided(schedule, SigmoidLatent())
    case .zero: return try twoSided(schedule, ZeroLatent())
    }
  }

  private static func twoSided(
    _ name: ScheduleName,
    _ gamma: some LatentSchedule
  ) throws(InterpolantChoiceError) -> any CoupledInterpolant {
    func joined(_ schedule: some Schedule) -> any CoupledInterpolant {
      TwoSidedInterpolant(schedule: schedule, gamma: gamma)
    }
    switch name {
    case .linear: return joined(LinearSchedule())
    case .trigonometric: return joined(TrigonometricSchedule())
    case .encodingDecoding: return joined(EncodingDecodingSchedule())
    case .variancePreserving:
      do {
        return joined(try VariancePreservingSchedule(gamma: gamma))
      } catch {
        throw .interpolant(error)
      }
    case .sbdm: throw .needsGaussianBase(name)
    }
  }
}

extension InterpolantChoice: CustomStringConvertible {
  /// The names of its parts.
  public var description: String {
    switch self {
    case .oneSided(let schedule): "one-sided \(schedule.rawValue)"
    case .twoSided(let schedule, .brownian, let scale):
      "two-sided \(schedule.rawValue), γ brownian of scale \(scale)"
    case .twoSided(let schedule, let gamma, _):
      "two-sided \(schedule.rawValue), γ \(gamma.rawValue)"
    }
  }
}

/// Why a schedule and a latent with names make no interpolant.
public enum InterpolantChoiceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The schedule needs a drawn x₀.
  case needsTwoEnds(InterpolantChoice.ScheduleName)
  /// The schedule needs the base N(0, Id).
  case needsGaussianBase(InterpolantChoice.ScheduleName)
  /// The a of √(a t(1−t)) is not positive.
  case scale(Double)
  /// γ does not fit the schedule.
  case interpolant(InterpolantError)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .needsTwoEnds(let schedule):
      "the schedule \(schedule.rawValue) is for two densities; from a Gaussian take linear, "
        + "trigonometric or sbdm"
    case .needsGaussianBase(let schedule):
      "the schedule \(schedule.rawValue) is for a Gaussian base; between two densities take linear, "
        + "trigonometric, variance-preserving or encoding-decoding"
    case .scale(let scale): "the scale of γ is \(scale), which is not positive"
    case .interpolant(let error): "\(error)"
    }
  }
}
