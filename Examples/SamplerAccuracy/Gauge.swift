import Foundation
import StochasticInterpolants
import Tensors

/// Measures the end of runs of one problem, with one number of samples.
struct Gauge: Sendable {
  let count: Int

  private let target: GaussianMixture
  /// `[directions, dimension]`.
  private let directions: Tensor<Double>
  /// The exact law along each direction.
  private let laws: [GaussianMixture]
  private let histograms: [HistogramDivergence]
  private let reference: Tensor<Double>
  private let sliced: SlicedWasserstein
  private let slicedFloor: Estimate

  /// A distance of two sets has no standard error of its own: it is the mean over this many parts of the
  /// samples, whose spread tells it.
  private static let parts = 4
  private static let frequencies = [0.25, 0.5, 1]

  init(_ problem: Problem, count: Int) throws {
    let dimension = problem.target.dimension
    self.count = count
    target = problem.target
    sliced = SlicedWasserstein(
      directionCount: dimension == 1 ? 1 : 32,
      directions: .random(seed: 32)
    )
    directions =
      dimension == 1
      ? Tensor(repeating: 1, shape: [1, 1]) : sliced.unitDirections(dimension: dimension)
    var laws: [GaussianMixture] = []
    for index in 0..<directions.shape[0] {
      laws.append(
        try target.marginal(along: directions.slice(index..<index + 1).reshaped([dimension]))
      )
    }
    self.laws = laws
    histograms = laws.map { law in
      dimension == 1
        ? HistogramDivergence(range: -9.5...9.5, binCount: 95, of: law)
        : HistogramDivergence(cellCount: 64, of: law)
    }
    let truth = target.sample(count: 2 * count, seed: 1_000_001)
    reference = truth.slice(0..<count)
    slicedFloor = Self.parted(truth.slice(count..<2 * count), reference, by: sliced)
  }

  /// All measures of a set of points.
  func measure(_ points: Tensor<Double>) throws -> [Measure: MeasuredDistance] {
    let moments = Moments(of: points)
    let distance = moments.distance(to: target)
    func moment(_ value: Double, _ error: Double) -> MeasuredDistance {
      MeasuredDistance(
        value: Estimate(value: value, standardError: error, count: count),
        floor: Estimate(value: error, standardError: 0, count: count)
      )
    }
    let projected = Tensor.product(directions, points, transposingSecond: true)
    let columns = laws.indices.map { projected.slice($0..<$0 + 1).reshaped([count]) }
    var values: [Measure: MeasuredDistance] = [
      .divergence: divergence(columns),
      .wasserstein: MeasuredDistance(
        value: Self.parted(points, reference, by: sliced),
        floor: slicedFloor
      ),
      .mean: moment(distance.mean, distance.meanStandardError),
      .covariance: moment(distance.covariance, distance.covarianceStandardError),
      .bounded: bounded(columns),
    ]
    if target.dimension > 1 { values[.modes] = try modes(points) }
    return values
  }

  /// The mean over the directions; its error is at most the mean of theirs.
  private func divergence(_ columns: [Tensor<Double>]) -> MeasuredDistance {
    let all = zip(histograms, columns).map { $0.measure($1) }
    func mean(_ value: (MeasuredDistance) -> Double) -> Double {
      all.reduce(0) { $0 + value($1) } / Double(all.count)
    }
    return MeasuredDistance(
      value: Estimate(
        value: mean(\.value.value),
        standardError: mean(\.value.standardError),
        count: count
      ),
      floor: Estimate(value: mean(\.floor.value), standardError: 0, count: count)
    )
  }

  private static func parted(
    _ points: Tensor<Double>,
    _ reference: Tensor<Double>,
    by measure: SlicedWasserstein
  ) -> Estimate {
    let size = points.shape[0] / parts
    return Estimate(
      meanOf: Tensor(
        (0..<parts).map { part in
          let rows = part * size..<(part + 1) * size
          return measure.distance(points.slice(rows), reference.slice(rows))
        }
      )
    )
  }

  /// Errors against E exp(iuy) = Σ wₖ exp(iumₖ − ½u²vₖ), the exact one of each direction.
  private func bounded(_ columns: [Tensor<Double>]) -> MeasuredDistance {
    var (squares, noise, joint, number) = (0.0, 0.0, 0.0, 0.0)
    for (law, column) in zip(laws, columns) {
      for frequency in Self.frequencies {
        let phases = column * frequency
        for isSine in [false, true] {
          let estimate = Estimate(meanOf: phases.applying(isSine ? .sin : .cos))
          let error = estimate.value - Self.exact(law, frequency, isSine: isSine)
          squares += error * error
          noise += estimate.standardError * estimate.standardError
          joint += error.magnitude * estimate.standardError
          number += 1
        }
      }
    }
    let value = (squares / number).squareRoot()
    return MeasuredDistance(
      // The first-order error if those of all functions went together: an upper bound.
      value: Estimate(value: value, standardError: joint / (number * value), count: count),
      floor: Estimate(value: (noise / number).squareRoot(), standardError: 0, count: count)
    )
  }

  private static func exact(_ law: GaussianMixture, _ frequency: Double, isSine: Bool) -> Double {
    (0..<law.modeCount).reduce(0) { sum, mode in
      let phase = frequency * law.means[mode, 0]
      let damping = exp(-0.5 * frequency * frequency * law.covariances.elements[mode])
      return sum + law.weights[mode] * damping * (isSine ? sin(phase) : cos(phase))
    }
  }

  /// The total variation of the shares; where p − q keeps its signs σ its variance is that of ½ Σ σₖpₖ.
  private func modes(_ points: Tensor<Double>) throws -> MeasuredDistance {
    let shares = try ModeShares(of: points, modes: target, exactCount: count, seed: 1_000_002)
    let variation = shares.totalVariation
    let tilt = zip(shares.shares, shares.exact).reduce(0) { sum, pair in
      sum + (pair.0.value < pair.1.value ? -pair.0.value : pair.0.value)
    }
    let error = 0.5 * ((1 - tilt * tilt) * 2 / Double(count)).squareRoot()
    return MeasuredDistance(
      value: Estimate(value: variation.value.value, standardError: error, count: count),
      floor: variation.floor
    )
  }
}
