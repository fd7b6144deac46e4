import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Probabilities of intervals and divergence of histograms")
struct HistogramDivergenceTests {
  private let normal = GaussianMixture(isotropic: Tensor(rows: [[0]]), standardDeviation: 1)

  private func mixture() throws -> GaussianMixture {
    try GaussianMixture(
      weights: [0.2, 0.5, 0.3],
      means: Tensor(rows: [[-6], [0], [6]]),
      covariances: Tensor([0.5, 0.33, 0.5], shape: [3, 1, 1])
    )
  }

  @Test("probabilities of a normal law, to relative rounding in the tails")
  func probabilities() throws {
    // Q(10) and Q(30), computed with 30 digits.
    let tails: [(Double, Double)] = [
      (10, 7.619_853_024_160_526_5e-24), (30, 4.906_713_927_148_187e-198),
    ]
    for (end, exact) in tails {
      let upper = normal.probability(from: end, to: .infinity)
      #expect((upper / exact - 1).magnitude < 1e-12)
      #expect(normal.probability(from: -.infinity, to: -end) == upper)
    }
    #expect((normal.probability(from: -1, to: 1) - 0.682_689_492_137_085_9).magnitude < 1e-15)
    #expect(normal.probability(from: -.infinity, to: .infinity) == 1)
    #expect(normal.probability(from: 2, to: 2) == 0)
    let mixture = try mixture()
    let points = mixture.sample(count: 100_000, seed: 1).elements
    for (lower, upper) in [(-7.0, -5.5), (-1, 0.3), (0.2, 6.1), (6.5, .infinity)] {
      let share = Double(points.count { $0 >= lower && $0 < upper }) / 100_000
      let exact = mixture.probability(from: lower, to: upper)
      let error = (exact * (1 - exact) / 100_000).squareRoot()
      #expect((share - exact).magnitude < 5 * error)
    }
  }

  @Test("cells by hand: edges belong to the bin above, tails reach to infinity")
  func cells() {
    let histogram = HistogramDivergence(range: -1...1, binCount: 4, of: normal)
    #expect(histogram.edges == [-1, -0.5, 0, 0.5, 1])
    let points = Tensor<Double>([-1, -0.5, -1.5, 0.25, 1, .infinity, -.infinity, 0.5])
    #expect(histogram.counts(points) == [2, 1, 1, 1, 1, 2])
    #expect(histogram.counts(points.reshaped([8, 1])) == [2, 1, 1, 1, 1, 2])
    #expect(histogram.counts(Tensor([0, .nan])) == nil)
    #expect(histogram.measure(Tensor([0, .nan])).value.value.isNaN)
    let sum = histogram.probabilities.reduce(0, +)
    #expect((sum - 1).magnitude < 6 * 0x1p-53)
    let other = HistogramDivergence(range: -1...1, binCount: 4) { x in
      0.5 * Double.erfc(-x / 2.0.squareRoot())
    }
    #expect(mismatch(other.probabilities, histogram.probabilities) { _ in 0x1p-52 } == nil)
  }

  @Test("the divergence by hand")
  func byHand() {
    // Uniform on [0, 1): cells 0, ½, ½, 0.
    let uniform = HistogramDivergence(range: 0...1, binCount: 2) { min(max($0, 0), 1) }
    #expect(uniform.probabilities == [0, 0.5, 0.5, 0])
    let equal = uniform.measure(Tensor([0.1, 0.2, 0.6, 0.7]))
    #expect(equal.value.value == 0 && equal.floor.value == 1.0 / 8)
    #expect((equal.value.standardError - (1.0 / 32).squareRoot()).magnitude < 1e-15)
    let uneven = uniform.measure(Tensor([0.1, 0.2, 0.3, 0.7]))
    let exact = 0.75 * Double.log(1.5) + 0.25 * Double.log(0.5)
    #expect((uneven.value.value - exact).magnitude < 1e-15)
    let outside = uniform.measure(Tensor([0.1, 1.5]))
    #expect(outside.value.value == .infinity && outside.value.standardError.isNaN)
  }

  @Test("the right law is at the floor, with the stated spread")
  func floor() throws {
    let mixture = try mixture()
    let histogram = HistogramDivergence(range: -7...7, binCount: 20, of: mixture)
    let (count, repeats) = (20_000, 1_000)
    let all = mixture.sample(count: count * repeats, seed: 5)
    let measured = (0..<repeats).map { index in
      histogram.measure(all.slice(index * count..<(index + 1) * count))
    }
    let values = Tensor(measured.map(\.value.value))
    let mean = Estimate(meanOf: values)
    let floor = measured[0].floor.value
    #expect(floor == 21.0 / 40_000)
    // The next term of the expectation is (Σ 1/p − 1)/(12 n²) (Harris 1975), itself the start of a
    // series in 1/(n p).
    let inverse = histogram.probabilities.reduce(0) { $0 + 1 / $1 }
    let next = (inverse - 1) / (12 * Double(count * count))
    #expect((mean.value - floor).magnitude < 5 * mean.standardError + 2 * next, "\(mean)")
    let variance = Moments(of: values.reshaped([repeats, 1])).covariance[0, 0]
    let stated =
      measured.reduce(0) { $0 + $1.value.standardError * $1.value.standardError }
      / Double(repeats)
    // The variance of R numbers like χ² is known to √(3.2/R) = 0.057; the first-order term that is
    // kept where positive adds about √(2 · 21/(2π)) to 21/2: a quarter.
    #expect(stated / variance > 1 - 0.28 && stated / variance < 1.25 + 0.36)
  }

  @Test("another law: the exact divergence of the cells above the floor")
  func shifted() {
    let histogram = HistogramDivergence(range: -3...3, binCount: 12, of: normal)
    let points = StandardGaussian(dimension: 1).sample(count: 20_000, seed: 1) + 0.3
    let law = GaussianMixture(isotropic: Tensor(rows: [[0.3]]), standardDeviation: 1)
    let actual = HistogramDivergence(range: -3...3, binCount: 12, of: law).probabilities
    let logs = zip(actual, histogram.probabilities).map { Double.log($0 / $1) }
    func mean(_ values: [Double]) -> Double {
      zip(actual, values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let exact = mean(logs)
    let measured = histogram.measure(points)
    let expected = exact + measured.floor.value
    #expect(measured.value.standardErrors(above: expected).magnitude < 5, "\(measured)")
    #expect(measured.standardErrorsAboveFloor > 5)
    // First order: the variance of ln(q/p) over n, and the floor's own, floor/n.
    let variance = mean(logs.map { ($0 - exact) * ($0 - exact) })
    let error = ((variance + measured.floor.value) / 20_000).squareRoot()
    // One more point in a cell changes the variance of ln(q̂/p) by d² + 2d − σ² over n, d its
    // ln(q/p) less the mean: by the shares, and by ln q̂ itself. A root's relative error is half of
    // that.
    let influence = mean(
      logs.map { log in
        let own = (log - exact) * (log - exact) + 2 * (log - exact) - variance
        return own * own
      }
    )
    let spread = (influence / 20_000).squareRoot() / variance / 2
    #expect((measured.value.standardError / error - 1).magnitude < 5 * spread)
  }

  @Test("cells of equal probability are those of the quantiles")
  func equalCells() throws {
    let normalCells = HistogramDivergence(cellCount: 4, of: normal)
    // The quartiles of N(0, 1), to the digits of erf near them.
    let quartile = 0.674_489_750_196_081_7
    let edges = [-quartile, 0, quartile]
    #expect(mismatch(normalCells.edges, edges) { _ in 4 * 0x1p-52 } == nil)
    #expect(normalCells.probabilities.count == 4)
    // A gap between modes has almost no probability, and no cell of its own.
    let histogram = HistogramDivergence(cellCount: 50, of: try mixture())
    #expect(zip(histogram.edges, histogram.edges.dropFirst()).allSatisfy { $0 < $1 })
    #expect(histogram.probabilities.allSatisfy { ($0 - 0.02).magnitude < 1e-14 })
    let points = try mixture().sample(count: 20_000, seed: 3)
    let measured = histogram.measure(points)
    #expect(measured.floor.value == 49.0 / 40_000)
    #expect(measured.standardErrorsAboveFloor.magnitude < 5, "\(measured)")
  }
}
