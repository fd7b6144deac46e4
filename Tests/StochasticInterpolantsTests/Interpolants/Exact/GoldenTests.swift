import Foundation
import StochasticInterpolants
import Tensors
import Testing

/// Twelve values to ten decimals from an independent computation of (A.4)–(A.6).
@Suite struct GoldenTests {
  struct Row: Sendable {
    let time: Double
    let x: Double
    /// ρ, b and s.
    let values: [Double]

    init(_ time: Double, _ x: Double, _ values: [Double]) {
      self.time = time
      self.x = x
      self.values = values
    }
  }

  /// ±3 with variance ¼ to −6, 0, 6 with variances ½, 0.33, ½, equal weights.
  static func check(_ interpolant: some Interpolant, _ rows: [Row]) throws {
    let fields = MixtureFields(
      interpolant,
      base: try GaussianMixture(
        weights: [0.5, 0.5],
        means: Tensor(rows: [[-3], [3]]),
        covariances: Tensor([0.25, 0.25], shape: [2, 1, 1])
      ),
      target: try GaussianMixture(
        weights: [1.0 / 3, 1.0 / 3, 1.0 / 3],
        means: Tensor(rows: [[-6], [0], [6]]),
        covariances: Tensor([0.5, 0.33, 0.5], shape: [3, 1, 1])
      )
    )
    for row in rows {
      let values = fields(row.time, Tensor(rows: [[row.x]]))
      let found = [exp(values.logDensity.scalar), values.velocity.scalar, values.score.scalar]
      for (own, golden) in zip(found, row.values) {
        // Half of the tenth decimal, and a hundredth of that for our own rounding.
        #expect(abs(own - golden) < 5.05e-11, "t = \(row.time), x = \(row.x): \(own)")
      }
    }
  }

  @Test func linearWithABrownianLatent() throws {
    try Self.check(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      [
        Row(0.25, -1.5, [0.1011695129, 5.9490457763, -0.0223855757]),
        Row(0.4, 2, [0.1118194579, -1.8845492952, -0.7549819264]),
        Row(0.75, 0.5, [0.1126994188, -2.2288461148, 0.1538033125]),
      ]
    )
  }

  @Test func linearWithoutALatent() throws {
    try Self.check(
      TwoSidedInterpolant.linear(gamma: ZeroLatent()),
      [
        Row(0.25, -1.5, [0.0601654812, 6.0204102557, 0.0272479496]),
        Row(0.4, 2, [0.1534628064, -2.9842175058, -1.4230757725]),
        Row(0.75, 0.5, [0.1299524038, -3.0563646952, 1.0670353740]),
      ]
    )
  }

  @Test func variancePreserving() throws {
    try Self.check(
      TwoSidedInterpolant.variancePreserving(gamma: BrownianLatent()),
      [
        Row(0.25, -1.5, [0.0576691964, 5.3362998322, -0.0541705675]),
        Row(0.4, 2, [0.1291916407, 0.2378334624, -0.3208955638]),
        Row(0.75, 0.5, [0.0793476316, -2.8548762977, 0.7838055327]),
      ]
    )
  }

  @Test func encodingDecoding() throws {
    try Self.check(
      TwoSidedInterpolant.encodingDecoding,
      [
        Row(0.25, -1.5, [0.3568250221, 9.4247611503, 0.0000053509]),
        Row(0.4, 2, [0.0458908641, 0.2793755603, -2.2271180825]),
        Row(0.75, 0.5, [0.1584045184, -1.5741513142, -1.5010679257]),
      ]
    )
  }
}
