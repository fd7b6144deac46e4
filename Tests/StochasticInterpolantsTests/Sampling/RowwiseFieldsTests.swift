import Foundation
import Gradients
import Integrators
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

  @Test(arguments: [[VectorField.velocity], [.denoiser], [.velocity, .score]])
  func learnedFields(_ kinds: [VectorField]) {
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

  /// b of learned fields times a factor, by an evaluator around theirs.
  private struct Scaled: Fields {
    let inner: LearnedFields<OneSidedInterpolant<LinearSchedule>>
    var dimension: Int { inner.dimension }
    var available: Quantities { .velocity }

    final class Evaluator: FieldEvaluator {
      private let inner: LearnedFields<OneSidedInterpolant<LinearSchedule>>.Evaluator

      init(_ inner: LearnedFields<OneSidedInterpolant<LinearSchedule>>.Evaluator) {
        self.inner = inner
      }

      func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
        inner.evaluate(time: time, points: points, into: &values)
        values.velocity.scale(by: 2)
      }

      func evaluate(
        times: Tensor<Double>,
        points: Tensor<Double>,
        into values: inout FieldValues
      ) {
        inner.evaluate(times: times, points: points, into: &values)
        values.velocity.scale(by: 2)
      }
    }

    func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
      Evaluator(inner.makeEvaluator(wanted, rows: rows))
    }
  }

  private static var learned: LearnedFields<OneSidedInterpolant<LinearSchedule>> {
    LearnedFields(
      interpolant: .linear,
      fields: [
        .untrained([.velocity], MLP(dimension: 2, hidden: [8], activation: .silu), seed: 1)
      ]
    )
  }

  /// Under step control an evaluator around another is followed as a function of the points is.
  @Test func anEvaluatorAroundAnother() throws {
    let inner = Self.learned
    let tolerance = ErrorTolerance(absolute: 1e-4, relative: 1e-4)
    func points(_ fields: some Fields) throws -> Tensor<Double> {
      try Sampler(fields).ode(
        count: 37,
        from: StandardGaussian(dimension: 2),
        tolerance: tolerance,
        seed: 3
      ).points
    }
    let closure = ClosureFields(
      dimension: 2,
      velocity: { inner($0, $1, wanted: .velocity, workers: Workers(count: 1)).velocity * 2 }
    )
    let (own, expected) = (try points(Scaled(inner: inner)), try points(closure))
    #expect(own == expected)
    #expect(own != StandardGaussian(dimension: 2).sample(count: 37, seed: 3))
  }

  private static func says(_ result: ExitTest.Result?, _ text: String) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)")
  }

  @Test func anEvaluatorIsAskedForTheRowsItWasMadeFor() async {
    let points = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var values = FieldValues(.velocity, rows: 16, dimension: 2)
      Self.learned.makeEvaluator(.velocity, rows: 16)
        .evaluate(time: 0.5, points: Tensor(zeros: [32, 2]), into: &values)
    }
    Self.says(points, "was asked for points of shape [32, 2]")
    let values = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var values = FieldValues([], rows: 16, dimension: 2)
      Self.learned.makeEvaluator(.velocity, rows: 16)
        .evaluate(time: 0.5, points: Tensor(zeros: [16, 2]), into: &values)
    }
    Self.says(values, "made for 16 rows cannot write into values of shape [0]")
    let times = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var values = FieldValues(.velocity, rows: 16, dimension: 2)
      Self.learned.makeEvaluator(.velocity, rows: 16)
        .evaluate(times: Tensor(zeros: [2]), points: Tensor(zeros: [16, 2]), into: &values)
    }
    Self.says(times, "made for 16 rows was asked for times of shape [2]")
  }

  /// b = x cos 5t with its divergence, as functions of one time and of a time for each row.
  @Test func closuresOfOneTimeAndOfRows() throws {
    let calls = Lock(0)
    let one = ClosureFields(
      dimension: 2,
      velocity: { time, x in
        calls.withLock { $0 += 1 }
        return x * cos(5 * time)
      },
      score: { time, x in x * -time },
      divergence: { time, x in Tensor(repeating: 2 * cos(5 * time), shape: [x.shape[0]]) },
      scoreDivergence: { time, x in Tensor(repeating: -2 * time, shape: [x.shape[0]]) }
    )
    let rowwise = ClosureFields.rowwise(
      dimension: 2,
      velocity: { times, x in
        calls.withLock { $0 += 1 }
        return x * (times * 5).applying(.cos).reshaped([x.shape[0], 1])
      },
      score: { times, x in x * -times.reshaped([x.shape[0], 1]) },
      divergence: { times, _ in (times * 5).applying(.cos) * 2 },
      scoreDivergence: { times, _ in times * -2 }
    )
    #expect(one.available == [.velocity, .score, .divergence, .scoreDivergence])
    #expect(rowwise.available == one.available)
    Self.check(one, one.available, tolerance: 0)
    Self.check(rowwise, one.available, tolerance: 0)
    // The same products, but for the rounding of the cosine.
    let tolerance = ErrorTolerance(absolute: 1e-6, relative: 1e-6)
    let base = StandardGaussian(dimension: 2)
    func points(_ fields: ClosureFields) throws -> Tensor<Double> {
      try Sampler(fields).ode(count: 128, from: base, tolerance: tolerance, seed: 3).points
    }
    func counting(_ fields: ClosureFields) throws -> (points: Tensor<Double>, calls: Int) {
      calls.withLock { $0 = 0 }
      return (try points(fields), calls.withLock { $0 })
    }
    let (expected, found) = (try counting(one), try counting(rowwise))
    #expect(found.points.isApproximatelyEqual(to: expected.points, absoluteTolerance: 1e-12))
    // Once for up to 128 rows, some of which take fewer steps than others.
    #expect(found.calls * 16 < expected.calls)
  }

  @Test func resultsOfOtherShapesAreNamed() async {
    let velocity = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let fields = ClosureFields(
        dimension: 2,
        velocity: { _, x in x.slice(0..<1, along: 1) }
      )
      _ = fields(0.5, Tensor(zeros: [3, 2]))
    }
    Self.says(velocity, "the function of the velocity has to return the shape [")
    let divergence = await #expect(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let fields = ClosureFields(
        dimension: 2,
        velocity: { _, x in x },
        divergence: { _, x in Tensor(repeating: 2, shape: []) }
      )
      _ = fields(0.5, Tensor(zeros: [3, 2]))
    }
    Self.says(divergence, "the function of the divergence of the velocity has to return the shape")
    let time = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ClosureFields(dimension: 2, velocity: { _, x in x })(1.5, Tensor(zeros: [3, 2]))
    }
    Self.says(time, "fields have values at t in [0, 1], not at 1.5")
    let unknown = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try ClosureFields(dimension: 2, velocity: { _, x in x })
        .values(at: .nan, Tensor(zeros: [3, 2]))
    }
    Self.says(unknown, "fields have values at t in [0, 1], not at nan")
  }

  /// At t = 0 b = α̇x + β̇E[x₁] asks no network: what another row left in the memory is not its own.
  @Test func aRowAtTheEndDoesNotSeeAnothersNaN() {
    let fields = LearnedFields(
      interpolant: OneSidedInterpolant.linear,
      fields: [
        .untrained([.denoiser], MLP(dimension: 1, hidden: [8], activation: .silu), seed: 1)
      ],
      targetMean: Tensor([0.25])
    )
    let evaluator = fields.makeEvaluator(.velocity, rows: 2)
    var values = FieldValues(.velocity, rows: 2, dimension: 1)
    evaluator.evaluate(
      times: Tensor([0.5, 0]),
      points: Tensor(rows: [[.nan], [3]]),
      into: &values
    )
    #expect(values.velocity[0, 0].isNaN)
    #expect(values.velocity[1, 0] == -3 + 0.25)
  }
}
