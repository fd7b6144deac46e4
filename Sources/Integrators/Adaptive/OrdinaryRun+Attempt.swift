internal import Tensors

extension OrdinaryRun {
  /// A step that counts: its slot, the factor for the next one, and the component of largest error.
  struct Accepted {
    let slot: Int
    let factor: Double
    let worst: Int
  }

  /// One step of every slot, accepted or not.
  mutating func attempt(_ dynamics: inout some RowwiseDynamics) {
    attempt.begin(rows.slots, model: rows.fillIdle())
    for (slot, active) in rows.slots.enumerated() {
      guard let active else { continue }
      let remaining = end - active.time
      let isLast = active.reaches(abs(remaining))
      attempt.sizes[slot] = isLast ? remaining : sign * active.size
      attempt.ends[slot] = isLast ? end : active.time + attempt.sizes[slot]
    }
    attempt.slopes[0].copy(from: slope)
    for index in 1..<method.stageCount {
      attempt.setStage(rows.state, weights: method.stages[index])
      evaluate(
        &dynamics,
        slope: index,
        node: method.nodes[index],
        hasQuadratures: hasQuadratures[index]
      )
    }
    attempt.setProposal(rows.state, weights: method.weights)
    evaluate(&dynamics, slope: method.stageCount, node: 1, at: attempt.proposal)
    attempt.estimate(error.weights, into: &estimate)
    if !error.damping.isEmpty { attempt.estimate(error.damping, into: &damping) }
    var accepted: [Accepted] = []
    for slot in rows.slots.indices where rows.slots[slot] != nil {
      count(method.stageCount, slot)
      var (norm, component) = self.norm(estimate, rows.state, attempt.proposal, slot)
      if !error.damping.isEmpty {
        let other = self.norm(damping, rows.state, attempt.proposal, slot).norm
        if norm > 0 { norm = norm * norm / (norm * norm + 0.01 * other * other).squareRoot() }
      }
      if attempt.troubles[slot] != nil { norm = .nan }
      judge(slot, norm: norm * abs(attempt.sizes[slot]), component, &accepted)
    }
    save(&dynamics, accepted)
    for step in accepted { advance(step) }
  }

  /// Asks the controller about a slot's attempt; rejected rows shrink their step or give up.
  private mutating func judge(
    _ slot: Int,
    norm: Double,
    _ component: Int,
    _ accepted: inout [Accepted]
  ) {
    guard var active = rows.slots[slot] else { return }
    if attempt.isFatal[slot], let trouble = attempt.troubles[slot] {
      active.report.rejected += 1
      rows.slots[slot] = active
      rows.retire(slot, trouble)
      return
    }
    let decision = controller.decide(
      error: norm,
      order: Double(error.order),
      memory: &memories[slot]
    )
    let size = abs(attempt.sizes[slot])
    // A state that is not finite is never accepted, whatever the controller says.
    if decision.isAccepted && norm.isFinite {
      rows.slots[slot] = active
      accepted.append(Accepted(slot: slot, factor: decision.factor, worst: component))
      return
    }
    active.report.rejected += 1
    active.isRetrying = true
    active.size = size * min(decision.factor, 1)
    rows.slots[slot] = active
    let least = limits.minimumStep ?? 4 * active.time.ulp
    if active.size < least {
      rows.retire(
        slot,
        attempt.troubles[slot]
          ?? .stepTooShort(time: active.time, size: least, component: component)
      )
    } else if active.report.accepted + active.report.rejected >= limits.attempts {
      rows.retire(
        slot,
        .tooManyAttempts(time: active.time, size: active.size, component: component)
      )
    }
  }

  /// Moves a row to the end of its step.
  private mutating func advance(_ step: Accepted) {
    let slot = step.slot
    guard var active = rows.slots[slot] else { return }
    active.report.accepted += 1
    active.isRetrying = false
    active.time = attempt.ends[slot]
    active.size = min(abs(attempt.sizes[slot]) * step.factor, limits.maximumStep)
    rows.slots[slot] = active
    rows.state.copyRow(slot, from: attempt.proposal, row: slot)
    slope.copyRow(slot, from: attempt.slopes[method.stageCount], row: slot)
    if active.time == end {
      rows.retire(slot, .completed)
    } else if active.report.accepted + active.report.rejected >= limits.attempts {
      rows.retire(
        slot,
        .tooManyAttempts(time: active.time, size: active.size, component: step.worst)
      )
    }
  }

  /// Keeps the states at the times asked for that lie in accepted steps.
  private mutating func save(
    _ dynamics: inout some RowwiseDynamics,
    _ accepted: [Accepted]
  ) {
    let asked = accepted.map(\.slot).filter { slot in
      guard let next = rows.slots[slot]?.nextSaved, next < saving.times.count else { return false }
      return isInStep(saving.times[next], slot)
    }
    if asked.isEmpty { return }
    for (index, node) in method.dense.nodes.enumerated() {
      attempt.setStage(rows.state, weights: method.dense.stages[index])
      evaluate(&dynamics, slope: method.stageCount + 1 + index, node: node)
      for slot in asked { count(1, slot) }
    }
    for slot in asked {
      while let next = rows.slots[slot]?.nextSaved, next < saving.times.count,
        isInStep(saving.times[next], slot)
      {
        let time = saving.times[next]
        rows.slots[slot]?.nextSaved += 1
        if time == attempt.ends[slot] {
          rows.save(attempt.proposal, row: slot, of: slot, at: saving.positions[next])
          continue
        }
        let theta = (time - attempt.times[slot]) / attempt.sizes[slot]
        var values = rows.state.slice(slot..<slot + 1)
        for (slope, weight) in zip(attempt.slopes, method.dense.weights(at: theta)) {
          values.add(slope.slice(slot..<slot + 1), scaledBy: attempt.sizes[slot] * weight)
        }
        rows.save(values, row: 0, of: slot, at: saving.positions[next])
      }
    }
  }

  /// Whether a slot's step reaches a time.
  private func isInStep(_ time: Double, _ slot: Int) -> Bool {
    (attempt.ends[slot] - time) * sign >= 0
  }
}
