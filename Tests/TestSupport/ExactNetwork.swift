package import Gradients
package import StochasticInterpolants
import Tensors

/// A network without parameters that is a field of a bridge between one-dimensional Gaussians, so
/// that what is derived from learned fields can be compared with closed forms.
///
/// Two-sided: x₀ ~ N(m₀, c₀), x₁ ~ N(m₁, c₁), linear, γ = t(1−t). One-sided: c₀ = 1, m₀ = 0, γ = 0.
package struct ExactNetwork: ParameterFreeNetwork {
  package let kinds: [VectorField]
  package let isTwoSided: Bool

  package static let mean0 = -0.5
  package static let variance0 = 0.6
  package static let mean1 = 1.5
  package static let variance1 = 0.4
  package var heads: Int { kinds.count }

  package init(kinds: [VectorField], isTwoSided: Bool) {
    self.kinds = kinds
    self.isTwoSided = isTwoSided
  }

  package func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time t: Variable<Scalar>,
    points x: Variable<Scalar>
  ) -> Variable<Scalar> {
    let (m0, c0) = isTwoSided ? (Self.mean0, Self.variance0) : (0, 1)
    let (m1, c1) = (Self.mean1, Self.variance1)
    let late = 1 - t
    let gamma = isTwoSided ? t * late : t * 0
    let rate = isTwoSided ? 1 - 2 * t : t * 0
    let mean = late * m0 + t * m1
    let variance = late * late * c0 + t * t * c1 + gamma * gamma
    let g = (x - mean) / variance
    let slope = t * c1 - late * c0
    let fields = kinds.map { kind -> Variable<Scalar> in
      switch kind {
      case .velocity: (m1 - m0) + (slope + gamma * rate) * g
      // One-sided x₀ = z counts as the latent, so that v = β̇η₁.
      case .conditionalVelocity: isTwoSided ? (m1 - m0) + slope * g : m1 + t * c1 * g
      case .score: -g
      case .denoiser: (isTwoSided ? gamma : late) * g
      case .baseDenoiser: m0 + late * c0 * g
      case .targetDenoiser: m1 + t * c1 * g
      case .drift: fatalError("the latent t(1−t) is the law of no process")
      }
    }
    return fields.count == 1 ? fields[0] : .concatenating(fields, along: 1)
  }
}

private func + <Scalar>(first: Double, second: Variable<Scalar>) -> Variable<Scalar> {
  second + first
}
