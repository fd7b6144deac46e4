internal import RealModule
public import Tensors

extension MixtureFields {
  /// E[x_t] = Σ p (αm₀ + βm₁), `[dimension]`; the ends' own means at t = 0 and t = 1.
  ///
  /// - Parameter time: t in [0, 1].
  /// - Returns: `[dimension]`.
  public func mean(_ time: Double) -> Tensor<Double> {
    let own = coefficients(time)
    var sum = Tensor<Double>(zeros: [1, dimension])
    for pair in pairs { sum.add(pair.mean(own), scaledBy: Double.exp(pair.logWeight)) }
    return sum.reshaped([dimension])
  }

  /// Cov(x_t) = Σ p (C + (m − E x_t)(m − E x_t)ᵀ), `[dimension, dimension]`.
  ///
  /// It need not be invertible: 0 where α = β = γ = 0.
  ///
  /// - Parameter time: t in [0, 1].
  /// - Returns: `[dimension, dimension]`.
  public func covariance(_ time: Double) -> Tensor<Double> {
    let own = coefficients(time)
    let mean = mean(time)
    var sum = Tensor<Double>(zeros: [dimension, dimension])
    for pair in pairs {
      let centred = pair.mean(own) - mean
      let spread = pair.covariance(own) + Tensor.product(centred, centred, transposingFirst: true)
      sum.add(spread, scaledBy: Double.exp(pair.logWeight))
    }
    return sum
  }
}
