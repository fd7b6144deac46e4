// A bridge between two Gaussians in closed form (Appendix A of the paper), without a network: with
// m = (1-t) m₀ + t m₁ and C = (1-t)² C₀ + t² C₁ + t(1-t), b = ṁ + ½ Ċ/C (x - m) and s = -(x - m)/C.

import Integrators
import StochasticInterpolants
import Tensors

let (mean0, variance0, mean1, variance1) = (-1.0, 0.5, 2.0, 1.5)

func mean(_ t: Double) -> Double { (1 - t) * mean0 + t * mean1 }
func variance(_ t: Double) -> Double {
  (1 - t) * (1 - t) * variance0 + t * t * variance1 + t * (1 - t)
}
func varianceDot(_ t: Double) -> Double {
  -2 * (1 - t) * variance0 + 2 * t * variance1 + 1 - 2 * t
}

let fields = ClosureFields(
  dimension: 1,
  velocity: { t, x in
    (x - mean(t)) * (0.5 * varianceDot(t) / variance(t)) + (mean1 - mean0)
  },
  score: { t, x in (x - mean(t)) * (-1 / variance(t)) },
  divergence: { t, x in
    Tensor(repeating: 0.5 * varianceDot(t) / variance(t), shape: [x.shape[0]])
  }
)
let base = try Gaussian(mean: Tensor([mean0]), covariance: Tensor(rows: [[variance0]]))
let target = try Gaussian(mean: Tensor([mean1]), covariance: Tensor(rows: [[variance1]]))
let sampler = Sampler(fields)

print("            mean     variance   (exact: \(mean1), \(variance1))")
for diffusion in [0, 0.5, 2] {
  let samples = try sampler.sde(
    count: 100_000,
    from: base,
    diffusion: .constant(diffusion),
    steps: 100,
    seed: 1
  )
  let moments = Moments(of: samples.points)
  print("ε = \(diffusion)     \(moments.mean.elements)  \(moments.covariance.elements)")
}
let points = Tensor<Double>([-1, 0, 2, 5], shape: [4, 1])
let byFlow = try sampler.logDensity(points, from: base, steps: 50)
print("log ρ₁ by the flow  ", byFlow.values.elements)
print("log ρ₁ exact        ", target.logDensity(points).elements)
