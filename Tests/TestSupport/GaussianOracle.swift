package import StochasticInterpolants
import Tensors

/// The closed form of a bridge between two one-dimensional Gaussians (Appendix A, (A.7)–(A.13)),
/// written here from the paper, independent of the library's schedules.
package struct GaussianOracle: Sendable {
  package var mean0: Double
  package var variance0 = 0.5
  package var mean1: Double
  package var variance1 = 1.5

  package init(mean0: Double = -1, mean1: Double = 2) {
    self.mean0 = mean0
    self.mean1 = mean1
  }

  // x_t = (1−t) x₀ + t x₁ + √(t(1−t)) z.
  package func mean(_ t: Double) -> Double { (1 - t) * mean0 + t * mean1 }
  package func variance(_ t: Double) -> Double {
    (1 - t) * (1 - t) * variance0 + t * t * variance1 + t * (1 - t)
  }
  package func slope(_ t: Double) -> Double {
    let variance = variance(t)
    let half = -(1 - t) * variance0 + t * variance1 + (1 - 2 * t) / 2
    return half / variance
  }

  package func velocity(_ t: Double, _ x: Double) -> Double {
    mean1 - mean0 + slope(t) * (x - mean(t))
  }
  package func score(_ t: Double, _ x: Double) -> Double { -(x - mean(t)) / variance(t) }
  package func denoiser(_ t: Double, _ x: Double) -> Double {
    (t * (1 - t)).squareRoot() * (x - mean(t)) / variance(t)
  }

  package var base: Gaussian {
    get throws { try Gaussian(mean: Tensor([mean0]), covariance: Tensor(rows: [[variance0]])) }
  }
  package var target: Gaussian {
    get throws { try Gaussian(mean: Tensor([mean1]), covariance: Tensor(rows: [[variance1]])) }
  }

  package var fields: ClosureFields {
    ClosureFields(
      dimension: 1,
      velocity: { t, x in Tensor(x.elements.map { velocity(t, $0) }, shape: x.shape) },
      score: { t, x in Tensor(x.elements.map { score(t, $0) }, shape: x.shape) },
      divergence: { t, x in Tensor(repeating: slope(t), shape: [x.shape[0]]) }
    )
  }

  /// The fields with constant errors, and both divergences.
  package func allFields(velocityError: Double = 0, scoreError: Double = 0) -> ClosureFields {
    ClosureFields(
      dimension: 1,
      velocity: { t, x in
        Tensor(x.elements.map { velocity(t, $0) + velocityError }, shape: x.shape)
      },
      score: { t, x in Tensor(x.elements.map { score(t, $0) + scoreError }, shape: x.shape) },
      divergence: { t, x in Tensor(repeating: slope(t), shape: [x.shape[0]]) },
      scoreDivergence: { t, x in Tensor(repeating: -1 / variance(t), shape: [x.shape[0]]) }
    )
  }
}
