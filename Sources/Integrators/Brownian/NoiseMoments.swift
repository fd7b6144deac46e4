internal import Tensors

/// The moments over a step of 2ε(t), which fix the joint law of the step's noise and its area.
///
/// With g = √(2ε), h the step's length and M(s) the noise gathered since its start, a method of
/// strong order 1.5 needs two Gaussian numbers: ΔM = ∫ g dW over the step, and its space–time Lévy
/// area H = (1/h) ∫ M(s) ds − ΔM/2. Let u in [0, 1] be the place in the step and let V, c and v be
/// mass, mean and variance of the measure 2ε dt over u. From ∫ M ds = h ∫ (1 − u) g dW:
///
/// Var ΔM = V, Cov(ΔM, H) = (½ − c) V, Var H = ((½ − c)² + v) V.
///
/// A constant ε has c = ½ and v = 1/12: then ΔM and H are independent (Foster, Lyons, Oberhauser
/// 2020). An increasing ε has c > ½.
public struct NoiseMoments: Sendable, Hashable {
  /// V = ∫ 2ε dt.
  public let variance: Double
  /// c: the mean place of the noise in the step, in [0, 1].
  public let center: Double
  /// v: the variance of its place.
  public let spread: Double

  /// Moments that are known.
  ///
  /// - Parameters:
  ///   - variance: V, finite and not negative.
  ///   - center: c, in [0, 1].
  ///   - spread: v, not negative.
  public init(variance: Double, center: Double, spread: Double) {
    require(
      variance >= 0 && variance.isFinite,
      "the variance of a step's noise must be finite and not negative, got \(variance)"
    )
    require(
      center >= 0 && center <= 1 && spread >= 0,
      "the noise of a step has its mean place in [0, 1] and a spread that is not negative, got "
        + "\(center) and \(spread)"
    )
    self.variance = variance
    self.center = center
    self.spread = spread
  }

  /// The moments of a constant ε: V = 2εh, c = ½, v = 1/12.
  public init(uniform variance: Double) {
    self.init(variance: variance, center: 0.5, spread: 1.0 / 12)
  }

  /// The moments from the variances of a step's two halves.
  ///
  /// V is exact, c = ½ + d/3 and v = 1/48 + (1 − d²)/16 with d = (V₂ − V₁)/V: right for a linear 2ε up
  /// to O(d²) in v. For a smooth ε, d = O(h), c is off by O(h³) and v by O(h²), which adds errors of
  /// mean zero and size O(h³·⁵) to h·H: no strong order up to 1.5 and no weak order up to 3 is lost.
  ///
  /// - Parameters:
  ///   - first: V₁, of the first half.
  ///   - second: V₂, of the second half.
  public init(first: Double, second: Double) {
    let variance = first + second
    let tilt = variance > 0 ? (second - first) / variance : 0
    self.init(
      variance: variance,
      center: 0.5 + tilt / 3,
      spread: 1.0 / 48 + (1 - tilt * tilt) / 16
    )
  }

  /// The moments of a step whose halves have the given ones: exact, whatever ε is.
  ///
  /// V = V₁ + V₂, and c and v are mean and variance of the mixture of the halves' places, u/2 and
  /// (1 + u)/2, with the weights V₁/V and V₂/V.
  ///
  /// - Parameters:
  ///   - first: of the first half.
  ///   - second: of the second half.
  public init(joining first: NoiseMoments, _ second: NoiseMoments) {
    let variance = first.variance + second.variance
    if variance == 0 {
      self.init(uniform: 0)
      return
    }
    let (a, b) = (first.variance / variance, second.variance / variance)
    let (early, late) = (first.center / 2, (1 + second.center) / 2)
    let center = a * early + b * late
    let (before, after) = (early - center, late - center)
    self.init(
      variance: variance,
      center: center,
      spread: a * (first.spread / 4 + before * before) + b * (second.spread / 4 + after * after)
    )
  }

  /// The moments of the same step followed from its end to its start.
  public var reversed: NoiseMoments {
    NoiseMoments(variance: variance, center: 1 - center, spread: spread)
  }

  /// Cov(ΔM, H)/V = ½ − c.
  var slant: Double { 0.5 - center }
}
