internal import RealModule
internal import Tensors

/// The coefficient γ of the latent z.
///
/// γ(0) = γ(1) = 0 and γ > 0 between (definition 2.1), or γ = 0 everywhere.
public protocol LatentSchedule: Sendable {
  /// γ, γ̇ and γγ̇ at t in [0, 1].
  func callAsFunction(_ time: Double) -> Coefficient

  /// Whether γ vanishes at all times, so that there is no latent and no score to learn.
  var isZero: Bool { get }

  /// The process of which γz is the law at t; nil where γ belongs to none.
  func process(_ time: Double) -> LatentProcess?
}

extension LatentSchedule {
  /// Nil: γ is a function, not the law of a process.
  public func process(_ time: Double) -> LatentProcess? { nil }

  /// γ, γ̇ and γγ̇ at each time.
  @specialized(where Self == ZeroLatent)
  @specialized(where Self == BrownianLatent)
  func callAsFunction(_ times: [Double]) -> [Coefficient] { times.map { self($0) } }

  /// δ at each time, where γ belongs to a process.
  @specialized(where Self == ZeroLatent)
  @specialized(where Self == BrownianLatent)
  func processSlopes(_ times: [Double]) -> [Double]? {
    let slopes = times.compactMap { process($0)?.slope }
    return slopes.count == times.count ? slopes : nil
  }

  /// False: most latent schedules are positive inside (0, 1).
  public var isZero: Bool { false }
}

/// γ = √(a t(1−t)), the standard deviation of √a times a Brownian bridge, whose ε is a/2.
///
/// γγ̇ = a(1−2t)/2, with the limits a/2 at t = 0 and −a/2 at t = 1; γ̇ = ±∞ there. A ``DiffusiveLatent``
/// of the same a has √2 times this γ.
public struct BrownianLatent: LatentSchedule, Hashable, Codable {
  /// a, positive.
  public let scale: Double

  /// The schedule of scale a.
  public init(scale: Double = 1) {
    require(
      scale > 0 && scale.isFinite,
      "the scale a of √(a t(1−t)) must be positive, got \(scale)"
    )
    self.scale = scale
  }

  /// Reads a scale; throws where it is not positive.
  public init(from decoder: any Decoder) throws {
    self.init(scale: try decoder.positiveScale())
  }

  /// γ, γ̇ and γγ̇.
  public func callAsFunction(_ time: Double) -> Coefficient {
    let value = (scale * time * (1 - time)).squareRoot()
    let product = scale * (1 - 2 * time) / 2
    return Coefficient(value: value, derivative: product / value, product: product)
  }

  /// √a times a Brownian bridge: ε = a/2, δ = −√(a t/(1−t)), infinite at t = 1.
  public func process(_ time: Double) -> LatentProcess? {
    LatentProcess(diffusion: scale / 2, slope: -(scale * time / (1 - time)).squareRoot())
  }
}

/// γ = t(1−t), γ̇ = 1 − 2t.
public struct QuadraticLatent: LatentSchedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// γ, γ̇ and γγ̇.
  public func callAsFunction(_ time: Double) -> Coefficient {
    let value = time * (1 - time)
    let derivative = 1 - 2 * time
    return Coefficient(value: value, derivative: derivative)
  }
}

/// γ = sin²(πt), γ̇ = π sin(2πt).
public struct SineSquaredLatent: LatentSchedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// γ, γ̇ and γγ̇; exactly 0 at t = 0 and 1.
  public func callAsFunction(_ time: Double) -> Coefficient {
    // sin(π(1−t)) is sin(πt) without the rounding of π near t = 1.
    let isLate = time > 0.5
    let own = isLate ? 1 - time : time
    let sine = Double.sin(.pi * own)
    let value = sine * sine
    let derivative = (isLate ? -1 : 1) * .pi * Double.sin(2 * .pi * own)
    return Coefficient(value: value, derivative: derivative)
  }
}

/// γ = 0: no latent (the interpolants of arXiv 2209.15571); velocities only.
public struct ZeroLatent: LatentSchedule, Hashable, Codable {
  /// The schedule.
  public init() {}

  /// Three zeros.
  public func callAsFunction(_ time: Double) -> Coefficient {
    .zero
  }

  /// True.
  public var isZero: Bool { true }
}
