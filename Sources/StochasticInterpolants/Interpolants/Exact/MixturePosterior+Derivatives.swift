internal import Tensors

// In a pair f = o + G g with g = C⁻¹(x − m), so that ∂f/∂x = A = G C⁻¹, and ∇r = r q with
// q = −g − s for the posterior weights r.

extension MixturePosterior {
  /// pᵀ (∂f/∂x) p of the field that has the given values in the pairs, `[rows, 1]`.
  ///
  /// pᵀ(∂/∂x Σ r f)p = Σ r (pᵀAp + (f·p)(q·p)).
  func quadraticForm(
    _ field: VectorField,
    values: [Tensor<Double>],
    score: Tensor<Double>,
    probe: Tensor<Double>
  ) -> Tensor<Double> {
    mean { index in
      let jacobian = Tensor.product(pairs[index].regression(field).gain, pairs[index].precision)
      let image = Tensor.product(probe, jacobian, transposingSecond: true)
      let slope = residuals[index].g + score
      return dot(image, probe) - dot(values[index], probe) * dot(slope, probe)
    }
  }

  /// ∇(b·w + ∇·b) with w held fixed, `[rows, dimension]`.
  ///
  /// ∇(b·w) = Σ r (Aᵀw + q (f·w)), ∇∇·b = Σ r (q (tr A + f·q) + Aᵀq − C⁻¹f) − Hb with the Hessian
  /// H = ∂s/∂x = Σ r (ggᵀ − C⁻¹) − ssᵀ of log ρ.
  func gradient(
    velocities: [Tensor<Double>],
    score: Tensor<Double>,
    weights: Tensor<Double>
  ) -> Tensor<Double> {
    let velocity = mean { velocities[$0] }
    let sum = mean { index in
      let (own, g, f) = (pairs[index], residuals[index].g, velocities[index])
      let gain = own.regression(.velocity).gain
      let jacobian = Tensor.product(gain, own.precision)
      let trace = (gain * own.precision).sum()
      let q = (g + score) * -1
      let transported = Tensor.product(weights + q, jacobian)
      let curvature = Tensor.product(velocity - f, own.precision)
      return transported + curvature - g * dot(g, velocity)
        + q * (dot(f, weights + q) + trace)
    }
    return sum + score * dot(score, velocity)
  }
}

/// The scalar product of rows, `[rows, 1]`.
private func dot(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Tensor<Double> {
  (first * second).sum(along: 1, keepingAxis: true)
}
