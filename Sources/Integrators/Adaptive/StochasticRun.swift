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
  var rows: ActiveRows
  var walk: TreeWalk
  /// What the controller remembers of each slot's row.
  private var memories: [C.Memory]
  private var attempt: RowwiseAttempt
  private var leaves: [Int]
  private var noise: StepNoise
  private var seen: Tensor<Double>
  private var estimate: Tensor<Double>

  init(
    tableau: AdditiveTableau,
    tolerance: ErrorTolerance,
    controller: C,
    limits: StepLimits,
    saving: SavingTimes,
    tree: BrownianTree,
    rows: ActiveRows
  ) {
    self.tableau = tableau
    self.tolerance = tolerance
    self.controller = controller
    self.limits = limits
    self.saving = saving
    self.stops = saving.times.map { tree.leaf(nearest: $0) }
    self.tree = tree
    self.rows = rows
    memories = [C.Memory](repeating: controller.initialMemory, count: rows.slots.count)
    walk = TreeWalk(tree, components: rows.components)
    attempt = RowwiseAttempt(slopes: tableau.nodes.count, shape: rows.state.shape)
    leaves = [Int](repeating: 0, count: rows.slots.count)
    seen = Tensor(zeros: rows.state.shape)
    noise = StepNoise(increment: seen, area: seen)
    estimate = seen
  }

  mutating func solve(_ dynamics: inout some RowwiseDynamics) {
    admit()
    while rows.isActive {
      attempt(&dynamics)
      if rows.isWaiting { admit() }
    }
  }

  private mutating func admit() {
    let first = limits.initialStep ?? abs(tree.end - tree.start) / 100
    let fresh = rows.admit(
      ActiveRow(
        time: tree.start,
        size: min(first, limits.maximumStep),
        report: RowReport(time: tree.start)
      )
    )
    for slot in fresh {
      memories[slot] = controller.initialMemory
      save(slot)
    }
  }

  /// Keeps a slot's state for the times asked for whose leaf it has reached.
  private mutating func save(_ slot: Int) {
    while let active = rows.slots[slot], active.nextSaved < stops.count,
      stops[active.nextSaved] == active.leaf
    {
      rows.save(rows.state, row: slot, of: slot, at: saving.positions[active.nextSaved])
      rows.slots[slot]?.nextSaved += 1
    }
  }

  /// The leaf at which a row's next step ends.
  private func target(_ active: ActiveRow) -> Int {
    let stop = active.nextSaved < stops.count ? stops[active.nextSaved] : tree.leafCount
    let rest = stop - active.leaf
    if active.reaches(Double(rest) * tree.leafSize) { return stop }
    return active.leaf + max(1, Int(active.size / tree.leafSize))
  }

  /// One step of every slot, accepted or not.
  private mutating func attempt(_ dynamics: inout some RowwiseDynamics) {
    attempt.begin(rows.slots, model: rows.fillIdle())
    for (slot, active) in rows.slots.enumerated() {
      guard let active else { continue }
      leaves[slot] = target(active)
      attempt.ends[slot] = tree.time(ofLeaf: leaves[slot])
      attempt.sizes[slot] = attempt.ends[slot] - active.time
      walk.noise(ofRow: active.row, from: active.leaf, to: leaves[slot], into: &noise, at: slot)
    }
    for (index, node) in tableau.nodes.enumerated() {
      seen.copy(from: noise.increment)
      seen.scale(by: tableau.increments[index])
      if let area = noise.area { seen.add(area, scaledBy: tableau.areas[index]) }
      attempt.setStage(rows.state, weights: tableau.stages[index], noise: seen)
      rows.solution.evaluations += 1
      attempt.evaluate(
        &dynamics,
        slope: index,
        node: node,
        retriesNotANumber: limits.retriesNotANumber
      )
    }
    attempt.setProposal(rows.state, weights: tableau.weights, noise: noise.increment)
    attempt.estimate(tableau.errors, into: &estimate)
    for slot in rows.slots.indices { judge(slot) }
  }

  /// Asks the controller about a slot's attempt and follows its advice.
  private mutating func judge(_ slot: Int) {
    guard var active = rows.slots[slot] else { return }
    active.report.evaluations += tableau.nodes.count
    let (norm, component) = tolerance.norm(
      estimate,
      first: rows.state,
      second: attempt.proposal,
      row: slot
    )
    let size = abs(attempt.sizes[slot])
    let error = attempt.troubles[slot] == nil ? norm * size : .nan
    let decision = controller.decide(
      error: error,
      order: tableau.errorOrder,
      memory: &memories[slot]
    )
    // A state that is not finite is never accepted, whatever the controller says.
    let isAccepted = decision.isAccepted && error.isFinite
    active.isRetrying = !isAccepted
    if isAccepted {
      active.report.accepted += 1
      active.time = attempt.ends[slot]
      active.size = min(size * decision.factor, limits.maximumStep)
      active.leaf = leaves[slot]
      rows.state.copyRow(slot, from: attempt.proposal, row: slot)
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
