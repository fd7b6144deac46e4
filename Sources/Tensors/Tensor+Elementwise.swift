internal import RealModule

extension Tensor {
  /// An elementwise function of this tensor, same shape.
  public func applying(_ operation: UnaryOperation) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Kernels.unary(operation, buffer, into: result.buffer)
    return result
  }

  /// scale · x + offset.
  public func affine(scale: Double, offset: Double) -> Tensor {
    let result = Tensor(uninitialized: shape)
    Kernels.affine(scale: scale, offset: offset, buffer, into: result.buffer)
    return result
  }

  /// The activation's derivative of the given order (0: the activation itself), elementwise.
  public func activated(_ kind: Activation, order: Int = 0) -> Tensor {
    require(order >= 0, "the order of a derivative is not negative, got \(order)")
    let result = Tensor(uninitialized: shape)
    Kernels.activation(kind, order: order, buffer, into: result.buffer)
    return result
  }

  /// An elementwise function of two tensors, with broadcasting.
  ///
  /// - Parameters:
  ///   - operation: the function.
  ///   - first: its first operand.
  ///   - second: its second operand; each axis, counted from the last, equal or of length 1.
  /// - Returns: the result, of the common shape.
  public static func elementwise(
    _ operation: BinaryOperation,
    _ first: Tensor,
    _ second: Tensor
  ) -> Tensor {
    let shape = Broadcasting.require(first.shape, second.shape, for: "\(operation)")
    let result = Tensor(uninitialized: shape)
    if result.count == 0 { return result }
    if let plan = MatrixBroadcast(first.shape, second.shape, result: shape) {
      Kernels.binary(operation, first.buffer, second.buffer, broadcast: plan, into: result.buffer)
      return result
    }
    return elementwise(operation, first.broadcast(to: shape), second.broadcast(to: shape))
  }

  /// Sum, with broadcasting.
  public static func + (first: Tensor, second: Tensor) -> Tensor {
    elementwise(.add, first, second)
  }

  /// Difference, with broadcasting.
  public static func - (first: Tensor, second: Tensor) -> Tensor {
    elementwise(.subtract, first, second)
  }

  /// Elementwise product, with broadcasting.
  public static func * (first: Tensor, second: Tensor) -> Tensor {
    elementwise(.multiply, first, second)
  }

  /// Elementwise quotient, with broadcasting.
  public static func / (first: Tensor, second: Tensor) -> Tensor {
    elementwise(.divide, first, second)
  }

  /// Negation.
  public static prefix func - (operand: Tensor) -> Tensor { operand.applying(.negate) }

  /// Adds a number to every element.
  public static func + (first: Tensor, second: Scalar) -> Tensor {
    first.affine(scale: 1, offset: Double(second))
  }

  /// Subtracts a number from every element.
  public static func - (first: Tensor, second: Scalar) -> Tensor {
    first.affine(scale: 1, offset: -Double(second))
  }

  /// Multiplies every element by a number.
  public static func * (first: Tensor, second: Scalar) -> Tensor {
    first.affine(scale: Double(second), offset: 0)
  }

  /// Multiplies every element by a number.
  public static func * (first: Scalar, second: Tensor) -> Tensor { second * first }

  /// Divides every element by a number.
  public static func / (first: Tensor, second: Scalar) -> Tensor {
    elementwise(.divide, first, Tensor(second))
  }

  /// Adds in place, without a copy where this tensor is the only owner.
  public static func += (first: inout Tensor, second: Tensor) {
    if first.shape == second.shape {
      Kernels.axpy(1, second.buffer, into: first.uniqueBuffer)
    } else {
      first = first + second
    }
  }

  /// Adds `weight · other`, of the same shape, in place.
  public mutating func add(_ other: Tensor, scaledBy weight: Double) {
    require(
      other.shape == shape,
      "cannot add a tensor of shape \(other.shape) to one of shape \(shape)"
    )
    Kernels.axpy(weight, other.buffer, into: uniqueBuffer)
  }

  /// Multiplies every element by a number, in place.
  public mutating func scale(by factor: Double) {
    let own = uniqueBuffer
    Kernels.affine(scale: factor, offset: 0, own, into: own)
  }

  /// Takes over the elements of a tensor of the same shape, without giving up its own memory.
  public mutating func copy(from other: Tensor) {
    require(
      other.shape == shape,
      "cannot copy a tensor of shape \(other.shape) into one of shape \(shape)"
    )
    uniqueBuffer.copy(from: other.buffer)
  }

  /// Where `mask` is not 0 the element of `first`, else that of `second`, with broadcasting.
  public static func select(_ mask: Tensor, _ first: Tensor, _ second: Tensor) -> Tensor {
    let pair = Broadcasting.require(first.shape, second.shape, for: "select")
    let shape = Broadcasting.require(mask.shape, pair, for: "select")
    let result = Tensor(uninitialized: shape)
    Kernels.select(
      mask.broadcast(to: shape).buffer,
      first.broadcast(to: shape).buffer,
      second.broadcast(to: shape).buffer,
      into: result.buffer
    )
    return result
  }

  /// This tensor repeated along its axes of length 1 (and missing leading axes) to a shape.
  public func broadcast(to target: [Int]) -> Tensor {
    if shape == target { return self }
    require(
      Broadcasting.combine(shape, target) == target,
      "a tensor of shape \(shape) cannot be broadcast to \(target)"
    )
    let result = Tensor(uninitialized: target)
    Kernels.broadcast(buffer, shape: shape, into: result.buffer, target: target)
    return result
  }

  /// Whether every element differs from the other's by at most
  /// `relativeTolerance · larger magnitude`.
  ///
  /// - Parameters:
  ///   - other: a tensor of the same shape, else the answer is false.
  ///   - relativeTolerance: √ulp(1) unless given, half the digits, as in swift-numerics.
  /// - Returns: whether all elements are that close.
  public func isApproximatelyEqual(
    to other: Tensor,
    relativeTolerance: Scalar = Scalar.ulpOfOne.squareRoot()
  ) -> Bool {
    isApproximatelyEqual(
      to: other,
      absoluteTolerance: 0,
      relativeTolerance: relativeTolerance
    )
  }

  /// Whether every element differs from the other's by at most
  /// `max(absoluteTolerance, relativeTolerance · larger magnitude)`.
  ///
  /// - Parameters:
  ///   - other: a tensor of the same shape, else the answer is false.
  ///   - absoluteTolerance: the allowed difference of small elements.
  ///   - relativeTolerance: 0 unless given, as in swift-numerics.
  /// - Returns: whether all elements are that close.
  public func isApproximatelyEqual(
    to other: Tensor,
    absoluteTolerance: Scalar,
    relativeTolerance: Scalar = 0
  ) -> Bool {
    guard shape == other.shape else { return false }
    return withSpan { left in
      other.withSpan { right in
        (0..<left.count).allSatisfy {
          left[$0].isApproximatelyEqual(
            to: right[$0],
            absoluteTolerance: absoluteTolerance,
            relativeTolerance: relativeTolerance
          )
        }
      }
    }
  }
}

extension Kernels {
  /// Repeats `x` along its axes of length 1; a strided walk for shapes no matrix kernel covers.
  package static func broadcast<S>(
    _ x: Buffer<S>,
    shape: [Int],
    into y: Buffer<S>,
    target: [Int]
  ) {
    if y.count == 0 { return }
    if x.count == y.count {
      y.copy(from: x)
      return
    }
    if x.count == 1 {
      y.fill(x.withSpan { $0[0] })
      return
    }
    var strides = [Int](repeating: 0, count: target.count)
    var extent = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      if shape[axis] != 1 { strides[axis + target.count - shape.count] = extent }
      extent *= shape[axis]
    }
    let length = target.last ?? 1
    let step = strides.last ?? 0
    if target.count == 2 {
      copyRows(
        rows: target[0],
        columns: length,
        x,
        row: strides[0],
        column: step,
        into: y,
        target: length
      )
      return
    }
    x.withSpan { source in
      y.withMutableSpan { destination in
        var index = [Int](repeating: 0, count: target.count)
        var position = 0
        for start in stride(from: 0, to: destination.count, by: length) {
          for column in 0..<length {
            destination[start + column] = source[position + column * step]
          }
          var axis = target.count - 2
          while axis >= 0 {
            index[axis] += 1
            position += strides[axis]
            if index[axis] < target[axis] { break }
            position -= strides[axis] * target[axis]
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }
}
