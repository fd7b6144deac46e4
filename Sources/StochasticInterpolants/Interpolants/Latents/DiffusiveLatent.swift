internal import RealModule
internal import Tensors

/// γ = √(2a(t) t(1−t)): the latent with the marginals of √(2a(t)) times a Brownian bridge (3.2).
///
/// γγ̇ = ȧ t(1−t) + a(1−2t), with the limits a(0) and −a(1); γ̇ is infinite where a(0) or a(1) is
/// positive (the paper's (3.9) misprints γ̇). a = const is the diffusive interpolant of (3.7); its γ is
/// that of `BrownianLatent(scale: 2 * a)`.
public struct DiffusiveLatent: LatentSchedule {
  /// a and ȧ at t in [0, 1].
  public let coefficient: @Sendable (Double) -> Coefficient

  /// The latent of a time-dependent coefficient.
  ///
  /// - Parameter coefficient: a(t) > 0 on [0, 1) and ȧ(t), its slope; a(1) may be 0.
  public init(_ coefficient: @escaping @Sendable (Double) -> Coefficient) {
    for index in 0..<1_000 {
      let time = Double(index) / 1_000
      let value = coefficient(time).value
      require(
        value > 0 && value.isFinite,
        "the coefficient a(t) of √(2a(t) t(1−t)) must be positive before t = 1, got \(value) at "
          + "t = \(time)"
      )
    }
    for index in 1..<100 {
      let (time, step) = (Double(index) / 100, 1e-5)
      let own = coefficient(time)
      let slope = (coefficient(time + step).value - coefficient(time - step).value) / (2 * step)
      // A central difference of this step is good to 1e-5 of a unless a is not smooth.
      require(
        abs(slope - own.derivative) <= 1e-4 * max(own.value, abs(slope)),
        "ȧ must be the slope of a(t), about \(slope) at t = \(time), got \(own.derivative)"
      )
    }
    self.coefficient = coefficient
  }

  /// The latent of a constant a.
  public init(_ a: Double) {
    self.init { _ in Coefficient(value: a, derivative: 0) }
  }

  /// γ, γ̇ and γγ̇.
  public func callAsFunction(_ time: Double) -> Coefficient {
    let a = coefficient(time)
    let bridge = time * (1 - time)
    let value = (2 * a.value * bridge).squareRoot()
    let product = a.derivative * bridge + a.value * (1 - 2 * time)
    // 0/0 where a itself vanishes at the end: γ ≈ √(−2ȧ) (1−t) there, and γ̇ = −√(−2ȧ).
    let derivative =
      value == 0 && product == 0
      ? -(-2 * a.derivative).squareRoot() : product / value
    return Coefficient(value: value, derivative: derivative, product: product)
  }

  /// √(2a(t)) times a Brownian bridge (3.2): ε = a, δ = (ȧ t(1−t) − 2at)/γ, which is −√(2at/(1−t))
  /// for a constant a (3.10); 0 at t = 0, infinite at t = 1 unless a(1) = 0, then −(3/2)√(−2ȧ).
  public func process(_ time: Double) -> LatentProcess? {
    let a = coefficient(time)
    if time == 0 { return LatentProcess(diffusion: a.value, slope: 0) }
    let own = self(time)
    // δ = γ̇ − a/γ; where a vanishes at t = 1 too, a/γ tends to ½√(−2ȧ), half of −γ̇.
    let slope =
      own.value == 0 && a.value == 0
      ? 1.5 * own.derivative : (own.product - a.value) / own.value
    return LatentProcess(diffusion: a.value, slope: slope)
  }
}

/// A latent schedule of one's own: γ with its derivative and their product.
public struct CustomLatent: LatentSchedule {
  private let function: @Sendable (Double) -> Coefficient

  /// Wraps a function, after a look at it.
  ///
  /// - Parameter function: γ, γ̇ and the finite product γγ̇ at t in [0, 1].
  /// - Throws: ``InterpolantError`` where γ is not 0 at an end, not positive inside, or γγ̇ is not half
  ///   the slope of γ².
  public init(
    _ function: @escaping @Sendable (Double) -> Coefficient
  ) throws(InterpolantError) {
    for end in [0.0, 1.0] {
      let value = function(end).value
      if !(abs(value) <= InterpolantError.tolerance) {
        throw .boundary(what: "γ", time: end, value: value, expected: 0)
      }
      let product = function(end).product
      if !product.isFinite { throw .notFinite(what: "γγ̇", time: end, value: product) }
    }
    // Errors are judged beside the largest γ²: a small latent is looked at as closely as a large one.
    let size = (1..<100).reduce(0) { max($0, function(Double($1) / 100).value) }
    let square = size * size
    for index in 1..<100 {
      let time = Double(index) / 100
      let own = function(time)
      if !(own.value > 0) { throw .latentNotPositive(time: time, value: own.value) }
      let step = 1e-5
      let (later, earlier) = (function(time + step).value, function(time - step).value)
      let slope = (later * later - earlier * earlier) / (4 * step)
      // A central difference of step 1e-5 is good to 1e-5 of γ² unless γ is not smooth.
      if !(abs(slope - own.product) <= 1e-4 * max(square, abs(slope))) {
        throw .slope(what: "γγ̇", time: time, value: own.product, expected: slope)
      }
      if !(abs(own.product - own.value * own.derivative) <= 1e-9 * max(square, abs(own.product))) {
        throw .slope(
          what: "γγ̇",
          time: time,
          value: own.product,
          expected: own.value * own.derivative
        )
      }
    }
    self.function = function
  }

  /// γ, γ̇ and γγ̇.
  public func callAsFunction(_ time: Double) -> Coefficient { function(time) }
}
