public import Tensors

/// How the integration of one row ended.
public enum RowOutcome: Sendable, Hashable {
  /// The last time was reached.
  case completed
  /// The field was NaN or infinite at a state that was finite.
  case nonFiniteField(time: Double, component: Int)
  /// The state was NaN or infinite.
  case nonFiniteState(time: Double, component: Int)
  /// A step shorter than the limit would be needed; the component has the largest error.
  case stepTooShort(time: Double, size: Double, component: Int)
  /// The attempts were used up; the component has the largest error.
  case tooManyAttempts(time: Double, size: Double, component: Int)
}

extension RowOutcome: CustomStringConvertible {
  /// What happened, where, and what may help.
  public var description: String {
    switch self {
    case .completed:
      "completed"
    case .nonFiniteField(let time, let component):
      "the field is not finite at t = \(time), component \(component); at an end of the interval "
        + "the field may be singular: start later or stop earlier"
    case .nonFiniteState(let time, let component):
      "the state is not finite at t = \(time), component \(component); the start holds such a value, or "
        + "the path overflows: look at the start, or stop earlier"
    case .stepTooShort(let time, let size, let component):
      "at t = \(time) a step below \(size) would be needed for component \(component); the field "
        + "may jump or be singular there, or rounds more coarsely than the tolerance: loosen it, "
        + "stop earlier, or use fixed steps"
    case .tooManyAttempts(let time, let size, let component):
      "the attempts were used up at t = \(time) with steps of \(size), component \(component) "
        + "being the worst; allow more, loosen the tolerance, or use fixed steps"
    }
  }
}

/// How far a row came, and what it cost.
public struct RowReport: Sendable, Hashable {
  /// How the row ended.
  public internal(set) var outcome: RowOutcome = .completed
  /// The time of the row's last state.
  public internal(set) var time: Double
  /// Steps that count.
  public internal(set) var accepted = 0
  /// Attempts that did not.
  public internal(set) var rejected = 0
  /// Evaluations of the field that the row needed.
  public internal(set) var evaluations = 0

  /// The report of a row that went on where this one ends: counts add up.
  public func followed(by next: RowReport) -> RowReport {
    var joined = next
    joined.accepted += accepted
    joined.rejected += rejected
    joined.evaluations += evaluations
    return joined
  }

  /// The report of a row that failed after its last step.
  package func ending(as outcome: RowOutcome) -> RowReport {
    var ended = self
    ended.outcome = outcome
    return ended
  }
}

/// What an integration with step control computed: every row to its end or to where it failed.
public struct AdaptiveSolution: Sendable {
  /// Each row's last state, `[rows, components]`.
  public internal(set) var state: Tensor<Double>
  /// The states at the times asked for, NaN in rows that did not get there.
  public internal(set) var saved: [Tensor<Double>]
  /// How each row ended.
  public internal(set) var rows: [RowReport]
  /// The number of evaluations of whole blocks.
  public internal(set) var evaluations = 0
  /// The first time.
  public let start: Double

  init(state: Tensor<Double>, saved: [Tensor<Double>], rows: [RowReport], start: Double) {
    self.state = state
    self.saved = saved
    self.rows = rows
    self.start = start
  }

  /// Of the rows that failed the one that came least far, the first of several, or nil.
  public var failure: AdaptiveFailure? { AdaptiveFailure(of: rows, from: start) }

  /// The last states, or an error where a row failed.
  public func completed() throws(AdaptiveFailure) -> Tensor<Double> {
    if let failure { throw failure }
    return state
  }
}

/// An integration in which rows did not reach the end.
public struct AdaptiveFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// Of the rows that failed the one that came least far, the first of several.
  public let row: Int
  /// How it failed.
  public let report: RowReport
  /// The number of rows that failed.
  public let count: Int

  /// What the reports of all rows come to; nil where every row reached the end.
  ///
  /// - Parameters:
  ///   - rows: the report of each row.
  ///   - start: the first time.
  public init?(of rows: [RowReport], from start: Double) {
    let failed = rows.indices.filter { rows[$0].outcome != .completed }
    func distance(_ row: Int) -> Double { abs(rows[row].time - start) }
    guard let row = failed.min(by: { distance($0) < distance($1) }) else { return nil }
    self.row = row
    report = rows[row]
    count = failed.count
  }

  /// One sentence that names the sample, t, the component and the steps made.
  public var description: String {
    "sample \(row): after \(report.accepted) accepted and \(report.rejected) rejected steps "
      + "\(report.outcome)"
      + (count > 1 ? " (and \(count - 1) other samples failed)" : "")
  }
}
