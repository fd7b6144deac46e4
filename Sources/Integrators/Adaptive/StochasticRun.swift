internal import Tensors

/// A solve of an SDE with step control under way.
struct StochasticRun<C: StepController> {
  let tableau: AdditiveTableau
  let tolerance: ErrorTolerance
  let controller: C
  let limits: StepLimits
  let saving: SavingTimes
  /// The leaves of the times to be saved.
  let stops: [Int]
  let tree: BrownianTree
  var rows: ActiveRows<C.Memory>
  var walk: TreeWalk

  mutating func solve(_ dynamics: inout some RowwiseDynamics) {
    admit()
    while rows.isActive {
      attempt(&dynamics)
      if rows.shouldAdmit { admit() }
    }
  }

  private mutating func admit() {
    let first = limits.initialStep ?? abs(tree.end - tree.start) / 100
    let fresh = rows.admit(
      ActiveRow(
        time: tree.start,
        size: min(first, limits.maximumStep),
        memory: controller.initialMemory,
        report: RowReport(time: tree.start)
      )
    )
    for slot in fresh { save(slot) }
  }

  /// Keeps a slot's state for the times asked for whose leaf it has reached.
  private mutating func save(_ slot: Int) {
    while let active = rows.slots[slot], active.nextSaved < stops.count,
      stops[active.nextSaved] == active.leaf
    {
      let values = rows.state.slice(slot..<slot + 1)
      rows.save(values, of: slot, at: saving.positions[active.nextSaved])
      rows.slots[slot]?.nextSaved += 1
    }
  }

  /// The leaf at which a row's next step ends: a stop where less than a hundredth of a step is left.
  private func target(_ active: ActiveRow<C.Memory>) -> Int {
    let stop = active.nextSaved < stops.count ? stops[active.nextSaved] : tree.leafCount
    let rest = stop - active.leaf
    let wanted = active.size / tree.leafSize
    if 1.01 * wanted >= Double(rest) { return stop }
    return active.leaf + max(1, Int(wanted))
  }

  /// One step of every slot, accepted or not.
  private mutating func attempt(_ dynamics: inout some RowwiseDynamics) {
    let model = rows.fillIdle()
    var attempt = RowwiseAttempt(rows.slots, model: model)
    var leaves = [Int](repeating: 0, count: rows.slots.count)
    var increment = Tensor<Double>(zeros: rows.state.shape)
    var area = increment
    for (slot, active) in rows.slots.enumerated() {
      guard let active else { continue }
      leaves[slot] = target(active)
      attempt.ends[slot] = tree.time(ofLeaf: leaves[slot])
      attempt.sizes[slot] = attempt.ends[slot] - active.time
      let noise = walk.noise(ofRow: active.row, from: active.leaf, to: leaves[slot])
      increment.copyRows(from: noise.increment, count: 1, at: slot)
      if let own = noise.area { area.copyRows(from: own, count: 1, at: slot) }
    }
    var slopes: [Tensor<Double>] = []
    for (index, node) in tableau.nodes.enumerated() {
      var seen = increment * tableau.increments[index]
      seen.add(area, scaledBy: tableau.areas[index])
      let stage = attempt.stage(
        rows.state,
        slopes: slopes,
        weights: tableau.stages[index],
        noise: seen
      )
      rows.solution.evaluations += 1
      slopes.append(
        attempt.evaluate(
          &dynamics,
          node: node,
          stage: stage,
          retriesNotANumber: limits.retriesNotANumber
        )
      )
    }
    var proposal = attempt.stage(
      rows.state,
      slopes: slopes,
      weights: tableau.weights,
      noise: increment
    )
    attempt.check(&proposal, from: rows.state)
    let estimate = RowwiseAttempt.sum(slopes, tableau.errors, shape: proposal.shape)
    for slot in rows.slots.indices {
      judge(slot, attempt, leaf: leaves[slot], proposal: proposal, estimate: estimate)
    }
  }

  /// Asks the controller about a slot's attempt and follows its advice.
  private mutating func judge(
    _ slot: Int,
    _ attempt: RowwiseAttempt,
    leaf: Int,
    proposal: Tensor<Double>,
    estimate: Tensor<Double>
  ) {
    guard var active = rows.slots[slot] else { return }
    active.report.evaluations += tableau.nodes.count
    let (norm, component) = tolerance.norm(
      estimate,
      first: rows.state,
      second: proposal,
      row: slot
    )
    let size = abs(attempt.sizes[slot])
    let error = attempt.troubles[slot] == nil ? norm * size : .nan
    let decision = controller.decide(
      error: error,
      order: tableau.errorOrder,
      memory: &active.memory
    )
    // A state that is not finite is never accepted, whatever the controller says.
    let isAccepted = decision.isAccepted && error.isFinite
    if isAccepted {
      active.report.accepted += 1
      active.time = attempt.ends[slot]
      active.size = min(size * decision.factor, limits.maximumStep)
      active.leaf = leaf
      rows.state.copyRows(from: proposal.slice(slot..<slot + 1), count: 1, at: slot)
    } else {
      active.report.rejected += 1
      active.size = size * min(decision.factor, 1)
    }
    rows.slots[slot] = active
    if isAccepted { save(slot) }
    let least = max(limits.minimumStep ?? 0, tree.leafSize)
    if let trouble = attempt.troubles[slot], attempt.isFatal[slot] {
      rows.retire(slot, trouble)
    } else if active.leaf == tree.leafCount {
      rows.retire(slot, .completed)
    } else if !isAccepted && active.size < least {
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
}
