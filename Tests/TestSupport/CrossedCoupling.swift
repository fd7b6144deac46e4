package import StochasticInterpolants
import Tensors

/// Two components of the plane with cross-covariances that are not symmetric.
package func crossedCoupling() throws -> MixtureCoupling {
  try MixtureCoupling(
    weights: [0.4, 0.6],
    baseMeans: Tensor(rows: [[-1, 0.5], [1.5, -0.5]]),
    targetMeans: Tensor(rows: [[2, 1], [-2, 0]]),
    baseCovariances: Tensor([0.5, 0.2, 0.2, 0.4, 0.8, -0.1, -0.1, 0.6], shape: [2, 2, 2]),
    targetCovariances: Tensor([0.3, 0, 0, 0.7, 0.5, 0.3, 0.3, 0.6], shape: [2, 2, 2]),
    crossCovariances: Tensor([0.1, 0.4, -0.2, 0.1, -0.2, -0.3, 0.3, -0.1], shape: [2, 2, 2])
  )
}
