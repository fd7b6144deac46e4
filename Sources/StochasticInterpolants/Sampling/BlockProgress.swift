internal import Integrators
internal import Tensors

/// Rows that are followed together.
struct FollowedBlock {
  /// The place of the first row in the whole run, which fixed steps need to name another.
  let firstRow: Int
  /// The addresses of the rows' draws, without a stream.
  let address: RandomBlock
  /// Where the rows stand.
  let state: Tensor<Double>
}

/// What the integration of a segment came to.
struct Stretch {
  var state: Tensor<Double>
  var saved: [Tensor<Double>]
  /// Evaluations of the drift for whole blocks.
  var evaluations: Int
  /// With step control, the steps of each row.
  var reports: [RowReport] = []
  /// Why no row goes on.
  var failure: SamplingError?

  /// Fixed steps.
  init(_ solution: Solution, firstRow: Int) {
    state = solution.state
    saved = solution.saved
    evaluations = solution.evaluations
    if solution.outcome != .completed {
      failure = .integration(
        IntegrationFailure(
          outcome: solution.outcome.shifted(by: firstRow),
          steps: solution.steps
        )
      )
    }
  }

  /// Steps that each row chose; reports say which of them failed.
  init(_ solution: AdaptiveSolution) {
    state = solution.state
    saved = solution.saved
    reports = solution.rows
    evaluations = solution.evaluations
  }
}

/// How far the rows of a block have come.
///
/// With fixed steps all rows go on or none does. With step control a row that failed stays where it is, and
/// the others go on without it: what a row becomes does not depend on those beside it.
struct BlockProgress {
  /// The rows' places in the whole run.
  private let rows: Range<Int>
  /// The addresses of the rows' draws, padding included.
  private let address: RandomBlock
  /// Where each row stands, padding included.
  private(set) var state: Tensor<Double>
  /// The points at the times passed, NaN in rows that did not get there.
  private(set) var saved: [Tensor<Double>] = []
  /// With step control, the steps of each row.
  private(set) var reports: [RowReport] = []
  /// The rows of the state that go on.
  private var active: [Int]
  private var evaluationsOfSteps = 0
  /// Evaluations by the finishing step on each row.
  private var finishingEvaluations: [Int]

  init(rows: Range<Int>, address: RandomBlock, state: Tensor<Double>) {
    self.rows = rows
    self.address = address
    self.state = state
    active = Array(0..<state.shape[0])
    finishingEvaluations = [Int](repeating: 0, count: state.shape[0])
  }

  private var isWhole: Bool { active.count == state.shape[0] }

  /// The rows that go on, or nil where none does.
  var followed: FollowedBlock? {
    if active.isEmpty { return nil }
    if isWhole { return FollowedBlock(firstRow: rows.lowerBound, address: address, state: state) }
    return FollowedBlock(
      firstRow: rows.lowerBound,
      address: RandomBlock(seed: address.seed, samples: active.map { rows.lowerBound + $0 }),
      state: state.gatheringRows(active)
    )
  }

  /// Evaluations of the drift on a row; with step control on the one that needed most.
  var evaluations: Int {
    // A row that failed before has no finishing step: the sum of two maxima would depend on the rows beside it.
    finishingEvaluations.enumerated().map { row, finishing in
      (reports.isEmpty ? evaluationsOfSteps : reports[row].evaluations) + finishing
    }.max() ?? 0
  }

  /// Takes what the integration of a segment came to for the rows that went on.
  mutating func add(_ stretch: Stretch) {
    evaluationsOfSteps += stretch.evaluations
    if isWhole {
      state = stretch.state
      saved += stretch.saved
      reports =
        reports.isEmpty
        ? stretch.reports : zip(reports, stretch.reports).map { $0.followed(by: $1) }
    } else {
      state.overwriteRows(active, with: stretch.state)
      saved += stretch.saved.map { .missing(state.shape[0], but: active, of: $0) }
      for (row, report) in zip(active, stretch.reports) {
        reports[row] = reports[row].followed(by: report)
      }
    }
    dropFailed()
  }

  /// Passes a segment to which no row came.
  mutating func pass(_ segment: Segment) {
    let missing = Tensor<Double>(repeating: .nan, shape: state.shape)
    saved += segment.saving.map { _ in missing }
  }

  /// Takes where a finishing step leads the rows that went on.
  ///
  /// - Parameters:
  ///   - ends: a row for each of them.
  ///   - time: the time from which the step leads to the end.
  /// - Returns: what is not finite, where steps are fixed; with step control it ends its row.
  mutating func finish(_ ends: Tensor<Double>, at time: Double) -> Outcome? {
    for row in active { finishingEvaluations[row] = 1 }
    if reports.isEmpty {
      state = ends
      return ends.slice(0..<rows.count).firstNonFinite.map { bad in
        .nonFiniteField(
          time: time,
          row: rows.lowerBound + bad / ends.shape[1],
          component: bad % ends.shape[1]
        )
      }
    }
    let standing = state
    state.overwriteRows(active, with: ends)
    for (place, row) in active.enumerated() {
      guard let component = ends.slice(place..<place + 1).firstNonFinite else { continue }
      reports[row] = reports[row].ending(as: .nonFiniteField(time: time, component: component))
      state.overwriteRows([row], with: standing.slice(row..<row + 1))
    }
    dropFailed()
    return nil
  }

  private mutating func dropFailed() {
    if reports.isEmpty { return }
    active.removeAll { reports[$0].outcome != .completed }
  }
}

extension Tensor<Double> {
  /// Overwrites some rows with those of another tensor, in their order.
  mutating func overwriteRows(_ rows: [Int], with source: Tensor) {
    for (place, row) in rows.enumerated() {
      copyRows(from: source.slice(place..<place + 1), count: 1, at: row)
    }
  }

  /// NaN in all of `count` rows but some, which are those of a source in their order.
  static func missing(_ count: Int, but rows: [Int], of source: Tensor) -> Tensor {
    var whole = Tensor(repeating: .nan, shape: [count] + source.shape.dropFirst())
    whole.overwriteRows(rows, with: source)
    return whole
  }
}
