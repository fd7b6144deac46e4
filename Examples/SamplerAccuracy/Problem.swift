import Foundation
import StochasticInterpolants
import Tensors

/// A one-dimensional bridge with exact fields and the histogram of its end.
struct Problem: Sendable {
  let name: String
  let fields: MixtureFields<TwoSidedInterpolant<LinearSchedule, BrownianLatent>>
  let base: GaussianMixture
  let target: GaussianMixture

  init(_ name: String, base: GaussianMixture, target: GaussianMixture) {
    self.name = name
    self.base = base
    self.target = target
    fields = MixtureFields(.linear(gamma: BrownianLatent()), base: base, target: target)
  }

  private static func mixture(
    _ weights: [Double],
    _ means: [Double],
    _ variances: [Double]
  ) throws -> GaussianMixture {
    try GaussianMixture(
      weights: weights,
      means: Tensor(means, shape: [means.count, 1]),
      covariances: Tensor(variances, shape: [means.count, 1, 1])
    )
  }

  /// The mixture of the paper's figures 6 and 7, on which methods are tuned.
  static func paper() throws -> Problem {
    Problem(
      "paper",
      base: try mixture([0.5, 0.5], [-3, 3], [0.25, 0.25]),
      target: try mixture([1.0 / 3, 1.0 / 3, 1.0 / 3], [-6, 0, 6], [0.5, 0.33, 0.5])
    )
  }

  /// Two that no method was tuned on: unequal weights and widths; and a wide base.
  static func unseen() throws -> [Problem] {
    [
      Problem(
        "unequal",
        base: try mixture([0.7, 0.3], [-2, 4], [0.6, 0.2]),
        target: try mixture([0.2, 0.5, 0.3], [-5, -1, 5], [0.3, 0.8, 0.4])
      ),
      Problem(
        "wide",
        base: try mixture([1], [0], [4]),
        target: try mixture([0.5, 0.5], [-3, 3], [0.2, 0.6])
      ),
    ]
  }

  /// KL(histogram ‖ exact) over 95 equal bins on [−9.5, 9.5] and two tails.
  func divergence(of points: Tensor<Double>) -> Double {
    let bins = 95
    var counts = [Double](repeating: 0, count: bins + 2)
    points.withSpan { points in
      for index in 0..<points.count {
        let place = (points[index] + 9.5) / 19 * Double(bins)
        counts[place < 0 ? 0 : place >= Double(bins) ? bins + 1 : Int(place) + 1] += 1
      }
    }
    let edges = (0...bins).map { -9.5 + 19 * Double($0) / Double(bins) }
    let cumulative = [0] + edges.map(distribution) + [1]
    let total = Double(points.count)
    var sum = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let share = count / total
      sum += share * log(share / (cumulative[bin + 1] - cumulative[bin]))
    }
    return sum
  }

  /// The cumulative distribution of ρ₁.
  private func distribution(_ x: Double) -> Double {
    (0..<target.modeCount).reduce(0) { sum, mode in
      let deviation = target.covariances.elements[mode].squareRoot()
      let z = (x - target.means[mode, 0]) / deviation
      return sum + target.weights[mode] * 0.5 * erfc(-z / 2.0.squareRoot())
    }
  }
}
