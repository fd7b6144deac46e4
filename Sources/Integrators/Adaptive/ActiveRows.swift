internal import Tensors

/// A row under way.
struct ActiveRow {
  /// Its place in the whole.
  var row = 0
  /// t.
  var time: Double
  /// The length of the next step, positive.
  var size: Double
  /// Whether the attempt before was rejected.
  var isRetrying = false
  /// The next of the times to be saved.
  var nextSaved = 0
  /// The place of t on a grid of leaves, where there is one.
  var leaf = 0
  var report: RowReport

  /// Whether the next step goes to a place so far away: a rest of less than a hundredth of a step is taken
  /// along, but not after a rejection, which a slightly shorter step would else repeat for ever.
  func reaches(_ distance: Double) -> Bool { (isRetrying ? 1 : 1.01) * size >= distance }
}

/// The rows under way, compacted into a block of constant size.
///
/// A row that ends leaves its slot to one that waits; slots without a row repeat one that is under
/// way, so that the field always sees the same number of rows and never a state nobody is in. What
/// happens to a row is computed from that row alone. What a controller remembers of a row is kept beside, so that
/// none of this is generic: what is generic over a caller's type looks its types up in every loop.
struct ActiveRows {
  var slots: [ActiveRow?]
  /// The states of the slots, `[slots, components]`.
  var state: Tensor<Double>
  var solution: AdaptiveSolution
  let components: Int
  private let initial: Tensor<Double>
  private var waiting: Range<Int>

  init(_ initial: Tensor<Double>, start: Double, saved: Int, blockSize: Int) {
    require(
      initial.rank == 2 && blockSize >= 1,
      "step control needs a state [rows, components] and blocks of at least one row, got "
        + "\(initial.shape) and \(blockSize)"
    )
    let rows = initial.shape[0]
    self.initial = initial
    components = initial.shape[1]
    waiting = 0..<rows
    slots = [ActiveRow?](repeating: nil, count: blockSize)
    state = Tensor(zeros: [blockSize, components])
    solution = AdaptiveSolution(
      state: initial,
      saved: [Tensor<Double>](
        repeating: Tensor(repeating: .nan, shape: initial.shape),
        count: saved
      ),
      rows: [RowReport](repeating: RowReport(time: start), count: rows),
      start: start
    )
  }

  /// Whether a row is under way.
  var isActive: Bool { slots.contains { $0 != nil } }

  /// Whether rows wait for a slot.
  var isWaiting: Bool { !waiting.isEmpty }

  /// Gives free slots to waiting rows, which start as the template, and returns those slots; rows
  /// that are not finite end.
  mutating func admit(_ template: ActiveRow) -> [Int] {
    var fresh: [Int] = []
    for slot in slots.indices where slots[slot] == nil {
      while let row = waiting.popFirst() {
        if let component = initial.firstNonFinite(inRow: row) {
          solution.rows[row].outcome = .nonFiniteState(
            time: solution.rows[row].time,
            component: component
          )
          continue
        }
        slots[slot] = template
        slots[slot]?.row = row
        state.copyRow(slot, from: initial, row: row)
        fresh.append(slot)
        break
      }
    }
    return fresh
  }

  /// Ends a slot's row where it stands.
  mutating func retire(_ slot: Int, _ outcome: RowOutcome) {
    guard var active = slots[slot] else { return }
    active.report.outcome = outcome
    active.report.time = active.time
    solution.rows[active.row] = active.report
    solution.state.copyRow(active.row, from: state, row: slot)
    slots[slot] = nil
  }

  /// Lets the slots without a row repeat the first one under way; returns that one's slot.
  mutating func fillIdle() -> Int {
    guard let model = slots.firstIndex(where: { $0 != nil }) else { return 0 }
    if slots.allSatisfy({ $0 != nil }) { return model }
    for slot in slots.indices where slots[slot] == nil {
      state.repeatRow(model, at: slot)
    }
    return model
  }

  /// Keeps a row of values as a slot's at the time `position` of the ones asked for.
  mutating func save(_ values: Tensor<Double>, row source: Int, of slot: Int, at position: Int) {
    guard let row = slots[slot]?.row else { return }
    solution.saved[position].copyRow(row, from: values, row: source)
  }
}

extension Range<Int> {
  fileprivate mutating func popFirst() -> Int? {
    if isEmpty { return nil }
    self = lowerBound + 1..<upperBound
    return lowerBound - 1
  }
}
