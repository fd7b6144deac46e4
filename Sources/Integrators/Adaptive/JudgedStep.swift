internal import Tensors

/// An attempted step of a slot's row, judged.
struct JudgedStep {
  let slot: Int
  /// Whether the step counts.
  let isAccepted: Bool
  /// The next step's length over this one's.
  let factor: Double
  /// The component of largest error.
  let worst: Int
}

extension RowwiseAttempt {
  /// Asks a controller about a slot's step.
  ///
  /// - Parameters:
  ///   - slot: the slot.
  ///   - estimate: the norm of the error over h, and the component that contributes most.
  ///   - order: k: the estimate of the error is O(hᵏ).
  ///   - controller: the controller.
  ///   - memory: what it remembers of the row, updated.
  /// - Returns: what it says, or that the step does not count where the row ends.
  func judge<C: StepController>(
    _ slot: Int,
    estimate: (norm: Double, component: Int),
    order: Double,
    by controller: C,
    memory: inout C.Memory
  ) -> JudgedStep {
    let worst = estimate.component
    // A row that ends has no next step to ask about.
    if isFatal[slot] { return JudgedStep(slot: slot, isAccepted: false, factor: 1, worst: worst) }
    let error = troubles[slot] == nil ? estimate.norm * abs(sizes[slot]) : .nan
    let decision = controller.decide(error: error, order: order, memory: &memory)
    return JudgedStep(
      slot: slot,
      // A state that is not finite is never accepted, whatever the controller says.
      isAccepted: decision.isAccepted && error.isFinite,
      factor: decision.factor,
      worst: worst
    )
  }
}

extension RowLedger {
  /// Moves a row to the end of its step, where it ends if that is the last one or the attempts are
  /// used up.
  mutating func accept(
    _ step: JudgedStep,
    of attempt: RowwiseAttempt,
    in block: inout SlotBlock,
    isLast: Bool
  ) {
    let slot = step.slot
    guard var active = block.slots[slot] else { return }
    active.report.accepted += 1
    active.isRetrying = false
    active.time = attempt.ends[slot]
    active.size = min(abs(attempt.sizes[slot]) * step.factor, limits.maximumStep)
    block.slots[slot] = active
    block.state.copyRow(slot, from: attempt.proposal, row: slot)
    if isLast {
      retire(slot, of: &block, as: .completed)
    } else {
      retireIfExhausted(step, of: &block)
    }
  }

  /// Leaves a row where it stands with a shorter step, or ends it.
  ///
  /// It ends after a fatal trouble, where the step would be shorter than the least, and where the
  /// attempts are used up.
  mutating func reject(
    _ step: JudgedStep,
    of attempt: RowwiseAttempt,
    in block: inout SlotBlock,
    least: Double
  ) {
    let slot = step.slot
    guard var active = block.slots[slot] else { return }
    active.report.rejected += 1
    active.isRetrying = true
    active.size = abs(attempt.sizes[slot]) * min(step.factor, 1)
    block.slots[slot] = active
    let trouble = attempt.troubles[slot]
    if attempt.isFatal[slot] || active.size < least {
      let short = RowOutcome.stepTooShort(time: active.time, size: least, component: step.worst)
      retire(slot, of: &block, as: trouble ?? short)
    } else {
      retireIfExhausted(step, of: &block)
    }
  }

  private mutating func retireIfExhausted(_ step: JudgedStep, of block: inout SlotBlock) {
    guard let active = block.slots[step.slot],
      active.report.accepted + active.report.rejected >= limits.attempts
    else { return }
    retire(
      step.slot,
      of: &block,
      as: .tooManyAttempts(time: active.time, size: active.size, component: step.worst)
    )
  }
}
