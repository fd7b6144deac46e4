internal import Tensors

/// A solve of an SDE with step control under way.
struct StochasticRun<C: StepController> {
  let tableau: AdditiveTableau
  let controller: C
  let options: AdaptiveOptions
  /// The leaves of the times to be saved.
  let stops: [Int]
  let tree: BrownianTree
  private var ledger: RowLedger
  private var block: SlotBlock
  private var walk: TreeWalk
  /// What the controller remembers of each slot's row.
  private var memories: [C.Memory]
  private var attempt: RowwiseAttempt
  private var leaves: [Int]
  private var noise: StepNoise
  private var seen: Tensor<Double>
  private var estimate: Tensor<Double>

  init(
    tableau: AdditiveTableau,
    controller: C,
    options: AdaptiveOptions,
    tree: BrownianTree,
    initial: Tensor<Double>,
    blockSize: Int
  ) {
    self.tableau = tableau
    self.controller = controller
    self.options = options
    self.stops = options.saving.times.map { tree.leaf(nearest: $0) }
    self.tree = tree
    ledger = RowLedger(initial, options)
    block = SlotBlock(slots: blockSize, components: initial.shape[1])
    memories = [C.Memory](repeating: controller.initialMemory, count: blockSize)
    walk = TreeWalk(tree, components: initial.shape[1])
    attempt = RowwiseAttempt(
      slopes: tableau.nodes.count,
      shape: block.state.shape,
      retriesNotANumber: options.limits.retriesNotANumber
    )
    leaves = [Int](repeating: 0, count: blockSize)
    seen = Tensor(zeros: block.state.shape)
    noise = StepNoise(increment: seen, area: seen)
    estimate = seen
  }

  mutating func solve(_ dynamics: inout some RowwiseDynamics) -> AdaptiveSolution {
    admit()
    while block.isActive {
      attempt(&dynamics)
      if ledger.isWaiting { admit() }
    }
    ledger.solution.evaluations = attempt.evaluations
    return ledger.solution
  }

  private mutating func admit() {
    let first = options.limits.initialStep ?? abs(tree.end - tree.start) / 100
    for slot in ledger.admit(into: &block, size: first) {
      memories[slot] = controller.initialMemory
      save(block.state, slot)
    }
  }

  /// Keeps a slot's row of values for the times asked for whose leaf it has reached.
  private mutating func save(_ values: Tensor<Double>, _ slot: Int) {
    while let active = block.slots[slot], active.nextSaved < stops.count,
      stops[active.nextSaved] == active.leaf
    {
      let position = options.saving.positions[active.nextSaved]
      ledger.save(values, row: slot, as: active.row, at: position)
      block.slots[slot]?.nextSaved += 1
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
    attempt.begin(block.slots, model: block.fillIdle())
    for (slot, active) in block.slots.enumerated() {
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
      attempt.setStage(block.state, weights: tableau.stages[index], noise: seen)
      attempt.evaluate(&dynamics, slope: index, node: node)
    }
    attempt.setProposal(block.state, weights: tableau.weights, noise: noise.increment)
    attempt.estimate(tableau.errors, into: &estimate)
    for slot in block.slots.indices where block.slots[slot] != nil { judge(slot) }
  }

  /// Asks the controller about a slot's step and follows its advice.
  private mutating func judge(_ slot: Int) {
    block.count(tableau.nodes.count, slot)
    let step = attempt.judge(
      slot,
      estimate: options.tolerance.norm(
        estimate,
        first: block.state,
        second: attempt.proposal,
        row: slot
      ),
      order: tableau.errorOrder,
      by: controller,
      memory: &memories[slot]
    )
    if step.isAccepted {
      block.slots[slot]?.leaf = leaves[slot]
      save(attempt.proposal, slot)
      let isLast = leaves[slot] == tree.leafCount
      ledger.accept(step, of: attempt, in: &block, isLast: isLast)
    } else {
      let least = max(options.limits.minimumStep ?? 0, tree.leafSize)
      ledger.reject(step, of: attempt, in: &block, least: least)
    }
  }
}
