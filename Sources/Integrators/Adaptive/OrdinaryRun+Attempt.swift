internal import Tensors

extension OrdinaryRun {
  /// A step that counts: its slot, the factor for the next one, and the component of largest error.
  private struct Accepted {
    let slot: Int
    let factor: Double
    let worst: Int
  }

  /// One step of every slot, accepted or not.
  mutating func attempt(_ dynamics: inout some RowwiseDynamics) {
    let model = rows.fillIdle()
    var attempt = RowwiseAttempt(rows.slots, model: model)
    for (slot, active) in rows.slots.enumerated() {
      guard let active else { continue }
      let remaining = end - active.time
      // A rest of less than a hundredth of a step is taken along.
      let isLast = 1.01 * active.size >= abs(remaining)
      attempt.sizes[slot] = isLast ? remaining : sign * active.size
      attempt.ends[slot] = isLast ? end : active.time + attempt.sizes[slot]
    }
    var slopes = [slope]
    for index in 1..<method.stageCount {
      let stage = attempt.stage(rows.state, slopes: slopes, weights: method.stages[index])
      slopes.append(evaluate(&dynamics, &attempt, node: method.nodes[index], stage: stage))
    }
    var proposal = attempt.stage(rows.state, slopes: slopes, weights: method.weights)
    attempt.check(&proposal, from: rows.state)
    slopes.append(evaluate(&dynamics, &attempt, node: 1, stage: proposal))
    let estimate = RowwiseAttempt.sum(slopes, error.weights, shape: proposal.shape)
    let damping =
      error.damping.isEmpty
      ? nil : RowwiseAttempt.sum(slopes, error.damping, shape: proposal.shape)
    var accepted: [Accepted] = []
    for slot in rows.slots.indices where rows.slots[slot] != nil {
      count(method.stageCount, slot)
      var (norm, component) = self.norm(estimate, rows.state, proposal, slot)
      if let damping {
        let other = self.norm(damping, rows.state, proposal, slot).norm
        if norm > 0 { norm = norm * norm / (norm * norm + 0.01 * other * other).squareRoot() }
      }
      if attempt.troubles[slot] != nil { norm = .nan }
      judge(slot, attempt, norm: norm * abs(attempt.sizes[slot]), component, &accepted)
    }
    save(&dynamics, accepted.map(\.slot), attempt, slopes, proposal)
    for step in accepted {
      advance(step, attempt, proposal: proposal, slope: slopes[method.stageCount])
    }
  }

  /// Asks the controller about a slot's attempt; rejected rows shrink their step or give up.
  private mutating func judge(
    _ slot: Int,
    _ attempt: RowwiseAttempt,
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
      memory: &active.memory
    )
    let size = abs(attempt.sizes[slot])
    // A state that is not finite is never accepted, whatever the controller says.
    if decision.isAccepted && norm.isFinite {
      rows.slots[slot] = active
      accepted.append(Accepted(slot: slot, factor: decision.factor, worst: component))
      return
    }
    active.report.rejected += 1
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
  private mutating func advance(
    _ step: Accepted,
    _ attempt: RowwiseAttempt,
    proposal: Tensor<Double>,
    slope next: Tensor<Double>
  ) {
    let slot = step.slot
    guard var active = rows.slots[slot] else { return }
    active.report.accepted += 1
    active.time = attempt.ends[slot]
    active.size = min(abs(attempt.sizes[slot]) * step.factor, limits.maximumStep)
    rows.slots[slot] = active
    rows.state.copyRows(from: proposal.slice(slot..<slot + 1), count: 1, at: slot)
    slope.copyRows(from: next.slice(slot..<slot + 1), count: 1, at: slot)
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
    _ accepted: [Int],
    _ attempt: RowwiseAttempt,
    _ slopes: [Tensor<Double>],
    _ proposal: Tensor<Double>
  ) {
    func isInside(_ time: Double, _ slot: Int) -> Bool { (attempt.ends[slot] - time) * sign >= 0 }
    let asked = accepted.filter { slot in
      guard let next = rows.slots[slot]?.nextSaved, next < saving.times.count else { return false }
      return isInside(saving.times[next], slot)
    }
    if asked.isEmpty { return }
    var attempt = attempt
    var slopes = slopes
    for (node, weights) in zip(method.dense.nodes, method.dense.stages) {
      let stage = attempt.stage(rows.state, slopes: slopes, weights: weights)
      slopes.append(evaluate(&dynamics, &attempt, node: node, stage: stage))
      for slot in asked { count(1, slot) }
    }
    for slot in asked {
      while let next = rows.slots[slot]?.nextSaved, next < saving.times.count,
        isInside(saving.times[next], slot)
      {
        let time = saving.times[next]
        rows.slots[slot]?.nextSaved += 1
        if time == attempt.ends[slot] {
          rows.save(proposal.slice(slot..<slot + 1), of: slot, at: saving.positions[next])
          continue
        }
        let theta = (time - attempt.times[slot]) / attempt.sizes[slot]
        var values = rows.state.slice(slot..<slot + 1)
        for (slope, weight) in zip(slopes, method.dense.weights(at: theta)) {
          values.add(slope.slice(slot..<slot + 1), scaledBy: attempt.sizes[slot] * weight)
        }
        rows.save(values, of: slot, at: saving.positions[next])
      }
    }
  }
}
