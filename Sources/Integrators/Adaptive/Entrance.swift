internal import Glibc
internal import Tensors

/// Rows whose first slopes and first steps are known, before they have a slot.
///
/// A whole block is let in at once: that takes two evaluations of a block, which for the few rows
/// that find a free slot at one time would be the whole block's all the same.
struct Entrance {
  private let options: AdaptiveOptions
  /// k: the method's error is O(hᵏ).
  private let order: Int
  private var block: SlotBlock
  /// f at the start of each row.
  private var slope: Tensor<Double>

  /// Room for as many rows as an empty block has.
  init(_ options: AdaptiveOptions, order: Int, like block: SlotBlock) {
    self.options = options
    self.order = order
    self.block = block
    slope = block.state
  }

  /// Moves the next row and its slope to a free slot; returns whether there was one.
  mutating func moveNext(
    to slot: Int,
    of other: inout SlotBlock,
    slope target: inout Tensor<Double>
  ) -> Bool {
    guard let place = block.firstActive else { return false }
    swap(&other.slots[slot], &block.slots[place])
    other.state.copyRow(slot, from: block.state, row: place)
    target.copyRow(slot, from: slope, row: place)
    return true
  }

  /// Lets a block of waiting rows in, if nobody is here.
  ///
  /// - Parameters:
  ///   - ledger: where they wait, and where those end whose first slope is not finite.
  ///   - dynamics: f.
  ///   - attempt: buffers; what they hold is overwritten.
  mutating func fill(
    from ledger: inout RowLedger,
    _ dynamics: inout some RowwiseDynamics,
    with attempt: inout RowwiseAttempt
  ) {
    // A block of which every row fails at once leaves nobody here, and others may wait.
    while !block.isActive && ledger.isWaiting {
      let fresh = ledger.admit(into: &block, size: options.limits.initialStep ?? 0)
      if fresh.isEmpty { return }
      findFirstSlopes(fresh, &ledger, &dynamics, &attempt)
      if options.limits.initialStep == nil { chooseFirstSteps(fresh, &dynamics, &attempt) }
    }
  }

  private mutating func findFirstSlopes(
    _ fresh: [Int],
    _ ledger: inout RowLedger,
    _ dynamics: inout some RowwiseDynamics,
    _ attempt: inout RowwiseAttempt
  ) {
    attempt.begin(block.slots, model: block.fillIdle())
    attempt.evaluate(&dynamics, slope: 0, node: 0, at: block.state)
    for slot in fresh {
      block.count(1, slot)
      if let trouble = attempt.troubles[slot] {
        ledger.retire(slot, of: &block, as: trouble)
        continue
      }
      slope.copyRow(slot, from: attempt.slopes[0], row: slot)
      while let active = block.slots[slot], active.nextSaved < options.saving.times.count,
        options.saving.times[active.nextSaved] == options.start
      {
        let position = options.saving.positions[active.nextSaved]
        ledger.save(block.state, row: slot, as: active.row, at: position)
        block.slots[slot]?.nextSaved += 1
      }
    }
  }

  /// The first steps of new rows: h with h^{p+1} max(|f|, |f′|) = 1 in the norm of the tolerance.
  ///
  /// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.4, algorithm (4.14),
  /// where the right side is 0.01. A method's estimate has a small constant before h^{p+1}, so that
  /// with 1 the first step is still seldom rejected.
  private mutating func chooseFirstSteps(
    _ fresh: [Int],
    _ dynamics: inout some RowwiseDynamics,
    _ attempt: inout RowwiseAttempt
  ) {
    if !block.isActive { return }
    attempt.begin(block.slots, model: block.fillIdle())
    let longest = min(options.limits.maximumStep, abs(options.end - options.start))
    var (guesses, firsts) = (attempt.sizes, attempt.sizes)
    for slot in fresh where block.slots[slot] != nil {
      let (state, first) = (norm(block.state, slot), norm(slope, slot))
      let isUsable = state >= 1e-5 && first >= 1e-5 && first.isFinite
      let guess = isUsable ? 0.01 * state / first : 1e-6
      guesses[slot] = min(guess, longest)
      firsts[slot] = first
      attempt.sizes[slot] = options.sign * guesses[slot]
      attempt.ends[slot] = attempt.times[slot] + attempt.sizes[slot]
    }
    attempt.slopes[0].copy(from: slope)
    attempt.setStage(block.state, weights: [1])
    attempt.evaluate(&dynamics, slope: 1, node: 1)
    attempt.slopes[1].add(slope, scaledBy: -1)
    for slot in fresh where block.slots[slot] != nil {
      block.count(1, slot)
      var size = guesses[slot]
      if attempt.troubles[slot] == nil {
        let curvature = norm(attempt.slopes[1], slot) / guesses[slot]
        let largest = max(firsts[slot], curvature)
        let other =
          largest <= 1e-15 || !largest.isFinite
          ? max(1e-6, guesses[slot] * 1e-3) : pow(1 / largest, 1 / Double(order))
        size = min(100 * guesses[slot], other)
      }
      block.slots[slot]?.size = min(size, longest)
    }
  }

  /// The norm of a row of values at the row's state.
  private func norm(_ values: Tensor<Double>, _ slot: Int) -> Double {
    options.tolerance.norm(values, first: block.state, second: block.state, row: slot).norm
  }
}
