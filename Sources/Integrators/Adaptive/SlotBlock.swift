internal import Tensors

/// A row under way.
struct ActiveRow {
  /// Its place in the whole.
  var row: Int
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

  /// A row at the start of its way.
  init(row: Int, time: Double, size: Double) {
    self.row = row
    self.time = time
    self.size = size
    report = RowReport(time: time)
  }

  /// Whether the next step goes to a place so far away.
  ///
  /// A rest of less than a hundredth of a step is taken along, but not after a rejection, which a
  /// slightly shorter step would else repeat for ever.
  func reaches(_ distance: Double) -> Bool { (isRetrying ? 1 : 1.01) * size >= distance }
}

/// Rows under way, compacted into a block of constant size.
///
/// Slots without a row repeat one that is under way, so that the field always sees the same number
/// of rows and never a state nobody is in. What happens to a row is computed from that row alone.
/// What a controller remembers of a row is kept beside, so that none of this is generic: what is
/// generic over a caller's type looks its types up in every loop.
struct SlotBlock {
  var slots: [ActiveRow?]
  /// The states of the slots, `[slots, components]`.
  var state: Tensor<Double>

  init(slots count: Int, components: Int) {
    require(count >= 1, "step control needs blocks of at least one row, got \(count)")
    slots = [ActiveRow?](repeating: nil, count: count)
    state = Tensor(zeros: [count, components])
  }

  /// The first slot with a row; nil where there is none.
  var firstActive: Int? { slots.firstIndex { $0 != nil } }

  /// Whether a row is under way.
  var isActive: Bool { firstActive != nil }

  /// Lets the slots without a row repeat the first one under way; returns that one's slot.
  mutating func fillIdle() -> Int {
    guard let model = firstActive else { return 0 }
    for slot in slots.indices where slots[slot] == nil {
      state.repeatRow(model, at: slot)
    }
    return model
  }

  /// Counts evaluations that a slot's row needed.
  mutating func count(_ evaluations: Int, _ slot: Int) {
    slots[slot]?.report.evaluations += evaluations
  }
}
