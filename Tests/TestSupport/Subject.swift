import RealModule
package import StochasticInterpolants
package import Tensors

/// A density with what its tests need to know: a new density is tested by being added to ``all``.
package struct Subject: Sendable, CustomStringConvertible {
  package let name: String
  package let density: any ExplicitDensity & MomentedDensity
  /// A rectangle outside which the probability is below the tolerance; nil where d ≠ 2.
  package var box: (x: ClosedRange<Double>, y: ClosedRange<Double>)?
  /// The step at which the midpoint rule integrates the density to the tolerance.
  ///
  /// Blurred by a normal law of width σ, a density's midpoint sum with step h is off by about
  /// 2 exp(−2π² σ²/h²): 10⁻³⁴ for h = σ/2. Where a density is constant on the cells of the rule the
  /// sum is exact.
  package var step = 0.25
  package var tolerance = 1e-9

  package var description: String { name }

  package static let all: [Subject] = [
    Subject(
      name: "standard Gaussian",
      density: StandardGaussian(dimension: 2),
      box: (-9...9, -9...9)
    ),
    Subject(name: "standard Gaussian, 5-D", density: StandardGaussian(dimension: 5)),
    Subject(name: "Gaussian", density: tiltedGaussian, box: (-11...13, -9...5), step: 0.2),
    Subject(name: "Gaussian, 3-D", density: gaussianInSpace),
    Subject(name: "mixture", density: mixture, box: (-9...11, -9...9), step: 0.2),
    Subject(name: "one mode", density: oneMode, box: (-9...9, -9...9), step: 0.2),
    Subject(name: "checkerboard", density: Checkerboard(), box: (-4...4, -4...4)),
    Subject(
      name: "checkerboard, scale 0.3",
      density: Checkerboard(scale: 0.3),
      box: (-1.2...1.2, -1.2...1.2),
      step: 0.1
    ),
    Subject(name: "eight Gaussians", density: EightGaussians(), box: (-9...9, -9...9)),
    Subject(name: "moons", density: TwoMoons(), box: (-8...8, -6...6), step: 0.15),
    Subject(
      name: "moons, scale 1",
      density: TwoMoons(scale: 1, noise: 0.5),
      box: (-7...7, -6...6),
      step: 0.2
    ),
    Subject(name: "spirals", density: TwoSpirals(), box: (-5...5, -5...5), step: 0.05),
    Subject(
      name: "spirals, coarse",
      density: TwoSpirals(turns: 3, radius: 1, noise: 2),
      box: (-18...18, -18...18),
      step: 0.5
    ),
    Subject(name: "swiss roll", density: SwissRoll(), box: (-6...6, -6...6), step: 0.1),
    // The twist shears the arms: at 1 + 5 σ_r radii they are 0.026 wide, and beyond that lies a
    // probability of 10⁻⁶ with an error of the same relative size as at 0.015.
    Subject(
      name: "pinwheel",
      density: Pinwheel(),
      box: (-6...6, -6...6),
      step: 0.02,
      tolerance: 1e-7
    ),
    Subject(
      name: "pinwheel, straight",
      density: Pinwheel(arms: 3, rate: 0),
      box: (-8...8, -8...8),
      step: 0.1
    ),
    Subject(name: "rings", density: Rings(), box: (-5...5, -5...5), step: 0.05),
    Subject(
      name: "one ring",
      density: Rings(radii: [2], noise: 0.25),
      box: (-5...5, -5...5),
      step: 0.1
    ),
    Subject(name: "grid", density: grid, box: (-1...5, 2...3), step: 0.25),
  ]

  package static var planar: [Subject] { all.filter { $0.box != nil } }

  package static let tiltedGaussian = make {
    try Gaussian(
      mean: Tensor([1, -2]),
      covariance: Tensor([1.5, 0.6, 0.6, 0.5], shape: [2, 2])
    )
  }

  package static let gaussianInSpace = make {
    try Gaussian(
      mean: Tensor([1, -2, 0.5]),
      covariance: Tensor([2, 0.6, -0.3, 0.6, 0.5, 0.1, -0.3, 0.1, 1], shape: [3, 3])
    )
  }

  package static let mixture = make {
    try GaussianMixture(
      weights: [0.2, 0.5, 0.3],
      means: Tensor(rows: [[2, 1], [-1, 0.5], [0, -2]]),
      covariances: Tensor(
        [1, 0.3, 0.3, 0.5, 0.4, -0.1, -0.1, 0.6, 0.7, 0, 0, 0.7],
        shape: [3, 2, 2]
      )
    )
  }

  package static let oneMode = make {
    try GaussianMixture(
      weights: [1],
      means: Tensor(rows: [[0.5, -0.5]]),
      covariances: Tensor([0.8, 0.2, 0.2, 0.5], shape: [1, 2, 2])
    )
  }

  package static let grid = make {
    try GridDensity(
      values: Tensor(rows: [
        [1, 0, 3, 2, 0, 1], [0, 5, 1, 0, 0, 2], [2, 2, 0, 7, 1, 0], [0, 0, 1, 1, 4, 0],
      ]),
      xRange: -1...5,
      yRange: 2...3
    )
  }

  private static func make<Value>(_ body: () throws -> Value) -> Value {
    do { return try body() } catch { fatalError("\(error)") }
  }
}

/// The middles of the cells of a rectangle, each at most `step` wide.
package struct Cells {
  package let points: Tensor<Double>
  package let area: Double

  package init(x: ClosedRange<Double>, y: ClosedRange<Double>, step: Double) {
    let (width, height) = (x.upperBound - x.lowerBound, y.upperBound - y.lowerBound)
    let columns = Int((width / step - 1e-9).rounded(.up))
    let rows = Int((height / step - 1e-9).rounded(.up))
    var points: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        points.append(x.lowerBound + width * (Double(column) + 0.5) / Double(columns))
        points.append(y.lowerBound + height * (Double(row) + 0.5) / Double(rows))
      }
    }
    self.points = Tensor(points, shape: [rows * columns, 2])
    self.area = width * height / Double(rows * columns)
  }

  /// ∫ ρ over the rectangle, by the midpoint rule.
  package func integral(of density: some ExplicitDensity) -> Double {
    density.logDensity(points).elements.reduce(0) { $0 + Double.exp($1) } * area
  }
}
