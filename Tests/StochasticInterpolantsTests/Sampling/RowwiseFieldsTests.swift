import Gradients
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// Fields at a time for each row, against the same fields at one time.
@Suite struct RowwiseFieldsTests {
  static let times = [0.0, 0.13, 0.5, 0.87, 1.0, 0.13]
  static let rows = 128

  /// Whether each row of the values at mixed times is that of a block all of whose rows have its time.
  static func check<F: Fields>(
    _ fields: F,
    _ wanted: Quantities,
    tolerance: Double,
    times: [Double] = times,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let dimension = fields.dimension
    let points = RandomBlock(seed: 4, samples: 0..<rows).normal(columns: dimension)
    let mixed = (0..<rows).map { times[$0 % times.count] }
    let evaluator = fields.makeEvaluator(wanted, rows: rows)
    var together = FieldValues(wanted, rows: rows, dimension: dimension)
    evaluator.evaluate(times: Tensor(mixed), points: points, into: &together)
    var alone = FieldValues(wanted, rows: rows, dimension: dimension)
    for time in Set(times) {
      evaluator.evaluate(time: time, points: points, into: &alone)
      for quantity in Quantities.each where wanted.contains(quantity) {
        for row in 0..<rows where mixed[row] == time {
          let first = together[quantity].slice(row..<row + 1)
          let second = alone[quantity].slice(row..<row + 1)
          #expect(
            first.isApproximatelyEqual(
              to: second,
              absoluteTolerance: tolerance,
              relativeTolerance: tolerance
            ),
            "\(quantity) of row \(row) at t = \(time)",
            sourceLocation: sourceLocation
          )
        }
      }
    }
  }

  @Test func exactFields() {
    let fields = MixtureFields(
      TwoSidedInterpolant.linear(gamma: BrownianLatent()),
      base: GaussianMixture(isotropic: Tensor(rows: [[-2, 0], [1, 1]]), standardDeviation: 0.5),
      target: GaussianMixture(isotropic: Tensor(rows: [[0, -1], [3, 2]]), standardDeviation: 0.6)
    )
    // Products of one row round otherwise than those of a block.
    Self.check(fields, fields.available, tolerance: 1e-12)
    Self.check(GaussianOracle().fields, [.velocity, .score, .divergence], tolerance: 0)
  }

  @Test(arguments: [[Objective.Kind.velocity], [.denoiser], [.velocity, .score]])
  func learnedFields(_ kinds: [Objective.Kind]) {
    let network = MLP(dimension: 3, hidden: [8, 8], activation: .silu)
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: kinds.enumerated().map { index, kind in
        LearnedField.untrained([kind], network, seed: UInt64(index))
      },
      targetMean: Tensor([0.2, -0.1, 0.4])
    )
    // A network sees each row's own time, so rows are the same bits; joining heads is elementwise.
    let inner = [0.02, 0.13, 0.5, 0.87, 0.98, 0.13]
    Self.check(
      fields,
      fields.available.intersection([
        .velocity, .score, .denoiser, .divergence, .targetDenoiser, .scoreDivergence,
      ]),
      tolerance: 0,
      times: inner
    )
    Self.check(fields, [.velocity, .divergence], tolerance: 0)
  }

  @Test func transferredFields() throws {
    let target = GaussianMixture(
      isotropic: Tensor(rows: [[-1, 0.5], [2, 1]]),
      standardDeviation: 0.4
    )
    // SBDM's α̇ is infinite at t = 1, where the transfer takes another way.
    let fields = try TransferredFields(
      MixtureFields(OneSidedInterpolant.linear, target: target),
      from: OneSidedInterpolant.linear,
      to: OneSidedInterpolant.sbdm
    )
    Self.check(fields, fields.available, tolerance: 1e-10)
  }
}
