internal import Glibc
internal import Tensors

/// What a controller says about an attempted step.
public struct StepDecision: Sendable, Hashable {
  /// Whether the step counts; otherwise it is tried again.
  public let isAccepted: Bool
  /// The next step's length over this one's.
  public let factor: Double

  /// A decision.
  ///
  /// - Parameters:
  ///   - isAccepted: whether the step counts.
  ///   - factor: the next step's length over this one's, positive.
  public init(isAccepted: Bool, factor: Double) {
    require(factor > 0, "the factor of a step's length is positive, got \(factor)")
    self.isAccepted = isAccepted
    self.factor = factor
  }
}

/// The rule by which step lengths follow error estimates; each row has a memory of its own.
public protocol StepController: Sendable {
  /// What a row remembers of its steps.
  associatedtype Memory: Sendable
  /// The memory before the first step.
  var initialMemory: Memory { get }
  /// Judges an attempted step.
  ///
  /// - Parameters:
  ///   - error: the norm of the estimate over the tolerance; 1 is as large as allowed; NaN or infinite
  ///     where the step left the finite numbers.
  ///   - order: k: the estimate is O(hᵏ).
  ///   - memory: what the row remembers, updated.
  /// - Returns: whether the step counts, and the factor for the next one.
  func decide(error: Double, order: Double, memory: inout Memory) -> StepDecision
}

/// Proportional, integral and derivative control of the step length.
///
/// An accepted step of error e_n is followed by one longer by the factor
/// S e_n^{−(P+I+D)/k} e_{n−1}^{(P+2D)/k} e_{n−2}^{−D/k}; a rejected one by S e_n^{−1/k}, and the step after
/// a rejection does not grow. Söderlind: Digital Filters in Adaptive Time-Stepping. ACM Trans. Math.
/// Softw. 29 (2003); Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.4.
public struct PIDController: StepController {
  /// P.
  public let proportional: Double
  /// I.
  public let integral: Double
  /// D.
  public let derivative: Double
  /// S.
  public let safety: Double
  /// The least factor, also after an error that is no number.
  public let minimumFactor: Double
  /// The largest factor, also after an error of 0.
  public let maximumFactor: Double

  /// A controller; the coefficients are those of the program DOPRI5 unless given: P = 0.2, I = 0.65.
  ///
  /// - Parameters:
  ///   - proportional: P.
  ///   - integral: I; P = D = 0 and I = 1 is the elementary controller.
  ///   - derivative: D.
  ///   - safety: S, in (0, 1].
  ///   - minimumFactor: the least factor, below 1.
  ///   - maximumFactor: the largest factor, at least 1.
  public init(
    proportional: Double = 0.2,
    integral: Double = 0.65,
    derivative: Double = 0,
    safety: Double = 0.9,
    minimumFactor: Double = 0.2,
    maximumFactor: Double = 10
  ) {
    require(
      safety > 0 && safety <= 1 && minimumFactor > 0 && minimumFactor < 1 && maximumFactor >= 1,
      "a controller needs a safety in (0, 1] and factors around 1, got \(safety), "
        + "\(minimumFactor) and \(maximumFactor)"
    )
    self.proportional = proportional
    self.integral = integral
    self.derivative = derivative
    self.safety = safety
    self.minimumFactor = minimumFactor
    self.maximumFactor = maximumFactor
  }

  /// The errors of the last two accepted steps, and whether the last attempt was rejected.
  public struct Memory: Sendable, Hashable {
    var previous = 1.0
    var beforePrevious = 1.0
    var wasRejected = false
  }

  /// Errors as large as allowed.
  public var initialMemory: Memory { Memory() }

  /// Judges by the formula.
  public func decide(error: Double, order: Double, memory: inout Memory) -> StepDecision {
    guard error <= 1 else {
      memory.wasRejected = true
      let factor = error.isFinite ? safety * pow(error, -1 / order) : minimumFactor
      return StepDecision(isAccepted: false, factor: max(minimumFactor, factor))
    }
    let largest = memory.wasRejected ? 1 : maximumFactor
    memory.wasRejected = false
    if error == 0 { return StepDecision(isAccepted: true, factor: largest) }
    let factor =
      safety * pow(error, -(proportional + integral + derivative) / order)
      * pow(memory.previous, (proportional + 2 * derivative) / order)
      * pow(memory.beforePrevious, -derivative / order)
    memory.beforePrevious = memory.previous
    memory.previous = error
    return StepDecision(
      isAccepted: true,
      factor: min(largest, max(minimumFactor, factor))
    )
  }
}
