public import Tensors

extension Variable {
  func recorded(_ operation: Operation, _ others: [Variable] = [], shape: [Int]) -> Variable {
    tape.record(operation, [self] + others, shape)
  }

  /// An elementwise function of this value.
  public func applying(_ operation: UnaryOperation) -> Variable {
    recorded(.unary(operation), shape: shape)
  }

  /// scale · x + offset.
  public func affine(scale: Double, offset: Double) -> Variable {
    if scale == 1 && offset == 0 { return self }
    if let value = fillValue { return tape.fill(scale * value + offset, shape: shape) }
    if scale == 0 { return tape.fill(offset, shape: shape) }
    return recorded(.affine(scale: scale, offset: offset), shape: shape)
  }

  /// The activation's derivative of the given order (0: the activation itself), elementwise.
  public func activated(_ kind: Activation, order: Int = 0) -> Variable {
    require(order >= 0, "the order of a derivative is not negative, got \(order)")
    return recorded(.activation(kind, order: order), shape: shape)
  }

  /// σ⁽ᵒʳᵈᵉʳ⁾ at this value times `other`, of the same shape.
  func activationProduct(_ kind: Activation, order: Int, times other: Variable) -> Variable {
    if other.fillValue == 0 || (kind == .relu && order > 1) { return tape.fill(0, shape: shape) }
    if other.fillValue == 1 { return activated(kind, order: order) }
    return recorded(.activationProduct(kind, order: order), [other], shape: shape)
  }

  /// An elementwise function of two values, with broadcasting.
  ///
  /// - Parameters:
  ///   - operation: the function.
  ///   - first: its first operand.
  ///   - second: its second operand; each axis, counted from the last, equal or of length 1.
  /// - Returns: the recorded result, of the common shape.
  public static func elementwise(
    _ operation: BinaryOperation,
    _ first: Variable,
    _ second: Variable
  ) -> Variable {
    let shape = Broadcasting.require(first.shape, second.shape, for: "\(operation)")
    if let simpler = simplified(operation, first, second, shape: shape) { return simpler }
    if MatrixBroadcast(first.shape, second.shape, result: shape) == nil {
      return elementwise(operation, first.broadcast(to: shape), second.broadcast(to: shape))
    }
    return first.recorded(.binary(operation), [second], shape: shape)
  }

  /// Arithmetic with a number known when recorded becomes one pass without a second operand.
  private static func simplified(
    _ operation: BinaryOperation,
    _ first: Variable,
    _ second: Variable,
    shape: [Int]
  ) -> Variable? {
    if let value = second.fillValue, first.shape == shape {
      switch operation {
      case .add: return first.affine(scale: 1, offset: value)
      case .subtract: return first.affine(scale: 1, offset: -value)
      case .multiply: return first.affine(scale: value, offset: 0)
      default: return nil
      }
    }
    if let value = first.fillValue, second.shape == shape {
      switch operation {
      case .add: return second.affine(scale: 1, offset: value)
      case .subtract: return second.affine(scale: -1, offset: value)
      case .multiply: return second.affine(scale: value, offset: 0)
      default: return nil
      }
    }
    return nil
  }

  /// Sum, with broadcasting.
  public static func + (first: Variable, second: Variable) -> Variable {
    elementwise(.add, first, second)
  }

  /// Difference, with broadcasting.
  public static func - (first: Variable, second: Variable) -> Variable {
    elementwise(.subtract, first, second)
  }

  /// Elementwise product, with broadcasting.
  public static func * (first: Variable, second: Variable) -> Variable {
    elementwise(.multiply, first, second)
  }

  /// Elementwise quotient, with broadcasting.
  public static func / (first: Variable, second: Variable) -> Variable {
    elementwise(.divide, first, second)
  }

  /// Negation.
  public static prefix func - (operand: Variable) -> Variable {
    operand.affine(scale: -1, offset: 0)
  }

  /// Adds a number to every element.
  public static func + (first: Variable, second: Double) -> Variable {
    first.affine(scale: 1, offset: second)
  }

  /// Subtracts a number from every element.
  public static func - (first: Variable, second: Double) -> Variable {
    first.affine(scale: 1, offset: -second)
  }

  /// Subtracts every element from a number.
  public static func - (first: Double, second: Variable) -> Variable {
    second.affine(scale: -1, offset: first)
  }

  /// Multiplies every element by a number.
  public static func * (first: Variable, second: Double) -> Variable {
    first.affine(scale: second, offset: 0)
  }

  /// Multiplies every element by a number.
  public static func * (first: Double, second: Variable) -> Variable {
    second.affine(scale: first, offset: 0)
  }

  /// Divides every element by a number.
  public static func / (first: Variable, second: Double) -> Variable {
    first.affine(scale: 1 / second, offset: 0)
  }

  /// Where `mask` is not 0 the element of `first`, else that of `second`, with broadcasting.
  public static func select(_ mask: Variable, _ first: Variable, _ second: Variable) -> Variable {
    let pair = Broadcasting.require(first.shape, second.shape, for: "select")
    let shape = Broadcasting.require(mask.shape, pair, for: "select")
    return mask.broadcast(to: shape).recorded(
      .select,
      [first.broadcast(to: shape), second.broadcast(to: shape)],
      shape: shape
    )
  }

  /// The same value, through which no derivative passes.
  public var detached: Variable { recorded(.detach, shape: shape) }
}

extension Variable {
  /// x².
  public var squared: Variable { applying(.square) }
  /// √x.
  public var squareRoot: Variable { applying(.squareRoot) }
  /// eˣ.
  public var exp: Variable { applying(.exp) }
  /// ln x.
  public var log: Variable { applying(.log) }
  /// sin x.
  public var sin: Variable { applying(.sin) }
  /// cos x.
  public var cos: Variable { applying(.cos) }
  /// tanh x.
  public var tanh: Variable { applying(.tanh) }
}
