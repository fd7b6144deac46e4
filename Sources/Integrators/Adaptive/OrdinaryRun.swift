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
  var rows: ActiveRows<C.Memory>
  /// f at the start of each slot's step.
  var slope = Tensor<Double>(zeros: [0, 0])

  var sign: Double { end > start ? 1 : -1 }

  mutating func solve(_ dynamics: inout some RowwiseDynamics) {
    slope = Tensor(zeros: rows.state.shape)
    admit(&dynamics)
    while rows.isActive {
      attempt(&dynamics)
      if rows.shouldAdmit { admit(&dynamics) }
    }
  }

  /// Takes in waiting rows: their first slopes and their first steps.
  private mutating func admit(_ dynamics: inout some RowwiseDynamics) {
    let fresh = rows.admit(
      ActiveRow(
        time: start,
        size: limits.initialStep ?? 0,
        memory: controller.initialMemory,
        report: RowReport(time: start)
      )
    )
    if fresh.isEmpty { return }
    let model = rows.fillIdle()
    var first = RowwiseAttempt(rows.slots, model: model)
    let slopes = evaluate(&dynamics, &first, node: 0, stage: rows.state)
    for slot in fresh {
      count(1, slot)
      if let trouble = first.troubles[slot] {
        rows.retire(slot, trouble)
        continue
      }
      slope.copyRows(from: slopes.slice(slot..<slot + 1), count: 1, at: slot)
      while let saved = rows.slots[slot]?.nextSaved, saved < saving.times.count,
        saving.times[saved] == start
      {
        rows.save(rows.state.slice(slot..<slot + 1), of: slot, at: saving.positions[saved])
        rows.slots[slot]?.nextSaved += 1
      }
    }
    if limits.initialStep == nil { chooseFirstSteps(fresh, &dynamics) }
  }

  /// The first steps of new rows: h with h^{p+1} max(|f|, |f′|) = 0.01 in the norm of the tolerance.
  ///
  /// Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, II.4, algorithm (4.14).
  private mutating func chooseFirstSteps(
    _ fresh: [Int],
    _ dynamics: inout some RowwiseDynamics
  ) {
    if !rows.isActive { return }
    let model = rows.fillIdle()
    var probe = RowwiseAttempt(rows.slots, model: model)
    var (guesses, firsts) = (probe.sizes, probe.sizes)
    let slopes = slope
    for slot in probe.sizes.indices { probe.isIdle[slot] = true }
    for slot in fresh where rows.slots[slot] != nil {
      let (state, first) = (
        norm(rows.state, rows.state, rows.state, slot).norm,
        norm(slopes, rows.state, rows.state, slot).norm
      )
      let isUsable = state >= 1e-5 && first >= 1e-5 && first.isFinite
      let guess = isUsable ? 0.01 * state / first : 1e-6
      guesses[slot] = min(guess, abs(end - start), limits.maximumStep)
      firsts[slot] = first
      probe.sizes[slot] = sign * guesses[slot]
      probe.ends[slot] = probe.times[slot] + probe.sizes[slot]
      probe.isIdle[slot] = false
    }
    let stage = probe.stage(rows.state, slopes: [slope], weights: [1])
    let second = evaluate(&dynamics, &probe, node: 1, stage: stage)
    let change = second - slope
    for slot in fresh where rows.slots[slot] != nil {
      count(1, slot)
      var size = guesses[slot]
      if probe.troubles[slot] == nil {
        let curvature = norm(change, rows.state, rows.state, slot).norm / guesses[slot]
        let largest = max(firsts[slot], curvature)
        let other =
          largest <= 1e-15 || !largest.isFinite
          ? max(1e-6, guesses[slot] * 1e-3) : pow(0.01 / largest, 1 / Double(error.order))
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

  mutating func evaluate(
    _ dynamics: inout some RowwiseDynamics,
    _ attempt: inout RowwiseAttempt,
    node: Double,
    stage: Tensor<Double>
  ) -> Tensor<Double> {
    rows.solution.evaluations += 1
    return attempt.evaluate(
      &dynamics,
      node: node,
      stage: stage,
      retriesNotANumber: limits.retriesNotANumber
    )
  }
}
