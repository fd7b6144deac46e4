public import Tensors

/// What an optimiser remembers from one update to the next: all that a stored run needs of it.
public struct OptimizerMemory<Scalar: TensorScalar>: Sendable, Equatable {
  /// The number of updates made.
  public var updates: Int
  /// Lists of tensors of the parameters' shapes, such as Adam's two moments; each empty before the
  /// first update.
  public var moments: [[Tensor<Scalar>]]

  /// A memory.
  ///
  /// - Parameters:
  ///   - updates: the number of updates made.
  ///   - moments: lists of tensors of the parameters' shapes.
  public init(updates: Int, moments: [[Tensor<Scalar>]]) {
    self.updates = updates
    self.moments = moments
  }
}

extension Adam {
  /// The updates made and both moments.
  public var memory: OptimizerMemory<Scalar> {
    get { OptimizerMemory(updates: step, moments: [first, second]) }
    set {
      require(
        newValue.moments.count == 2,
        "Adam remembers two moments, got \(newValue.moments.count)"
      )
      step = newValue.updates
      first = newValue.moments[0]
      second = newValue.moments[1]
    }
  }
}

extension SGD {
  /// The momentum; the updates are not counted.
  public var memory: OptimizerMemory<Scalar> {
    get { OptimizerMemory(updates: 0, moments: [velocity]) }
    set {
      require(
        newValue.moments.count == 1,
        "gradient descent remembers one momentum, got \(newValue.moments.count) lists"
      )
      velocity = newValue.moments[0]
    }
  }
}
