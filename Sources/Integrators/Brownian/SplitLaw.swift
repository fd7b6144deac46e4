internal import Tensors

/// The law of the noise of an interval's halves, given that of the whole.
///
/// With M = M₁ + M₂ and H = (H₁ + H₂)/2 + (M₁ − M₂)/4, and (M₁, H₁) independent of (M₂, H₂) with the
/// covariances of ``NoiseMoments``, the halves are drawn without the condition and then moved by the
/// regression on what the condition missed (Matheron's rule), first on M, then on the rest of H.
struct SplitLaw: Sendable {
  private let left: NoiseMoments
  private let right: NoiseMoments
  /// The regression of (M₁, H₁, M₂, H₂) on M.
  private let onIncrement: SIMD4<Double>
  /// Their regression on what H keeps after its own regression on M.
  private let onArea: SIMD4<Double>
  /// The regression of H on M.
  private let slant: Double

  init(left: NoiseMoments, right: NoiseMoments) {
    self.left = left
    self.right = right
    let (v1, v2) = (left.variance, right.variance)
    let (s1, s2) = (left.slant, right.slant)
    let (w1, w2) = ((s1 * s1 + left.spread) * v1, (s2 * s2 + right.spread) * v2)
    let withIncrement = SIMD4(v1, s1 * v1, v2, s2 * v2)
    let withArea = SIMD4(
      v1 / 4 + s1 * v1 / 2,
      s1 * v1 / 4 + w1 / 2,
      -v2 / 4 + s2 * v2 / 2,
      -s2 * v2 / 4 + w2 / 2
    )
    let variance = v1 + v2
    let covariance = withArea[0] + withArea[2]
    let areaVariance =
      withArea[0] / 4 + withArea[1] / 2 - withArea[2] / 4 + withArea[3] / 2
    // Where nothing varies there is nothing to move.
    slant = variance > 0 ? covariance / variance : 0
    let rest = areaVariance - slant * covariance
    onIncrement = variance > 0 ? withIncrement / variance : SIMD4()
    onArea = rest > 0 ? (withArea - slant * withIncrement) / rest : SIMD4()
  }

  /// The noise of the halves.
  ///
  /// - Parameters:
  ///   - increment: M.
  ///   - area: H.
  ///   - normals: four standard normal numbers.
  /// - Returns: (M₁, H₁) and (M₂, H₂).
  func halves(
    increment: Double,
    area: Double,
    normals: (Double, Double, Double, Double)
  ) -> (left: (Double, Double), right: (Double, Double)) {
    let m1 = left.variance.squareRoot() * normals.0
    let h1 = left.slant * m1 + (left.variance * left.spread).squareRoot() * normals.1
    let m2 = right.variance.squareRoot() * normals.2
    let h2 = right.slant * m2 + (right.variance * right.spread).squareRoot() * normals.3
    let missed = increment - (m1 + m2)
    let rest = area - ((h1 + h2) / 2 + (m1 - m2) / 4) - slant * missed
    return (
      (
        m1 + onIncrement[0] * missed + onArea[0] * rest,
        h1 + onIncrement[1] * missed + onArea[1] * rest
      ),
      (
        m2 + onIncrement[2] * missed + onArea[2] * rest,
        h2 + onIncrement[3] * missed + onArea[3] * rest
      )
    )
  }
}
