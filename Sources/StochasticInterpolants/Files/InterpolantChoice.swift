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
    switch self {
    case .oneSided(.linear): return AnyInterpolant(OneSidedInterpolant.linear)
    case .oneSided(.trigonometric): return AnyInterpolant(OneSidedInterpolant.trigonometric)
    case .oneSided(.sbdm): return AnyInterpolant(OneSidedInterpolant.sbdm)
    case .oneSided(let schedule): throw .needsTwoEnds(schedule)
    case .twoSided(let schedule, let gamma, let scale):
      guard scale > 0 && scale.isFinite else { throw .scale(scale) }
      switch gamma {
      case .brownian: return try Self.twoSided(schedule, BrownianLatent(scale: scale))
      case .quadratic: return try Self.twoSided(schedule, QuadraticLatent())
      case .sineSquared: return try Self.twoSided(schedule, SineSquaredLatent())
      case .sigmoid: return try Self.twoSided(schedule, SigmoidLatent())
      case .zero: return try Self.twoSided(schedule, ZeroLatent())
      }
    }
  }

  private static func twoSided(
    _ name: ScheduleName,
    _ gamma: some LatentSchedule
  ) throws(InterpolantChoiceError) -> AnyInterpolant {
    func joined(_ schedule: some Schedule) -> AnyInterpolant {
      AnyInterpolant(TwoSidedInterpolant(schedule: schedule, gamma: gamma))
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
