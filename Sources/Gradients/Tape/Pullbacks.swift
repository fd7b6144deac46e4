internal import Tensors

/// The reverse-mode derivative of every operation: from the cotangent g of a record's result to
/// the cotangents of its inputs.
///
/// Written in recorded operations, so that a derivative can be differentiated again. Nil marks an
/// input through which no derivative passes. x, y are the inputs, `result` the record itself.
enum Pullbacks<Scalar: TensorScalar> {
  typealias V = Variable<Scalar>

  static func cotangents(of result: V, given g: V, inputs: [V]) -> [V?] {
    switch result.record.operation {
    case .input, .constant, .fill: []
    case .detach: [nil]
    case .unary(let kind): [unary(kind, inputs[0], result, g)]
    case .affine(let scale, _): [g.affine(scale: scale, offset: 0)]
    case .binary(let kind): binary(kind, inputs[0], inputs[1], result, g)
    case .select: select(inputs[0], inputs[1], inputs[2], g)
    case .activation(let kind, let order):
      [inputs[0].activationProduct(kind, order: order + 1, times: g)]
    case .activationProduct(let kind, let order):
      [
        inputs[0].activationProduct(kind, order: order + 1, times: inputs[1] * g),
        inputs[0].activationProduct(kind, order: order, times: g),
      ]
    case .product(let first, let second): product(first, second, inputs[0], inputs[1], g)
    case .linear:
      [
        V.product(g, inputs[1]), V.product(g, inputs[0], transposingFirst: true),
        g.summed(to: inputs[2].shape),
      ]
    case .sum, .reshape, .broadcast: [linearShape(result, inputs[0], g)]
    case .maximum:
      [sharedAmongTies(inputs[0], result) * g]
    case .transpose: [g.transposed]
    case .concatenate(let axis): concatenate(axis, inputs, g)
    case .slice(let axis, let lower):
      [g.embedded(in: inputs[0].shape, axis: axis, lower: lower)]
    case .embed(let axis, let lower):
      [g.slice(lower..<lower + inputs[0].shape[axis], along: axis)]
    case .gather: [g.scatteredRows(inputs[1], count: inputs[0].shape[0]), nil]
    case .scatter: [g.gatheringRows(inputs[1]), nil]
    }
  }

  static func unary(_ kind: UnaryOperation, _ x: V, _ y: V, _ g: V) -> V? {
    switch kind {
    case .sign, .floor: nil
    default: Derivatives.unary(kind, x, y, times: g)
    }
  }

  private static func binary(_ kind: BinaryOperation, _ x: V, _ y: V, _ result: V, _ g: V) -> [V?] {
    switch kind {
    case .add: [g.summed(to: x.shape), g.summed(to: y.shape)]
    case .subtract: [g.summed(to: x.shape), (-g).summed(to: y.shape)]
    case .multiply: [(g * y).summed(to: x.shape), (g * x).summed(to: y.shape)]
    case .divide:
      [(g / y).summed(to: x.shape), (-(g * result / y)).summed(to: y.shape)]
    case .maximum, .minimum:
      {
        let weight = Derivatives.chosen(kind, x, y)
        return [(g * weight).summed(to: x.shape), (g * (1 - weight)).summed(to: y.shape)]
      }()
    case .greater, .greaterOrEqual, .equal: [nil, nil]
    }
  }

  private static func select(_ mask: V, _ x: V, _ y: V, _ g: V) -> [V?] {
    let zero = g.tape.fill(0, shape: g.shape)
    return [nil, V.select(mask, g, zero), V.select(mask, zero, g)]
  }

  private static func product(_ first: Bool, _ second: Bool, _ a: V, _ b: V, _ g: V) -> [V?] {
    // C = op(A) op(B): the cotangent of op(A) is g op(B)ᵀ, of op(B) is op(A)ᵀ g.
    let ofA =
      first
      ? V.product(b, g, transposingFirst: second, transposingSecond: true)
      : V.product(g, b, transposingSecond: !second)
    let ofB =
      second
      ? V.product(g, a, transposingFirst: true, transposingSecond: first)
      : V.product(a, g, transposingFirst: !first)
    return [ofA, ofB]
  }

  private static func linearShape(_ result: V, _ x: V, _ g: V) -> V {
    switch result.record.operation {
    case .sum: g.broadcast(to: x.shape)
    case .broadcast: g.summed(to: x.shape)
    default: g.reshaped(x.shape)
    }
  }

  /// 1/k at each of the k elements that equal the maximum, 0 elsewhere.
  static func sharedAmongTies(_ x: V, _ result: V) -> V {
    let isMaximum = V.elementwise(.equal, x, result)
    guard case .maximum(let axis) = result.record.operation else { return isMaximum }
    return isMaximum / isMaximum.sum(along: axis, keepingAxis: true)
  }

  private static func concatenate(_ axis: Int, _ inputs: [V], _ g: V) -> [V?] {
    var lower = 0
    return inputs.map { input in
      defer { lower += input.shape[axis] }
      return g.slice(lower..<lower + input.shape[axis], along: axis)
    }
  }
}
