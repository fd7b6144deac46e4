import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Fields on the line, which are computed without matrices, against those of the plane.
@Suite struct LineFieldsTests {
  static let weights = (base: [0.3, 0.7], target: [0.5, 0.2, 0.3])
  static let means = (base: [-1.0, 1.5], target: [2.0, -2, 0])
  static let variances = (base: [0.5, 0.8], target: [0.3, 0.5, 0.9])
  /// The variance of the plane's second component, in every mode.
  static let other = 0.7

  static func line(_ weights: [Double], _ means: [Double], _ variances: [Double]) throws
    -> GaussianMixture
  {
    try GaussianMixture(
      weights: weights,
      means: Tensor(means, shape: [means.count, 1]),
      covariances: Tensor(variances, shape: [means.count, 1, 1])
    )
  }

  /// The same with a second component N(0, `other`), independent of the first.
  static func plane(_ weights: [Double], _ means: [Double], _ variances: [Double]) throws
    -> GaussianMixture
  {
    try GaussianMixture(
      weights: weights,
      means: Tensor(rows: means.map { [$0, 0] }),
      covariances: Tensor(variances.flatMap { [$0, 0, 0, other] }, shape: [means.count, 2, 2])
    )
  }

  /// The last of the first are where the weights of far pairs are 0; that of the second where |x|² overflows.
  static let points: [[Double]] = [[-3, -0.4, 0, 1, 2.7, 40], [-1e160]]

  @Test(arguments: [0, 0.2, 0.5, 0.9, 1], points)
  func theyAreTheFirstColumnOfThePlane(_ time: Double, _ points: [Double]) throws {
    let interpolant = TwoSidedInterpolant.linear(gamma: BrownianLatent())
    let line = MixtureFields(
      interpolant,
      base: try Self.line(Self.weights.base, Self.means.base, Self.variances.base),
      target: try Self.line(Self.weights.target, Self.means.target, Self.variances.target)
    )
    let plane = MixtureFields(
      interpolant,
      base: try Self.plane(Self.weights.base, Self.means.base, Self.variances.base),
      target: try Self.plane(Self.weights.target, Self.means.target, Self.variances.target)
    )
    let values = line(time, Tensor(points, shape: [points.count, 1]))
    let right = plane(time, Tensor(rows: points.map { [$0, 0.3] }))
    // The second component is a Gaussian of variance c, whose fields are multiples of x.
    let c = Self.other * ((1 - time) * (1 - time) + time * time) + time * (1 - time)
    let halfSlope = Self.other * (2 * time - 1) + 0.5 * (1 - 2 * time)
    let logDensity = Gaussian.logDensity(0.3, variance: c)
    for (row, point) in points.enumerated() {
      // Some 20 roundings of numbers as large as the field's terms.
      let tolerance = 1e-13 * (1 + point.magnitude)
      func check(_ value: Double, _ exact: Double, _ tolerance: Double) {
        #expect((value - exact).magnitude <= tolerance, "\(value) for \(exact) at x = \(point)")
      }
      check(values.velocity[row, 0], right.velocity[row, 0], tolerance)
      check(values.score[row, 0], right.score[row, 0], tolerance)
      check(values.denoiser[row, 0], right.denoiser[row, 0], tolerance)
      check(values.conditionalVelocity[row, 0], right.conditionalVelocity[row, 0], tolerance)
      check(values.baseDenoiser[row, 0], right.baseDenoiser[row, 0], tolerance)
      check(values.targetDenoiser[row, 0], right.targetDenoiser[row, 0], tolerance)
      check(values.drift[row, 0], right.drift[row, 0], tolerance)
      if point.magnitude > 1e150 {
        #expect(values.logDensity[row] == -.infinity)
        // One pair has all the weight: its field is linear, and no x² is left.
        check(values.divergence[row], right.divergence[row] - halfSlope / c, 1e-13)
        check(values.scoreDivergence[row], right.scoreDivergence[row] + 1 / c, 1e-13)
        continue
      }
      // Terms of the size x² cancel in these.
      let squared = tolerance * (1 + point.magnitude)
      check(values.logDensity[row], right.logDensity[row] - logDensity, squared)
      check(values.divergence[row], right.divergence[row] - halfSlope / c, squared)
      check(values.scoreDivergence[row], right.scoreDivergence[row] + 1 / c, squared)
    }
  }

  /// Bits of rows beside one whose |x|² overflows or that is no number, against those beside an
  /// ordinary one, on the line and in the plane.
  @Test(arguments: [0, 0.2, 0.5, 1], [true, false])
  func aRowDoesNotDependOnItsNeighbours(_ time: Double, _ isLine: Bool) throws {
    let make = isLine ? Self.line : Self.plane
    // In the mean of a mode, of which all others are far, fields are zeros, whose sign counts too.
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: try make(Self.weights.base, Self.means.base, Self.variances.base),
      target: try make(Self.weights.target, [200, -200, 0], Self.variances.target)
    )
    let own: [Double] = [-3, -0.4, 0, 40, 200, -200]
    func values(beside neighbour: Double) -> FieldValues {
      fields(time, Tensor<Double>(rows: (own + [neighbour]).map { isLine ? [$0] : [$0, 0] }))
    }
    let wanted = values(beside: 0.5)
    for neighbour in [1e160, -1e300, .infinity, .nan] {
      let found = values(beside: neighbour)
      for quantity in Quantities.each where fields.available.contains(quantity) {
        let count = own.count * wanted[quantity].count / (own.count + 1)
        #expect(
          found[quantity].elements.prefix(count).map(\.bitPattern)
            == wanted[quantity].elements.prefix(count).map(\.bitPattern),
          "\(quantity) beside \(neighbour)"
        )
      }
      #expect(found.score.elements.last?.isFinite == (neighbour.magnitude < 1e307))
    }
  }
}

extension Gaussian {
  /// log N(x; 0, c).
  fileprivate static func logDensity(_ x: Double, variance: Double) -> Double {
    -0.5 * (x * x / variance + log(2 * .pi * variance))
  }
}
