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
    let accepted = judge()
    save(&dynamics, accepted)
    for step in accepted {
      let slot = step.slot
      slope.copyRow(slot, from: attempt.slopes[method.stageCount], row: slot)
      let isLast = attempt.ends[slot] == options.end
      ledger.accept(step, of: attempt, in: &block, isLast: isLast)
    }
  }

  /// Asks the controller about every slot's step and rejects those that do not count.
  ///
  /// The others stay where they started until their dense output is read.
  private mutating func judge() -> [JudgedStep] {
    var accepted: [JudgedStep] = []
    for slot in block.slots.indices where block.slots[slot] != nil {
      block.count(method.stageCount, slot)
      let step = attempt.judge(
        slot,
        estimate: errorNorm(slot),
        order: Double(error.order),
        by: controller,
        memory: &memories[slot]
      )
      if step.isAccepted {
        accepted.append(step)
      } else {
        let least = options.limits.minimumStep ?? 4 * attempt.times[slot].ulp
        ledger.reject(step, of: attempt, in: &block, least: least)
      }
    }
    return accepted
  }

  /// The norm of a slot's error over h, damped where the method says so, and its worst component.
  private func errorNorm(_ slot: Int) -> (norm: Double, component: Int) {
    var (norm, component) = self.norm(estimate, slot)
    if !error.damping.isEmpty && norm > 0 {
      let other = self.norm(damping, slot).norm
      norm = norm * norm / (norm * norm + 0.01 * other * other).squareRoot()
    }
    return (norm, component)
  }

  private func norm(_ values: Tensor<Double>, _ slot: Int) -> (norm: Double, component: Int) {
    options.tolerance.norm(values, first: block.state, second: attempt.proposal, row: slot)
  }

  /// Keeps the states at the times asked for that lie in accepted steps.
  private mutating func save(
    _ dynamics: inout some RowwiseDynamics,
    _ accepted: [JudgedStep]
  ) {
    let saving = options.saving
    let asked = accepted.map(\.slot).filter { slot in
      guard let next = block.slots[slot]?.nextSaved, next < saving.times.count else { return false }
      return isInStep(saving.times[next], slot)
    }
    if asked.isEmpty { return }
    for (index, node) in method.dense.nodes.enumerated() {
      attempt.setStage(block.state, weights: method.dense.stages[index])
      attempt.evaluate(&dynamics, slope: method.stageCount + 1 + index, node: node)
      for slot in asked { block.count(1, slot) }
    }
    for slot in asked {
      while let active = block.slots[slot], active.nextSaved < saving.times.count,
        isInStep(saving.times[active.nextSaved], slot)
      {
        let time = saving.times[active.nextSaved]
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

  /// Whether a slot's step reaches a time.
  private func isInStep(_ time: Double, _ slot: Int) -> Bool {
    (attempt.ends[slot] - time) * options.sign >= 0
  }
}
