import Foundation
import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("The user's data")
struct DataTests {
  private let points = StandardGaussian(dimension: 3).sample(count: 1_000, seed: 1)

  @Test("points that are no data are refused by row and column")
  func refused() {
    var broken = points
    broken[17, 2] = .nan
    #expect(throws: PointsError.notFinite(row: 17, column: 2)) {
      try EmpiricalDensity(points: broken)
    }
    #expect(throws: PointsError.notFinite(row: 1, column: 1)) {
      try GivenPoints(Tensor(rows: [[1.0, 2], [3, .infinity]]))
    }
    #expect(throws: PointsError.noRows) { try GivenPoints(Tensor(zeros: [0, 3])) }
    #expect(throws: PointsError.noRows) { try EmpiricalDensity(points: Tensor(zeros: [0, 3])) }
    #expect(throws: PointsError.noColumns) { try EmpiricalDensity(points: Tensor(zeros: [3, 0])) }
    #expect(throws: PointsError.notAMatrix(shape: [4])) {
      try EmpiricalDensity(points: Tensor(zeros: [4]))
    }
    #expect(throws: PointsError.notFinite(row: 17, column: 2)) {
      try Standardization.fitted(to: broken)
    }
    #expect("\(PointsError.notFinite(row: 17, column: 2))".contains("row 17, column 2"))
  }

  @Test("an empirical density draws every row equally often, addressed")
  func draws() throws {
    let rows = Tensor(rows: (0..<10).map { [Double($0), -Double($0)] })
    let density = try EmpiricalDensity(points: rows)
    let block = RandomBlock(seed: 2, samples: 0..<50_000)
    let drawn = density.sample(block)
    var counts = [Double](repeating: 0, count: 10)
    for row in 0..<drawn.shape[0] {
      #expect(drawn[row, 1] == -drawn[row, 0])
      counts[Int(drawn[row, 0])] += 1
    }
    let statistic = counts.reduce(0) { $0 + ($1 - 5_000) * ($1 - 5_000) / 5_000 }
    #expect((statistic - 9).magnitude < 5 * (2.0 * 9).squareRoot())
    let alone = density.sample(RandomBlock(seed: 2, samples: [321]))
    #expect(alone == drawn.slice(321..<322))
    #expect(density.mean.isApproximatelyEqual(to: Tensor([4.5, -4.5])))
    #expect((density.covariance[0, 1] + 8.25).magnitude < 1e-12)
  }

  @Test("a split keeps every row once, in order, and is a function of its seed")
  func split() throws {
    let rows = Tensor((0..<101).map { Double($0) }, shape: [101, 1])
    let density = try EmpiricalDensity(points: rows)
    let parts = try density.split(holdingOut: 0.2, seed: 9)
    #expect(parts.heldOut.count == 20 && parts.training.count == 81)
    let (training, heldOut) = (parts.training.points.elements, parts.heldOut.points.elements)
    #expect((training + heldOut).sorted() == rows.elements)
    #expect(training == training.sorted() && heldOut == heldOut.sorted())
    #expect(try density.split(holdingOut: 0.2, seed: 9) == parts)
    #expect(try density.split(holdingOut: 0.2, seed: 10).heldOut != parts.heldOut)
    let pair = try EmpiricalDensity(points: rows.slice(0..<2)).split(holdingOut: 0.01, seed: 1)
    #expect(pair.training.count == 1 && pair.heldOut.count == 1)
    let single = try EmpiricalDensity(points: rows.slice(0..<1))
    #expect(throws: PointsError.tooFewRows(count: 1, needed: 2)) {
      try single.split(holdingOut: 0.5, seed: 1)
    }
  }

  @Test("a grid has its weights' values, entropy and support, row 0 at the bottom")
  func grid() throws {
    let grid = try GridDensity(
      values: Tensor(rows: [[1, 0], [0, 3]]),
      xRange: 0...4,
      yRange: 0...1
    )
    // Cells of 2 × ½ with probabilities ¼ (bottom left) and ¾ (top right).
    let places = Tensor(rows: [[1, 0.2], [3, 0.2], [1, 0.7], [3, 0.7], [-1, 0.2], [4, 0.7]])
    let values = grid.logDensity(places).elements.map { Double.exp($0) }
    for (value, expected) in zip(values, [0.25, 0, 0, 0.75, 0, 0]) {
      #expect((value - expected).magnitude < 1e-15)
    }
    #expect(grid.contains(places) == [true, false, false, true, false, false])
    let entropy = try #require(grid.entropy)
    let expected = -0.25 * Double.log(0.25) - 0.75 * Double.log(0.75)
    #expect((entropy - expected).magnitude < 1e-15)
    let huge = try GridDensity(
      values: Tensor(rows: [[1e308, 1e308, 0]]),
      xRange: 0...3,
      yRange: 0...1
    )
    #expect((huge.logDensity(Tensor(rows: [[0.5, 0.5]]))[0] + Double.log(2)).magnitude < 1e-15)
    // A weight that is positive, and whose share of the sum is 0.
    let steep = try GridDensity(
      values: Tensor(rows: [[Double.exp(700), Double.exp(-700)]]),
      xRange: 0...2,
      yRange: 0...1
    )
    #expect(steep.entropy == 0)
    let copy = try JSONDecoder().decode(
      GridDensity.self,
      from: try JSONEncoder().encode(Subject.grid)
    )
    #expect(
      copy == Subject.grid
        && copy.sample(count: 9, seed: 1) == Subject.grid.sample(count: 9, seed: 1)
    )
  }

  @Test("weights that make no grid are refused by name")
  func gridRefused() {
    func grid(_ values: Tensor<Double>) throws -> GridDensity {
      try GridDensity(values: values, xRange: 0...1, yRange: 0...1)
    }
    #expect(throws: GridDensityError.negative(row: 1, column: 0, weight: -2)) {
      try grid(Tensor(rows: [[1, 1], [-2, 1]]))
    }
    #expect(throws: GridDensityError.notFinite(row: 0, column: 1)) {
      try grid(Tensor(rows: [[1, .nan], [2, 1]]))
    }
    #expect(throws: GridDensityError.allZero(rows: 2, columns: 3)) {
      try grid(Tensor(zeros: [2, 3]))
    }
    #expect(throws: GridDensityError.notAMatrix(shape: [0, 3])) { try grid(Tensor(zeros: [0, 3])) }
  }

  @Test("names give densities in the plane, and an unknown one a list")
  func names() throws {
    #expect(NamedDensity.allCases.count == 8)
    for name in NamedDensity.allCases {
      #expect(name.density.dimension == 2)
      #expect(!name.summary.isEmpty && !name.summary.contains("\n"))
      #expect(try NamedDensity(name: name.rawValue) == name)
      let points = name.density.sample(count: 10_000, seed: 3)
      #expect(points.applying(.absolute).max() < 7, "\(name)")
    }
    #expect(throws: UnknownDensityError.self) { try NamedDensity(name: "squares") }
    let text = "\(UnknownDensityError(name: "squares"))"
    #expect(text.contains("squares") && text.contains("eight-gaussians"))
  }

  @Test("an independent coupling draws its ends apart, a paired one together")
  func couplings() throws {
    let block = RandomBlock(seed: 5, samples: 0..<10_000)
    let independent = IndependentCoupling(StandardGaussian(dimension: 3), Subject.gaussianInSpace)
    let ends = independent.pairs(block)
    #expect(ends.x0.shape == [10_000, 3] && ends.x1.shape == [10_000, 3])
    for column in 0..<3 {
      let (first, second) = (ends.x0.slice(column..<column + 1, along: 1), ends.x1)
      let product = Estimate(meanOf: first * (second - Subject.gaussianInSpace.mean))
      #expect(product.value.magnitude < 5 * product.standardError)
    }
    let paired = try PairedCoupling(x0: points, x1: points * 2)
    let pairs = paired.pairs(block)
    #expect(pairs.x1 == pairs.x0 * 2)
    #expect(pairs.x0 != points)
    let alone = independent.pairs(RandomBlock(seed: 5, samples: [77]))
    #expect(alone.x0 == ends.x0.slice(77..<78) && alone.x1 == ends.x1.slice(77..<78))
    #expect(throws: PointsError.shapesDiffer(first: [1_000, 3], second: [999, 3])) {
      try PairedCoupling(x0: points, x1: points.slice(0..<999))
    }
  }
}
