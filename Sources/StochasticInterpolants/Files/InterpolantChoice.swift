/// An interpolant by name, as configurations and run directories store it.
public enum InterpolantChoice: Sendable, Hashable, Codable {
  /// α and β by name.
  public enum ScheduleName: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``LinearSchedule``.
    case linear
    /// ``TrigonometricSchedule``.
    case trigonometric
  }

  /// γ by name.
  public enum LatentName: String, Sendable, Hashable, Codable, CaseIterable {
    /// ``BrownianLatent``.
    case brownian
    /// ``QuadraticLatent``.
    case quadratic
    /// ``SineSquaredLatent``.
    case sineSquared = "sine-squared"
    /// ``ZeroLatent``.
    case zero
  }

  /// From N(0, Id).
  case oneSided(schedule: ScheduleName)
  /// Between any two densities; `scale` is the a of √(a t(1−t)) and unused by the other γ.
  case twoSided(schedule: ScheduleName, gamma: LatentName, scale: Double)

  /// The interpolant of this name.
  public var interpolant: AnyInterpolant {
    switch self {
    case .oneSided(.linear): AnyInterpolant(OneSidedInterpolant.linear)
    case .oneSided(.trigonometric): AnyInterpolant(OneSidedInterpolant.trigonometric)
    case .twoSided(_, let gamma, let scale):
      switch gamma {
      case .brownian:
        AnyInterpolant(TwoSidedInterpolant.linear(gamma: BrownianLatent(scale: scale)))
      case .quadratic: AnyInterpolant(TwoSidedInterpolant.linear(gamma: QuadraticLatent()))
      case .sineSquared: AnyInterpolant(TwoSidedInterpolant.linear(gamma: SineSquaredLatent()))
      case .zero: AnyInterpolant(TwoSidedInterpolant.linear(gamma: ZeroLatent()))
      }
    }
  }
}
