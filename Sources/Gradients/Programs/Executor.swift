internal import Tensors

/// The memory of one run, and what each operation does with it.
struct Executor<Scalar: TensorScalar> {
  let inputs: [Buffer<Scalar>]
  let outputs: [Buffer<Scalar>]
  let constants: [Tensor<Scalar>]
  let arena: Buffer<Scalar>
  /// Factors that were packed for many runs, and memory for those that this run packs.
  let packed: Buffer<Scalar>
  let scratch: Buffer<Scalar>
  /// Whether accumulating outputs are overwritten by the first value that would be added.
  let isStartingOver: Bool

  private func adds(_ instruction: borrowing Instruction) -> Bool {
    instruction.isAdding && !(isStartingOver && instruction.isFirstSum)
  }

  private func buffer(_ place: Place, _ count: Int) -> Buffer<Scalar> {
    switch place {
    case .input(let slot): inputs[slot]
    case .output(let index): outputs[index]
    case .constant(let index): constants[index].buffer
    case .arena(let offset, _): arena.slice(offset..<offset + count)
    }
  }

  private func buffer(_ operand: Operand) -> Buffer<Scalar> { buffer(operand.place, operand.count) }

  func execute(_ instruction: borrowing Instruction) {
    let result = buffer(instruction.destination, instruction.count)
    if result.count == 0 { return }
    let operands = instruction.operands
    switch instruction.operation {
    case .input, .constant, .fill, .detach: return
    case .reshape:
      if adds(instruction) {
        Kernels.axpy(1, buffer(operands[0]), into: result)
      } else {
        result.copy(from: buffer(operands[0]))
      }
    case .unary(let kind): Kernels.unary(kind, buffer(operands[0]), into: result)
    case .affine(let scale, let offset):
      Kernels.affine(scale: scale, offset: offset, buffer(operands[0]), into: result)
    case .binary(let kind):
      guard let plan = instruction.broadcast else {
        fatalError("an elementwise operation without a broadcast plan")
      }
      Kernels.binary(kind, buffer(operands[0]), buffer(operands[1]), broadcast: plan, into: result)
    case .select:
      Kernels.select(buffer(operands[0]), buffer(operands[1]), buffer(operands[2]), into: result)
    case .activation(let kind, let order):
      Kernels.activation(kind, order: order, buffer(operands[0]), into: result)
    case .activationProduct(let kind, _) where instruction.readsValue:
      Kernels.slopeProduct(
        kind,
        buffer(operands[0]),
        buffer(operands[1]),
        into: result
      )
    case .activationProduct(let kind, let order):
      Kernels.activationProduct(
        kind,
        order: order,
        buffer(operands[0]),
        buffer(operands[1]),
        into: result
      )
    case .product:
      multiply(instruction, buffer(operands[0]), buffer(operands[1]), bias: nil, into: result)
    case .linear:
      multiply(
        instruction,
        buffer(operands[0]),
        buffer(operands[1]),
        bias: buffer(operands[2]),
        into: result
      )
    case .sum(let axis):
      Kernels.sum(buffer(operands[0]), shape: operands[0].shape, axis: axis, into: result)
    case .maximum(let axis):
      Kernels.maximum(buffer(operands[0]), shape: operands[0].shape, axis: axis, into: result)
    case .broadcast:
      Kernels.broadcast(
        buffer(operands[0]),
        shape: operands[0].shape,
        into: result,
        target: instruction.shape
      )
    case .transpose:
      Kernels.transpose(
        rows: operands[0].shape[0],
        columns: operands[0].shape[1],
        buffer(operands[0]),
        into: result
      )
    case .concatenate(let axis):
      var lower = 0
      for index in operands.indices {
        Kernels.embed(
          buffer(operands[index]),
          shape: operands[index].shape,
          axis: axis,
          lower: lower,
          into: result,
          target: instruction.shape
        )
        lower += operands[index].shape[axis]
      }
    case .slice(let axis, let lower):
      Kernels.slice(
        buffer(operands[0]),
        shape: operands[0].shape,
        axis: axis,
        range: lower..<lower + instruction.shape[axis],
        into: result
      )
    case .embed(let axis, let lower):
      result.fill(0)
      Kernels.embed(
        buffer(operands[0]),
        shape: operands[0].shape,
        axis: axis,
        lower: lower,
        into: result,
        target: instruction.shape
      )
    case .gather:
      moveRows(
        buffer(operands[0]),
        operands[0].shape,
        buffer(operands[1]),
        into: result,
        isScattering: false
      )
    case .scatter:
      result.fill(0)
      moveRows(
        buffer(operands[0]),
        instruction.shape,
        buffer(operands[1]),
        into: result,
        isScattering: true
      )
    }
  }

  private func multiply(
    _ instruction: borrowing Instruction,
    _ a: Buffer<Scalar>,
    _ b: Buffer<Scalar>,
    bias: Buffer<Scalar>?,
    into c: Buffer<Scalar>
  ) {
    guard let plan = instruction.product else { fatalError("a matrix product without a plan") }
    var gate: Buffer<Scalar>?
    if plan.finish == .gate, let operand = instruction.operands.last {
      gate = buffer(operand)
    }
    let (left, right) = factors(plan, a, b)
    Kernels.product(
      plan.size,
      left,
      layout: plan.left,
      right,
      layout: plan.right,
      precision: plan.precision,
      bias: bias,
      adding: adds(instruction),
      finish: plan.finish,
      gate: gate,
      into: c
    )
  }

  /// The factors of a product as it reads them, packed where they are not yet.
  private func factors(
    _ plan: borrowing ProductPlan,
    _ a: Buffer<Scalar>,
    _ b: Buffer<Scalar>
  ) -> (left: Buffer<Scalar>, right: Buffer<Scalar>) {
    let leftCount = plan.leftCount
    let left = leftCount == 0 ? a : scratch.slice(0..<leftCount)
    if leftCount > 0 {
      switch plan.precision {
      case .full: Kernels.packTransposedLeft(plan.size, a, into: left)
      case .bfloat16:
        Kernels.packLeftPairs(plan.size, a, isTransposed: plan.left == .strips, into: left)
      }
    }
    if let range = plan.packed { return (left, packed.slice(range)) }
    if plan.right == .rows { return (left, b) }
    let start = Arena.rounded(leftCount)
    let right = scratch.slice(start..<start + plan.rightCount(as: Scalar.self))
    switch plan.precision {
    case .full:
      Kernels.packRight(plan.size, b, isTransposed: plan.transposesSecond, into: right)
    case .bfloat16:
      Kernels.packRightPairs(plan.size, b, isTransposed: plan.transposesSecond, into: right)
    }
    return (left, right)
  }

  /// Gathers rows of `x`, or adds its rows to those that `rows` names; `shape` is that of the
  /// matrix the names refer to.
  private func moveRows(
    _ x: Buffer<Scalar>,
    _ shape: [Int],
    _ rows: Buffer<Scalar>,
    into y: Buffer<Scalar>,
    isScattering: Bool
  ) {
    let width = shape[1]
    rows.withSpan { rows in
      for position in 0..<rows.count {
        let name = rows[position]
        let row = name >= 0 && name < Scalar(shape[0]) ? Int(name) : -1
        require(
          row >= 0 && Scalar(row) == name,
          "the row \(name) is outside a matrix of shape \(shape)"
        )
        let own = position * width..<(position + 1) * width
        let named = row * width..<(row + 1) * width
        if isScattering {
          Kernels.axpy(1, x.slice(own), into: y.slice(named))
        } else {
          y.slice(own).copy(from: x.slice(named))
        }
      }
    }
  }
}
