internal import Glibc
internal import Tensors

/// A solve of an ODE with step control under way.
struct OrdinaryRun<C: StepController> {
  let method: RungeKutta
  let error: ErrorEstimate
  let tolerance: ErrorTolerance
  let controller: C
  let limits: StepLimits
  let saving: SavingTimes
  let start: Double
  let end: Double
  var rows: ActiveRows
  /// f at the start of each slot's step.
  var slope: Tensor<Double>
  /// What the controller remembers of each slot's row.
  var memories: [C.Memory]
  /// Whether quadratures are read of each stage.
  let hasQuadratures: [Bool]
  /// The rows that take free slots next.
  private var entrance: Entrance
  var attempt: RowwiseAttempt
  var estimate: Tensor<Double>
  var damping: Tensor<Double>

  init(
    method: RungeKutta,
    error: ErrorEstimate,
    tolerance: ErrorTolerance,
    controller: C,
    limits: StepLimits,
    saving: SavingTimes,
    start: Double,
    end: Double,
    rows: ActiveRows
  ) {
    self.method = method
    self.error = error
    self.tolerance = tolerance
    self.controller = controller
    self.limits = limits
    self.saving = saving
    self.start = start
    self.end = end
    self.rows = rows
    slope = Tensor(zeros: rows.state.shape)
    memories = [C.Memory](repeating: controller.initialMemory, count: rows.slots.count)
    hasQuadratures = (0..<method.stageCount).map { !method.onlyLeads($0) }
    entrance = Entrance(shape: rows.state.shape)
    estimate = slope
    damping = slope
    attempt = RowwiseAttempt(
      slopes: method.stageCount + 1 + method.dense.nodes.count,
      shape: rows.state.shape
    )
  }

  var sign: Double { end > start ? 1 : -1 }

  mutating func solve(_ dynamics: inout some RowwiseDynamics) {
    refill(&dynamics)
    while rows.isActive {
      attempt(&dynamics)
      refill(&dynamics)
    }
  }

  /// Gives free slots to rows that stand at the entrance, and lets a block of waiting rows there when it is
  /// empty.
  private mutating func refill(_ dynamics: inout some RowwiseDynamics) {
    for slot in rows.slots.indices where rows.slots[slot] == nil {
      // A block of which every row fails at once leaves the entrance empty, and others may wait.
      while entrance.firstPlace == nil && rows.isWaiting { prepare(&dynamics) }
      guard let place = entrance.firstPlace else { return }
      swap(&rows.slots[slot], &entrance.slots[place])
      memories[slot] = controller.initialMemory
      rows.state.copyRow(slot, from: entrance.state, row: place)
      slope.copyRow(slot, from: entrance.slope, row: place)
    }
  }

  /// Finds the first slopes and the first steps of a block of waiting rows: two evaluations of a block, which
  /// for the few rows that find a free slot at one time would be the whole block's all the same.
  private mutating func prepare(_ dynamics: inout some RowwiseDynamics) {
    exchange()
    admit(&dynamics)
    exchange()
  }

  /// Changes the places of the rows under way and of those at the entrance.
  private mutating func exchange() {
    swap(&rows.slots, &entrance.slots)
    swap(&rows.state, &entrance.state)
    swap(&slope, &entrance.slope)
  }

  /// Takes in waiting rows: their first slopes and their first steps.
  private mutating func admit(_ dynamics: inout some RowwiseDynamics) {
    let fresh = rows.admit(
      ActiveRow(
        time: start,
        size: min(limits.initialStep ?? 0, limits.maximumStep),
        report: RowReport(time: start)
      )
    )
    if fresh.isEmpty { return }
    attempt.begin(rows.slots, model: rows.fillIdle())
    evaluate(&dynamics, slope: 0, node: 0, at: rows.state)
    for slot in fresh {
      count(1, slot)
      if let trouble = attempt.troubles[slot] {
        rows.retire(slot, trouble)
        continue
      }
      slope.copyRow(slot, from: attempt.slopes[0], row: slot)
      while let saved = rows.slots[slot]?.nextSaved, saved < saving.times.count,
        saving.times[saved] == start
      {
        rows.save(rows.state, row: slot, of: slot, at: saving.positions[saved])
        rows.slots[slot]?.nextSaved += 1
      }
    }
    if limits.initialStep == nil { chooseFirstSteps(fresh, &dynamics) }
  }

  /// The first steps of new rows: h with h^{p+1} max(|f|, |f′|) = 1 in the norm of the tolerance.
  ///
  /// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.4, algorithm (4.14), where the right
  /// side is 0.01. A method's estimate has a small constant before h^{p+1}, so that with 1 the first step is still
  /// seldom rejected.
  private mutating func chooseFirstSteps(
    _ fresh: [Int],
    _ dynamics: inout some RowwiseDynamics
  ) {
    if !rows.isActive { return }
    attempt.begin(rows.slots, model: rows.fillIdle())
    var (guesses, firsts) = (attempt.sizes, attempt.sizes)
    for slot in attempt.sizes.indices { attempt.isIdle[slot] = true }
    for slot in fresh where rows.slots[slot] != nil {
      let (state, first) = (
        norm(rows.state, rows.state, rows.state, slot).norm,
        norm(slope, rows.state, rows.state, slot).norm
      )
      let isUsable = state >= 1e-5 && first >= 1e-5 && first.isFinite
      let guess = isUsable ? 0.01 * state / first : 1e-6
      guesses[slot] = min(guess, abs(end - start), limits.maximumStep)
      firsts[slot] = first
      attempt.sizes[slot] = sign * guesses[slot]
      attempt.ends[slot] = attempt.times[slot] + attempt.sizes[slot]
      attempt.isIdle[slot] = false
    }
    attempt.slopes[0].copy(from: slope)
    attempt.setStage(rows.state, weights: [1])
    evaluate(&dynamics, slope: 1, node: 1)
    estimate.copy(from: attempt.slopes[1])
    estimate.add(slope, scaledBy: -1)
    for slot in fresh where rows.slots[slot] != nil {
      count(1, slot)
      var size = guesses[slot]
      if attempt.troubles[slot] == nil {
        let curvature = norm(estimate, rows.state, rows.state, slot).norm / guesses[slot]
        let largest = max(firsts[slot], curvature)
        let other =
          largest <= 1e-15 || !largest.isFinite
          ? max(1e-6, guesses[slot] * 1e-3) : pow(1 / largest, 1 / Double(error.order))
        size = min(100 * guesses[slot], other)
      }
      let longest = min(limits.maximumStep, abs(end - start))
      rows.slots[slot]?.size = min(size, longest)
    }
  }

  /// Counts evaluations that a slot's row needed.
  mutating func count(_ evaluations: Int, _ slot: Int) {
    rows.slots[slot]?.report.evaluations += evaluations
  }

  func norm(
    _ values: Tensor<Double>,
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    _ slot: Int
  ) -> (norm: Double, component: Int) {
    tolerance.norm(values, first: first, second: second, row: slot)
  }

  /// Evaluates f into a slope of the attempt, at its stage unless another point is given.
  mutating func evaluate(
    _ dynamics: inout some RowwiseDynamics,
    slope index: Int,
    node: Double,
    at point: Tensor<Double>? = nil,
    hasQuadratures: Bool = true
  ) {
    rows.solution.evaluations += 1
    attempt.evaluate(
      &dynamics,
      slope: index,
      node: node,
      at: point,
      hasQuadratures: hasQuadratures,
      retriesNotANumber: limits.retriesNotANumber
    )
  }
}

/// Rows whose first slopes and steps are known, before they have a slot.
private struct Entrance {
  var slots: [ActiveRow?]
  var state: Tensor<Double>
  var slope: Tensor<Double>

  init(shape: [Int]) {
    slots = [ActiveRow?](repeating: nil, count: shape[0])
    state = Tensor(zeros: shape)
    slope = state
  }

  /// The place of the next row; nil where there is none.
  var firstPlace: Int? { slots.firstIndex { $0 != nil } }
}
