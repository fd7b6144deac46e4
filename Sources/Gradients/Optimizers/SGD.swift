public import Tensors

/// Gradient descent with momentum, with PyTorch's conventions.
///
/// g ← g + λp; m ← g on the first step, then m ← μm + (1−d)g; p ← p − r m, or with Nesterov's form
/// p ← p − r (g + μm). Without momentum p ← p − r g.
public struct SGD<Scalar: TensorScalar>: Optimizer {
  /// μ, the momentum.
  public var momentum: Double
  /// d, the dampening of what enters the momentum.
  public var dampening: Double
  /// λ, the weight decay.
  public var weightDecay: Double
  /// Whether the step looks ahead by Nesterov's rule.
  public var isNesterov: Bool

  var velocity: [Tensor<Scalar>] = []

  /// Gradient descent before its first update.
  ///
  /// - Parameters:
  ///   - momentum: μ, not negative.
  ///   - dampening: d, finite; 0 with Nesterov's rule.
  ///   - weightDecay: λ, not negative.
  ///   - isNesterov: needs a momentum and no dampening.
  public init(
    momentum: Double = 0,
    dampening: Double = 0,
    weightDecay: Double = 0,
    isNesterov: Bool = false
  ) {
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.isNesterov = isNesterov
    check()
  }

  /// Gradient descent whose settings have not been looked at: ``problem`` does.
  package init(unchecked momentum: Double, isNesterov: Bool) {
    self.momentum = momentum
    self.isNesterov = isNesterov
    (dampening, weightDecay) = (0, 0)
  }

  /// What is out of range, with the value; nil for an optimiser that can be used.
  package var problem: String? {
    if !(momentum >= 0 && momentum.isFinite && weightDecay >= 0 && weightDecay.isFinite) {
      return
        "momentum and weight decay are finite and not negative, got \(momentum) and \(weightDecay)"
    }
    if !dampening.isFinite { return "the dampening is finite, got \(dampening)" }
    if !isNesterov || (momentum > 0 && dampening == 0) { return nil }
    return
      "Nesterov's rule needs a momentum above 0 and no dampening, got \(momentum) and \(dampening)"
  }

  /// Stops where a value is out of range, also one that was set after the initialiser.
  private func check() { require(problem == nil, problem ?? "") }

  /// Moves the parameters by one step, in one pass over each.
  public mutating func update(
    _ parameters: inout [Tensor<Scalar>],
    gradients: [Tensor<Scalar>],
    rate: Double,
    gradientScale: Double = 1
  ) {
    checkGradients(parameters, gradients)
    check()
    if !velocity.isEmpty { checkMoments(velocity, "the momenta", of: parameters) }
    let update = beginUpdate(
      shapes: parameters.map(\.shape),
      rate: rate,
      gradientScale: gradientScale
    )
    for index in parameters.indices {
      update(
        index,
        from: 0,
        gradient: gradients[index].buffer,
        parameter: parameters[index].uniqueBuffer
      )
    }
  }

  /// Prepares an update of parameters of given shapes, whose parts the caller makes.
  package mutating func beginUpdate(
    shapes: [[Int]],
    rate: Double,
    gradientScale: Double
  ) -> Update {
    var constants = Kernels.SGDStep()
    constants.gradientScale = gradientScale
    constants.l2 = weightDecay
    constants.momentum = momentum
    constants.rate = rate
    constants.isNesterov = isNesterov
    // The first gradient enters the momentum whole; without momentum every step takes all of it.
    constants.dampening = velocity.isEmpty || momentum == 0 ? 0 : dampening
    if velocity.isEmpty { velocity = shapes.map { Tensor(zeros: $0) } }
    return Update(
      constants: constants,
      momentum: velocity.indices.map { velocity[$0].uniqueBuffer }
    )
  }

  /// An update of which workers make different parts at the same time.
  package struct Update: Sendable {
    fileprivate let constants: Kernels.SGDStep
    fileprivate let momentum: [Buffer<Scalar>]

    /// Moves a part of one parameter along that of its gradient, as ``Adam/Update`` does.
    @specialized(where Scalar == Float)
    package func callAsFunction(
      _ index: Int,
      from start: Int,
      gradient: Buffer<Scalar>,
      parameter: Buffer<Scalar>
    ) {
      Kernels.sgd(
        constants,
        gradient: gradient,
        parameter: parameter,
        momentum: momentum[index].slice(start..<start + gradient.count)
      )
    }
  }
}
