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

  private func adds(_ instruction: Instruction) -> Bool {
    instruction.isAdding && !(isStartingOver && instruction.isFirstSum)
  }

  private func buffer(_ place: Place, _ shape: [Int]) -> Buffer<Scalar> {
    switch place {
    case .input(let slot): inputs[slot]
    case .output(let index): outputs[index]
    case .constant(let index): constants[index].buffer
    case .arena(let offset, _): arena.slice(offset..<offset + shape.elementCount)
    }
  }

  func execute(_ instruction: Instruction) {
    let result = buffer(instruction.destination, instruction.shape)
    if result.count == 0 { return }
    func operand(_ index: Int) -> Buffer<Scalar> {
      buffer(instruction.operands[index].place, instruction.operands[index].shape)
    }
    func shape(_ index: Int) -> [Int] { instruction.operands[index].shape }

    switch instruction.operation {
    case .input, .constant, .fill, .detach: return
    case .reshape:
      if adds(instruction) {
        Kernels.axpy(1, operand(0), into: result)
      } else {
        result.copy(from: operand(0))
      }
    case .unary(let kind): Kernels.unary(kind, operand(0), into: result)
    case .affine(let scale, let offset):
      Kernels.affine(scale: scale, offset: offset, operand(0), into: result)
    case .binary(let kind):
      guard let plan = instruction.broadcast else {
        fatalError("an elementwise operation without a broadcast plan")
      }
      Kernels.binary(kind, operand(0), operand(1), broadcast: plan, into: result)
    case .select: Kernels.select(operand(0), operand(1), operand(2), into: result)
    case .activation(let kind, let order):
      Kernels.activation(kind, order: order, operand(0), into: result)
    case .activationProduct(let kind, let order):
      Kernels.activationProduct(kind, order: order, operand(0), operand(1), into: result)
    case .product: multiply(instruction, operand(0), operand(1), bias: nil, into: result)
    case .linear: multiply(instruction, operand(0), operand(1), bias: operand(2), into: result)
    case .sum(let axis): Kernels.sum(operand(0), shape: shape(0), axis: axis, into: result)
    case .maximum(let axis): Kernels.maximum(operand(0), shape: shape(0), axis: axis, into: result)
    case .broadcast:
      Kernels.broadcast(operand(0), shape: shape(0), into: result, target: instruction.shape)
    case .transpose:
      Kernels.transpose(rows: shape(0)[0], columns: shape(0)[1], operand(0), into: result)
    case .concatenate(let axis):
      var lower = 0
      for index in instruction.operands.indices {
        Kernels.embed(
          operand(index),
          shape: shape(index),
          axis: axis,
          lower: lower,
          into: result,
          target: instruction.shape
        )
        lower += shape(index)[axis]
      }
    case .slice(let axis, let lower):
      Kernels.slice(
        operand(0),
        shape: shape(0),
        axis: axis,
        range: lower..<lower + instruction.shape[axis],
        into: result
      )
    case .embed(let axis, let lower):
      result.fill(0)
      Kernels.embed(
        operand(0),
        shape: shape(0),
        axis: axis,
        lower: lower,
        into: result,
        target: instruction.shape
      )
    case .gather: moveRows(operand(0), shape(0), operand(1), into: result, isScattering: false)
    case .scatter:
      result.fill(0)
      moveRows(operand(0), instruction.shape, operand(1), into: result, isScattering: true)
    }
  }

  private func multiply(
    _ instruction: Instruction,
    _ a: Buffer<Scalar>,
    _ b: Buffer<Scalar>,
    bias: Buffer<Scalar>?,
    into c: Buffer<Scalar>
  ) {
    guard let plan = instruction.product else { fatalError("a matrix product without a plan") }
    let size = plan.size
    var left = a
    var stripCount = 0
    if plan.transposesFirst {
      left = scratch.slice(0..<size.rows * size.inner)
      stripCount = Arena.rounded(left.count)
      Kernels.packTransposedLeft(size, a, into: left)
    }
    let panels: Buffer<Scalar>
    if let range = plan.packed {
      panels = packed.slice(range)
    } else {
      let count = Kernels.packedCount(size, as: Scalar.self)
      panels = scratch.slice(stripCount..<stripCount + count)
      Kernels.packRight(size, b, isTransposed: plan.transposesSecond, into: panels)
    }
    var gate: Buffer<Scalar>?
    if plan.finish == .gate, let operand = instruction.operands.last {
      gate = buffer(operand.place, operand.shape)
    }
    Kernels.product(
      size,
      left,
      isPacked: plan.transposesFirst,
      panels,
      bias: bias,
      adding: adds(instruction),
      finish: plan.finish,
      gate: gate,
      into: c
    )
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
