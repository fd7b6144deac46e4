internal import Tensors

/// All rows of a solve: those that wait for a slot, and what became of the others.
struct RowLedger {
  var solution: AdaptiveSolution
  let limits: StepLimits
  private let initial: Tensor<Double>
  private var waiting: Range<Int>

  init(_ initial: Tensor<Double>, _ options: AdaptiveOptions) {
    self.initial = initial
    limits = options.limits
    waiting = 0..<initial.shape[0]
    solution = AdaptiveSolution(
      state: initial,
      saved: [Tensor<Double>](
        repeating: Tensor(repeating: .nan, shape: initial.shape),
        count: options.saving.times.count
      ),
      rows: [RowReport](repeating: RowReport(time: options.start), count: initial.shape[0]),
      start: options.start
    )
  }

  /// Whether rows wait for a slot.
  var isWaiting: Bool { !waiting.isEmpty }

  /// Gives free slots to waiting rows; rows that are not finite end.
  ///
  /// - Parameters:
  ///   - block: where the slots are.
  ///   - size: the length of the first step.
  /// - Returns: the slots that have a new row.
  mutating func admit(into block: inout SlotBlock, size: Double) -> [Int] {
    var fresh: [Int] = []
    for slot in block.slots.indices where block.slots[slot] == nil {
      while let row = waiting.popFirst() {
        let start = solution.start
        if let component = initial.firstNonFinite(inRow: row) {
          solution.rows[row].outcome = .nonFiniteState(time: start, component: component)
          continue
        }
        block.slots[slot] = ActiveRow(row: row, time: start, size: min(size, limits.maximumStep))
        block.state.copyRow(slot, from: initial, row: row)
        fresh.append(slot)
        break
      }
    }
    return fresh
  }

  /// Ends a slot's row where it stands.
  mutating func retire(_ slot: Int, of block: inout SlotBlock, as outcome: RowOutcome) {
    guard var active = block.slots[slot] else { return }
    active.report.outcome = outcome
    active.report.time = active.time
    solution.rows[active.row] = active.report
    solution.state.copyRow(active.row, from: block.state, row: slot)
    block.slots[slot] = nil
  }

  /// Keeps a row of values as a row's at the time `position` of the ones asked for.
  mutating func save(_ values: Tensor<Double>, row source: Int, as row: Int, at position: Int) {
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
