internal import Tensors

/// A solve of an ODE with step control under way.
struct OrdinaryRun<C: StepController> {
  let method: RungeKutta
  let error: ErrorEstimate
  let controller: C
  let options: AdaptiveOptions
  var ledger: RowLedger
  var block: SlotBlock
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
    controller: C,
    options: AdaptiveOptions,
    initial: Tensor<Double>,
    blockSize: Int
  ) {
    self.method = method
    self.error = error
    self.controller = controller
    self.options = options
    ledger = RowLedger(initial, options)
    block = SlotBlock(slots: blockSize, components: initial.shape[1])
    entrance = Entrance(options, order: error.order, like: block)
    slope = block.state
    memories = [C.Memory](repeating: controller.initialMemory, count: blockSize)
    hasQuadratures = (0..<method.stageCount).map { !method.onlyLeads($0) }
    estimate = slope
    damping = slope
    attempt = RowwiseAttempt(
      slopes: method.stageCount + 1 + method.dense.nodes.count,
      shape: block.state.shape,
      retriesNotANumber: options.limits.retriesNotANumber
    )
  }

  mutating func solve(_ dynamics: inout some RowwiseDynamics) -> AdaptiveSolution {
    refill(&dynamics)
    while block.isActive {
      attempt(&dynamics)
      refill(&dynamics)
    }
    ledger.solution.evaluations = attempt.evaluations
    return ledger.solution
  }

  /// Gives free slots to rows that stand at the entrance.
  private mutating func refill(_ dynamics: inout some RowwiseDynamics) {
    for slot in block.slots.indices where block.slots[slot] == nil {
      entrance.fill(from: &ledger, &dynamics, with: &attempt)
      guard entrance.moveNext(to: slot, of: &block, slope: &slope) else { return }
      memories[slot] = controller.initialMemory
    }
  }
}
