import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Log-densities")
struct LogDensityTests {
  @Test("the density integrates to 1", arguments: Subject.planar)
  func normalised(_ subject: Subject) throws {
    let box = try #require(subject.box)
    let total = Cells(x: box.x, y: box.y, step: subject.step).integral(of: subject.density)
    #expect((total - 1).magnitude < subject.tolerance, "the integral is \(total)")
  }

  @Test("the mean of −log ρ over draws is the entropy", arguments: Subject.all)
  func entropy(_ subject: Subject) {
    guard let entropy = subject.density.entropy else { return }
    let density = subject.density
    let estimate = LikelihoodMeasures.crossEntropy(
      density.logDensity(density.sample(count: 100_000, seed: 17))
    )
    let bound = 5 * estimate.standardError + 1e-9
    #expect((estimate.value - entropy).magnitude <= bound, "\(estimate) against \(entropy)")
  }

  @Test("entropies are there where they can be")
  func knownEntropies() {
    let without: Set = [
      "mixture", "eight Gaussians", "moons", "moons, scale 1", "spirals", "spirals, coarse",
      "swiss roll", "pinwheel", "pinwheel, straight",
    ]
    for subject in Subject.all {
      #expect((subject.density.entropy == nil) == without.contains(subject.name), "\(subject.name)")
    }
  }

  @Test("draws lie in the support", arguments: Subject.all)
  func support(_ subject: Subject) {
    let points = subject.density.sample(count: 200_000, seed: 19)
    #expect(subject.density.logDensity(points.slice(0..<20_000)).firstNonFinite == nil)
    guard let density = subject.density as? any SupportedDensity else { return }
    #expect(density.contains(points).allSatisfy { $0 })
  }

  @Test("NaN gives NaN or −∞, and a point far away no NaN", arguments: Subject.all)
  func strangePoints(_ subject: Subject) {
    let dimension = subject.density.dimension
    let points = Tensor(rows: [
      [Double](repeating: .nan, count: dimension), [Double](repeating: 1e5, count: dimension),
      [Double](repeating: -1e200, count: dimension),
    ])
    let values = subject.density.logDensity(points)
    if let density = subject.density as? any SupportedDensity {
      #expect(values.elements == [-.infinity, -.infinity, -.infinity])
      #expect(density.contains(points) == [false, false, false])
    } else {
      #expect(values[0].isNaN)
      #expect(values[1] < -1e6)
      #expect(values[2] == -.infinity)
    }
  }

  @Test("a value does not depend on the other points", arguments: Subject.all)
  func rows(_ subject: Subject) {
    let points = subject.density.sample(count: 2_500, seed: 23)
    let values = subject.density.logDensity(points)
    for row in [0, 1_023, 1_024, 2_499] {
      #expect(subject.density.logDensity(points.slice(row..<row + 1))[0] == values[row])
    }
    #expect(subject.density.logDensity(points.slice(0..<0)).shape == [0])
  }

  @Test("the checkerboard has eight squares of density 1/32")
  func checkerboard() {
    let board = Checkerboard()
    var inside: [[Int]] = []
    for row in -3..<3 {
      for column in -3..<3 {
        let point = Tensor(rows: [[2 * Double(column) + 1, 2 * Double(row) + 1]])
        guard board.contains(point)[0] else { continue }
        inside.append([column, row])
        #expect(board.logDensity(point)[0] == -Double.log(32))
      }
    }
    #expect(
      inside == [[-2, -2], [0, -2], [-1, -1], [1, -1], [-2, 0], [0, 0], [-1, 1], [1, 1]]
    )
    #expect(board.entropy == Double.log(32))
    let corners = Tensor<Double>(rows: [[0, 0], [2, 0], [2, 2], [-4, -4], [4, 4], [-2, -2]])
    #expect(board.contains(corners) == [true, false, true, true, false, true])
    let peer = Checkerboard(scale: 10.0 / 9)
    // Published to four decimals.
    #expect(((peer.entropy ?? 0) - 3.6765).magnitude < 5e-5)
  }

  @Test("a density keeps its shape at every scale", arguments: [1e-160, 1e155])
  func scales(_ scale: Double) {
    // ρ(sx) = ρ(x)/s², to the roundings of logarithms up to 2 log s.
    let points = Tensor(rows: [[1.0, 0.25], [-0.5, 1.5]])
    let (unit, scaled) = (Pinwheel(scale: 1), Pinwheel(scale: scale))
    let expected = unit.logDensity(points) - 2 * Double.log(scale)
    #expect(
      scaled.logDensity(points * scale)
        .isApproximatelyEqual(to: expected, absoluteTolerance: 16 * 1_500 * 0x1p-53)
    )
  }

  @Test(
    "curve densities are their integral, near and 20 σ away",
    arguments: [[0.0, 0], [3, -1], [-4.5, -0.75], [1.5, 6], [-7, -7]]
  )
  func moons(_ place: [Double]) {
    // The same integral by midpoint sums with steps h and h/2 and one extrapolation, whose error is
    // of the order (h D/σ²)⁴ relative: (π/100,000 · 3 · 6.7/0.09)⁴ < 10⁻⁸ at the farthest place.
    let (scale, noise) = (3.0, 0.1)
    let width = scale * noise
    func exponents(_ steps: Int) -> [Double] {
      [1.0, -1.0].flatMap { sign in
        (0..<steps).map { step in
          let angle = Double.pi * (Double(step) + 0.5) / Double(steps)
          let x = place[0] - sign * scale * (Double.cos(angle) - 0.5)
          let y = place[1] - sign * scale * (Double.sin(angle) - 0.25)
          return -0.5 * (x * x + y * y) / (width * width)
        }
      }
    }
    let (coarse, fine) = (exponents(100_000), exponents(200_000))
    let largest = fine.reduce(-.infinity, max)
    func mean(_ exponents: [Double]) -> Double {
      exponents.reduce(0) { $0 + Double.exp($1 - largest) } / Double(exponents.count)
    }
    let expected =
      largest + Double.log((4 * mean(fine) - mean(coarse)) / 3)
      - Double.log(2 * Double.pi * width * width)
    let value = TwoMoons(scale: scale, noise: noise).logDensity(Tensor(rows: [place]))[0]
    #expect((value - expected).magnitude < 1e-8, "\(value) against \(expected)")
  }

  @Test("arguments that make no density stop the program by name")
  func misuse() async {
    await #expect(processExitsWith: .failure) { _ = Checkerboard(scale: 0) }
    await #expect(processExitsWith: .failure) { _ = TwoMoons(noise: 0) }
    await #expect(processExitsWith: .failure) { _ = Pinwheel(arms: 2) }
    let result = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      _ = Rings().logDensity(Tensor(zeros: [4, 3]))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("[count, 2], got [4, 3]"))
  }
}
