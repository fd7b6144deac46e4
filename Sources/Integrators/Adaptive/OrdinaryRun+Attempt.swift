internal import Tensors

extension OrdinaryRun {
  /// One step of every slot, accepted or not.
  mutating func attempt(_ dynamics: inout some RowwiseDynamics) {
    attempt.begin(block.slots, model: block.fillIdle())
    for (slot, active) in block.slots.enumerated() {
      guard let active else { continue }
      let remaining = options.end - active.time
      let isLast = active.reaches(abs(remaining))
      attempt.sizes[slot] = isLast ? remaining : options.sign * active.size
      attempt.ends[slot] = isLast ? options.end : active.time + attempt.sizes[slot]
    }
    attempt.slopes[0].copy(from: slope)
    for index in 1..<method.stageCount {
      attempt.setStage(block.state, weights: method.stages[index])
      attempt.evaluate(
        &dynamics,
        slope: index,
        node: method.nodes[index],
        hasQuadratures: hasQuadratures[index]
      )
    }
    attempt.setProposal(block.state, weights: method.weights)
    attempt.evaluate(&dynamics, slope: method.stageCount, node: 1, at: attempt.proposal)
    attempt.estimate(error.weights, into: &estimate)
    if !error.damping.isEmpty { attempt.estimate(error.damping, into: &damping) }
    for slot in block.slots.indices { block.count(method.stageCount, slot) }
    let between = slotsAskedBetween()
    let remembered = between.map { memories[$0] }
    var accepted = block.slots.indices.compactMap { judge($0) }
    complete(&accepted, between, remembered, &dynamics)
    for step in accepted {
      let slot = step.slot
      save(slot)
      slope.copyRow(slot, from: attempt.slopes[method.stageCount], row: slot)
      let isLast = attempt.ends[slot] == options.end
      ledger.accept(step, of: attempt, in: &block, isLast: isLast)
    }
  }

  /// Asks the controller about a slot's step, and rejects one that does not count: nil for it, or without a row.
  ///
  /// One that counts stays where it started until its dense output is read.
  private mutating func judge(_ slot: Int) -> JudgedStep? {
    if block.slots[slot] == nil { return nil }
    let step = attempt.judge(
      slot,
      estimate: errorNorm(slot),
      order: Double(error.order),
      by: controller,
      memory: &memories[slot]
    )
    if step.isAccepted { return step }
    let least = options.limits.minimumStep ?? 4 * attempt.times[slot].ulp
    ledger.reject(step, of: attempt, in: &block, least: least)
    return nil
  }

  /// The norm of a slot's error over h, damped where the method says so, and its worst component.
  private func errorNorm(_ slot: Int) -> (norm: Double, component: Int) {
    var (norm, component) = self.norm(estimate, slot)
    if !error.damping.isEmpty && norm > 0 {
      let other = self.norm(damping, slot).norm
      // In units of a power of two, which change no bit: squares of the norms may over- or underflow.
      let unit = max(norm, other).binade
      let (own, damper) = (norm / unit, other / unit)
      norm = own * own / (own * own + 0.01 * damper * damper).squareRoot() * unit
    }
    return (norm, component)
  }

  private func norm(_ values: Tensor<Double>, _ slot: Int) -> (norm: Double, component: Int) {
    options.tolerance.norm(values, first: block.state, second: attempt.proposal, row: slot)
  }

  /// The slots whose step has a time to be saved before its end.
  private func slotsAskedBetween() -> [Int] {
    let times = options.saving.times
    return block.slots.indices.filter { slot in
      guard let next = block.slots[slot]?.nextSaved, next < times.count else { return false }
      return (attempt.ends[slot] - times[next]) * options.sign > 0
    }
  }

  /// Evaluates the further stages of the dense output, where accepted steps are asked for states between their ends.
  ///
  /// A field that is not finite there counts as at any stage: the step is rejected or the row ends, as its controller
  /// remembers what it did before the step.
  private mutating func complete(
    _ accepted: inout [JudgedStep],
    _ between: [Int],
    _ remembered: [C.Memory],
    _ dynamics: inout some RowwiseDynamics
  ) {
    let asked = zip(between, remembered).filter { slot, _ in accepted.contains { $0.slot == slot } }
    if asked.isEmpty { return }
    for (index, node) in method.dense.nodes.enumerated() {
      attempt.setStage(block.state, weights: method.dense.stages[index])
      attempt.evaluate(&dynamics, slope: method.stageCount + 1 + index, node: node)
      for (slot, _) in asked { block.count(1, slot) }
    }
    for (slot, memory) in asked where attempt.troubles[slot] != nil {
      memories[slot] = memory
      _ = judge(slot)
      accepted.removeAll { $0.slot == slot }
    }
  }

  /// Keeps the states of a slot at the times asked for that lie in its step.
  private mutating func save(_ slot: Int) {
    let saving = options.saving
    while let active = block.slots[slot], active.nextSaved < saving.times.count {
      let time = saving.times[active.nextSaved]
      if (attempt.ends[slot] - time) * options.sign < 0 { return }
      let position = saving.positions[active.nextSaved]
      block.slots[slot]?.nextSaved += 1
      if time == attempt.ends[slot] {
        ledger.save(attempt.proposal, row: slot, as: active.row, at: position)
        continue
      }
      let theta = (time - attempt.times[slot]) / attempt.sizes[slot]
      var values = block.state.slice(slot..<slot + 1)
      for (slope, weight) in zip(attempt.slopes, method.dense.weights(at: theta)) {
        values.add(slope.slice(slot..<slot + 1), scaledBy: attempt.sizes[slot] * weight)
      }
      ledger.save(values, row: 0, as: active.row, at: position)
    }
  }
}
