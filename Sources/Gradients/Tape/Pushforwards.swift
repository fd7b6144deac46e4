internal import Tensors

/// The forward-mode derivative of every operation: from the tangents of a record's inputs to the
/// tangent of its result.
///
/// Written in recorded operations, so that a derivative can be differentiated again. A nil tangent
/// is zero.
enum Pushforwards<Scalar: TensorScalar> {
  typealias V = Variable<Scalar>

  static func tangent(of result: V, inputs: [V], tangents: [V?]) -> V? {
    let first = tangents.first ?? nil
    let second = tangents.count > 1 ? tangents[1] : nil
    switch result.record.operation {
    case .input, .constant, .fill, .detach: return nil
    case .unary(let kind):
      return first.flatMap { Pullbacks.unary(kind, inputs[0], result, $0) }
    case .affine(let scale, _): return first?.affine(scale: scale, offset: 0)
    case .binary(let kind): return binary(kind, inputs[0], inputs[1], result, first, second)
    case .select: return select(inputs[0], tangents[1], tangents[2], shape: result.shape)
    case .activation(let kind, let order):
      return first.map { inputs[0].activationProduct(kind, order: order + 1, times: $0) }
    case .activationProduct(let kind, let order):
      return add(
        first.map { inputs[0].activationProduct(kind, order: order + 1, times: inputs[1] * $0) },
        second.map { inputs[0].activationProduct(kind, order: order, times: $0) })
    case .product(let a, let b):
      return add(
        first.map { V.product($0, inputs[1], transposingFirst: a, transposingSecond: b) },
        second.map { V.product(inputs[0], $0, transposingFirst: a, transposingSecond: b) })
    case .linear: return linear(inputs, tangents, shape: result.shape)
    case .sum(let axis): return first?.sum(along: axis, keepingAxis: true)
    case .maximum(let axis):
      return first.map {
        (Pullbacks.sharedAmongTies(inputs[0], result) * $0).sum(along: axis, keepingAxis: true)
      }
    case .broadcast: return first?.broadcast(to: result.shape)
    case .reshape: return first?.reshaped(result.shape)
    case .transpose: return first?.transposed
    case .concatenate(let axis):
      if tangents.allSatisfy({ $0 == nil }) { return nil }
      return V.concatenating(
        zip(tangents, inputs).map { $0 ?? $1.tape.fill(0, shape: $1.shape) }, along: axis)
    case .slice(let axis, let lower):
      return first?.slice(lower..<lower + result.shape[axis], along: axis)
    case .embed(let axis, let lower):
      return first?.embedded(in: result.shape, axis: axis, lower: lower)
    case .gather: return first?.gatheringRows(inputs[1])
    case .scatter: return first?.scatteredRows(inputs[1], count: result.shape[0])
    }
  }

  static func add(_ first: V?, _ second: V?) -> V? {
    switch (first, second) {
    case (let first?, let second?): first + second
    default: first ?? second
    }
  }

  private static func binary(
    _ kind: BinaryOperation, _ x: V, _ y: V, _ result: V, _ dx: V?, _ dy: V?
  ) -> V? {
    let shape = result.shape
    let sum: V? =
      switch kind {
      case .add: add(dx, dy)
      case .subtract: add(dx, dy.map { -$0 })
      case .multiply: add(dx.map { $0 * y }, dy.map { x * $0 })
      case .divide: add(dx.map { $0 / y }, dy.map { -(result * $0 / y) })
      case .maximum, .minimum:
        {
          let weight = Derivatives.chosen(kind, x, y)
          return add(dx.map { weight * $0 }, dy.map { (1 - weight) * $0 })
        }()
      case .greater, .greaterOrEqual, .equal: nil
      }
    return sum?.broadcast(to: shape)
  }

  private static func select(_ mask: V, _ dx: V?, _ dy: V?, shape: [Int]) -> V? {
    if dx == nil && dy == nil { return nil }
    let zero = mask.tape.fill(0, shape: shape)
    return V.select(mask, dx ?? zero, dy ?? zero)
  }

  private static func linear(_ inputs: [V], _ tangents: [V?], shape: [Int]) -> V? {
    let throughInput = tangents[0].map { V.product($0, inputs[1], transposingSecond: true) }
    let throughWeight = tangents[1].map { V.product(inputs[0], $0, transposingSecond: true) }
    return add(add(throughInput, throughWeight), tangents[2]?.broadcast(to: shape))
  }
}

/// Derivatives that pullback and pushforward share.
enum Derivatives<Scalar: TensorScalar> {
  typealias V = Variable<Scalar>

  /// f′(x) · g for an elementwise function y = f(x).
  static func unary(_ kind: UnaryOperation, _ x: V, _ y: V, times g: V) -> V {
    switch kind {
    case .negate: -g
    case .absolute: x.applying(.sign) * g
    case .sign, .floor: g * 0
    case .square: (2 * x) * g
    case .squareRoot: (0.5 * g) / y
    case .reciprocal: -(y.squared * g)
    case .exp: y * g
    case .expMinusOne: (y + 1) * g
    case .log: g / x
    case .logOnePlus: g / (x + 1)
    case .sin: x.cos * g
    case .cos: -(x.sin * g)
    case .tanh: (1 - y.squared) * g
    case .sigmoid: (y * (1 - y)) * g
    case .erf: (-x.squared).exp * g * 1.1283791670955126
    }
  }

  /// 1 where the first operand is the maximum (minimum), 1/2 at a tie, else 0.
  static func chosen(_ kind: BinaryOperation, _ x: V, _ y: V) -> V {
    let wins =
      kind == .maximum ? V.elementwise(.greater, x, y) : V.elementwise(.greater, y, x)
    return wins + 0.5 * V.elementwise(.equal, x, y)
  }
}
