import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Energy distance and maximum mean discrepancy")
struct PairDiscrepancyTests {
  private static func normal(_ count: Int, _ seed: Int, mean: Double, deviation: Double)
    -> Tensor<Double>
  {
    StandardGaussian(dimension: 1).sample(count: count, seed: UInt64(seed)) * deviation + mean
  }

  /// E|z| of z ~ N(m, s²).
  private func meanMagnitude(_ mean: Double, _ variance: Double) -> Double {
    let scale = (2 * variance).squareRoot()
    let ratio = mean / scale
    return scale / Double.pi.squareRoot() * Double.exp(-ratio * ratio) + mean * Double.erf(ratio)
  }

  @Test(
    "the energy distance of two Gaussians on the line",
    arguments: [(0.0, 1.0), (1, 1), (0, 2), (0.3, 0.5)]
  )
  func energy(_ mean: Double, _ deviation: Double) {
    let x = Self.normal(2_000, 1, mean: mean, deviation: deviation)
    let y = Self.normal(1_500, 2, mean: 0, deviation: 1)
    let variance = deviation * deviation
    let exact =
      2 * meanMagnitude(mean, variance + 1) - meanMagnitude(0, 2 * variance)
      - meanMagnitude(0, 2)
    let estimate = EnergyDistance().estimate(x, y)
    #expect(estimate.standardErrors(above: exact).magnitude < 5, "\(estimate), \(exact)")
  }

  @Test("the discrepancy of two Gaussians in the plane", arguments: [[0.5], [1], [0.5, 1, 2]])
  func discrepancy(_ bandwidths: [Double]) {
    let density = StandardGaussian(dimension: 2)
    let x = density.sample(count: 1_500, seed: 3) * 1.5 + Tensor([1, 0])
    let y = density.sample(count: 2_000, seed: 4)
    // E exp(−|z|²/(2σ²)) of z ~ N(m, s² I) in the plane is σ²/(σ² + s²) exp(−|m|²/(2 (σ² + s²))).
    func kernel(_ square: Double, _ variance: Double) -> Double {
      bandwidths.reduce(0) { sum, bandwidth in
        let width = bandwidth * bandwidth + variance
        return sum + bandwidth * bandwidth / width * Double.exp(-square / (2 * width))
      }
    }
    let exact = kernel(0, 4.5) + kernel(0, 2) - 2 * kernel(1, 3.25)
    let estimate = MaximumMeanDiscrepancy(bandwidths: bandwidths).estimate(x, y)
    #expect(estimate.standardErrors(above: exact).magnitude < 5, "\(estimate), \(exact)")
    #expect(estimate.standardErrors(above: 0) > 5)
  }

  /// Value and standard error from the matrices of the kernel, entry by entry.
  private func literal(
    _ x: Tensor<Double>,
    _ y: Tensor<Double>,
    _ kernel: (Double) -> Double
  ) -> (value: Double, standardError: Double) {
    func matrix(_ x: Tensor<Double>, _ y: Tensor<Double>) -> [[Double]] {
      let (left, right) = (x.elements, y.elements)
      let size = x.shape[1]
      return (0..<x.shape[0]).map { i in
        (0..<y.shape[0]).map { j in
          var square = 0.0
          for k in 0..<size {
            let difference = left[i * size + k] - right[j * size + k]
            square += difference * difference
          }
          return kernel(square.squareRoot())
        }
      }
    }
    let (n, m) = (Double(x.shape[0]), Double(y.shape[0]))
    let across = matrix(x, y)
    let mean = across.reduce(0) { $0 + $1.reduce(0, +) } / (n * m)
    let rowMeans = across.map { $0.reduce(0, +) / m }
    let columnMeans = (0..<y.shape[0]).map { j in across.reduce(0) { $0 + $1[j] } / n }
    var residual = 0.0
    for (i, row) in across.enumerated() {
      for (j, value) in row.enumerated() {
        let centred = value - rowMeans[i] - columnMeans[j] + mean
        residual += centred * centred
      }
    }
    residual /= (n - 1) * (m - 1)

    func within(_ points: Tensor<Double>, _ crossMeans: [Double], _ other: Double)
      -> (mean: Double, linear: Double, quadratic: Double)
    {
      let size = Double(points.shape[0])
      let all = matrix(points, points)
      let sums = all.indices.map { i in all[i].reduce(0, +) - all[i][i] }
      let total = sums.reduce(0, +)
      var square = 0.0
      for i in all.indices {
        for j in all.indices where i != j {
          let centred =
            all[i][j] - (sums[i] + sums[j]) / (size - 2) + total / ((size - 1) * (size - 2))
          square += centred * centred
        }
      }
      square /= size * (size - 3)
      let projections = zip(sums, crossMeans).map { $0 / (size - 2) - $1 }
      let variance = Moments(of: Tensor(projections, shape: [projections.count, 1]))
      let linear = variance.covariance[0, 0] - square / (size - 2) - residual / other
      return (total / (size * (size - 1)), 4 / size * linear, 2 * square / (size * (size - 1)))
    }
    let (first, second) = (within(x, rowMeans, m), within(y, columnMeans, n))
    let variance =
      max(0, first.linear + second.linear) + first.quadratic + second.quadratic
      + 4 * residual / (n * m)
    return (first.mean + second.mean - 2 * mean, variance.squareRoot())
  }

  @Test("value and error entry by entry", arguments: [[4, 4], [5, 9], [40, 7], [1_100, 1_030]])
  func literally(_ counts: [Int]) {
    let x = Pinwheel().sample(count: counts[0], seed: 1)
    let y = Checkerboard().sample(count: counts[1], seed: 2)
    let energy = EnergyDistance().estimate(x, y)
    let expected = literal(x, y) { -$0 }
    // Means of at most 10⁶ numbers of order 1, and differences of such.
    #expect((energy.value - expected.value).magnitude < 1e-12)
    #expect((energy.standardError / expected.standardError - 1).magnitude < 1e-9)
    let discrepancy = MaximumMeanDiscrepancy(bandwidths: [0.7, 2]).estimate(x, y)
    let wanted = literal(x, y) { distance in
      Double.exp(-distance * distance / 0.98) + Double.exp(-distance * distance / 8)
    }
    #expect((discrepancy.value - wanted.value).magnitude < 1e-12)
    #expect((discrepancy.standardError / wanted.standardError - 1).magnitude < 1e-9)
  }

  @Test("without bias and with the stated spread, for equal and for different laws")
  func spread() {
    let repeats = 2_000
    let measures: [any PointSetMeasure] = [
      EnergyDistance(), MaximumMeanDiscrepancy(bandwidths: [1]),
    ]
    for measure in measures {
      for shift in [0.0, 1] {
        let estimates = (0..<repeats).map { index in
          let x = Self.normal(30, 2 * index + 1, mean: 0, deviation: 1)
          let y = Self.normal(40, 2 * index + 2, mean: shift, deviation: 1)
          return measure.estimate(x, y)
        }
        let values = Tensor(estimates.map(\.value))
        let square = Moments(of: values.reshaped([repeats, 1])).covariance[0, 0]
        let stated = estimates.reduce(0) { $0 + $1.standardError * $1.standardError }
        let ratio = stated / Double(repeats) / square
        if shift == 0 {
          #expect(Estimate(meanOf: values).standardErrors(above: 0).magnitude < 5)
          #expect(estimates.allSatisfy { $0.standardErrors(above: 0).magnitude < 5 })
          #expect(estimates.contains { $0.value < 0 })
          // A sum of squares of normal numbers has a kurtosis of at most 15, so its variance is
          // known to √(14/R) = 0.084. The part that is cut at 0 makes it at most twice as large.
          #expect(ratio > 1 - 0.42 && ratio < 2 * 1.42, "\(ratio)")
        } else {
          // Nearly normal: √(2/R) = 0.032, and five of them.
          #expect((ratio - 1).magnitude < 0.2, "\(ratio)")
        }
      }
    }
  }

  @Test("bandwidths by the median of distances")
  func median() {
    // Distances 1, 2, 3.
    let three = MaximumMeanDiscrepancy(medianOf: Tensor(rows: [[0], [1], [3]]), multiples: [1, 2])
    #expect(three.bandwidths == [2, 4])
    let points = StandardGaussian(dimension: 1).sample(count: 3_000, seed: 1)
    let median = MaximumMeanDiscrepancy(medianOf: points)
    // Of many points rows that are evenly spaced: of 3,000 each third.
    let thirds = points.gatheringRows((0..<1_000).map { 3 * $0 })
    #expect(median == MaximumMeanDiscrepancy(medianOf: thirds))
    // The distance is √2 times that of a normal number from 0, whose median is 0.6745: density
    // 2 φ(0.6745)/√2 = 0.4494 there. The error of the median is at most that of 500 independent pairs.
    let error = 0.5 / (0.4494 * 500.0.squareRoot())
    #expect((median.bandwidths[0] - 0.6745 * 2.0.squareRoot()).magnitude < 5 * error)
  }
}
