import StochasticInterpolants
import Tensors

/// The closed form of a bridge between two one-dimensional Gaussians (Appendix A, (A.7)–(A.13)),
/// written here from the paper, independent of the library's schedules.
struct GaussianOracle: Sendable {
  var mean0 = -1.0
  var variance0 = 0.5
  var mean1 = 2.0
  var variance1 = 1.5

  // x_t = (1−t) x₀ + t x₁ + √(t(1−t)) z.
  func mean(_ t: Double) -> Double { (1 - t) * mean0 + t * mean1 }
  func variance(_ t: Double) -> Double {
    (1 - t) * (1 - t) * variance0 + t * t * variance1 + t * (1 - t)
  }
  func slope(_ t: Double) -> Double {
    let variance = variance(t)
    let half = -(1 - t) * variance0 + t * variance1 + (1 - 2 * t) / 2
    return half / variance
  }

  func velocity(_ t: Double, _ x: Double) -> Double {
    mean1 - mean0 + slope(t) * (x - mean(t))
  }
  func score(_ t: Double, _ x: Double) -> Double { -(x - mean(t)) / variance(t) }
  func denoiser(_ t: Double, _ x: Double) -> Double {
    (t * (1 - t)).squareRoot() * (x - mean(t)) / variance(t)
  }

  var base: Gaussian {
    get throws { try Gaussian(mean: Tensor([mean0]), covariance: Tensor(rows: [[variance0]])) }
  }
  var target: Gaussian {
    get throws { try Gaussian(mean: Tensor([mean1]), covariance: Tensor(rows: [[variance1]])) }
  }

  var fields: ClosureFields {
    ClosureFields(
      dimension: 1,
      velocity: { t, x in Tensor(x.elements.map { velocity(t, $0) }, shape: x.shape) },
      score: { t, x in Tensor(x.elements.map { score(t, $0) }, shape: x.shape) },
      divergence: { t, x in Tensor(repeating: slope(t), shape: [x.shape[0]]) }
    )
  }
}
