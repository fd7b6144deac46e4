public import Tensors
internal import RealModule

/// Adam and AdamW (Kingma, Ba 2015; Loshchilov, Hutter 2019), with PyTorch's conventions.
///
/// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − r m̂ / (√v̂ + ε) with the bias-corrected
/// m̂ = m/(1−β₁ⁿ), v̂ = v/(1−β₂ⁿ). Weight decay λ adds λp to g (Adam), or, decoupled, first
/// multiplies p by 1 − rλ (AdamW).
public struct Adam<Scalar: TensorScalar>: Sendable, Codable {
  /// β₁, the memory of the first moment, in [0, 1).
  public var beta1: Double
  /// β₂, the memory of the second moment, in [0, 1).
  public var beta2: Double
  /// ε, positive or 0, added to √v̂.
  public var epsilon: Double
  /// λ, the weight decay.
  public var weightDecay: Double
  /// Whether the decay is decoupled from the gradient (AdamW).
  public var isDecoupled: Bool

  /// The number of updates made.
  public internal(set) var step = 0

  var first: [Tensor<Scalar>] = []
  var second: [Tensor<Scalar>] = []

  /// Adam before its first update.
  ///
  /// - Parameters:
  ///   - beta1: in [0, 1).
  ///   - beta2: in [0, 1).
  ///   - epsilon: not negative; with 0, also in `Scalar`, a parameter whose gradients have all been 0 becomes
  ///     0/0.
  ///   - weightDecay: λ, not negative.
  ///   - isDecoupled: AdamW's decay instead of Adam's.
  public init(
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    isDecoupled: Bool = false
  ) {
    self.init(
      unchecked: (beta1, beta2, epsilon),
      weightDecay: weightDecay,
      isDecoupled: isDecoupled
    )
    check()
  }

  /// Adam, or AdamW, whose settings have not been looked at: ``problem`` does.
  package init(
    unchecked settings: (beta1: Double, beta2: Double, epsilon: Double),
    weightDecay: Double = 0,
    isDecoupled: Bool = false
  ) {
    (beta1, beta2, epsilon) = settings
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
  }

  /// What is out of range, with the value; nil for an optimiser that can be used.
  package var problem: String? {
    if !((0..<1).contains(beta1) && (0..<1).contains(beta2)) {
      return "Adam's betas lie in [0, 1), got \(beta1) and \(beta2)"
    }
    if !(epsilon >= 0 && epsilon.isFinite && weightDecay >= 0 && weightDecay.isFinite) {
      return
        "Adam's epsilon and weight decay are finite and not negative, got \(epsilon) and \(weightDecay)"
    }
    return step >= 0 ? nil : "the number of updates made is not negative, got \(step)"
  }

  /// Stops where a value is out of range, also one that was set or decoded after the initialiser.
  private func check() { require(problem == nil, problem ?? "") }
}

extension Adam: Optimizer {
  /// Moves the parameters by one step, in one pass over each.
  public mutating func update(
    _ parameters: inout [Tensor<Scalar>],
    gradients: [Tensor<Scalar>],
    rate: Double,
    gradientScale: Double = 1
  ) {
    checkGradients(parameters, gradients)
    check()
    if !first.isEmpty || !second.isEmpty {
      checkMoments(first, "Adam's first moments", of: parameters)
      checkMoments(second, "Adam's second moments", of: parameters)
    }
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

  /// Counts an update of parameters of given shapes, whose parts the caller makes.
  package mutating func beginUpdate(
    shapes: [[Int]],
    rate: Double,
    gradientScale: Double
  ) -> Update {
    if first.isEmpty {
      first = shapes.map { Tensor(zeros: $0) }
      second = first.map { Tensor(zeros: $0.shape) }
    }
    step += 1
    var constants = Kernels.AdamStep()
    constants.gradientScale = gradientScale
    constants.l2 = isDecoupled ? 0 : weightDecay
    constants.decay = isDecoupled ? rate * weightDecay : 0
    constants.beta1 = beta1
    constants.beta2 = beta2
    constants.epsilon = epsilon
    constants.step = rate / (1 - Double.pow(beta1, step))
    constants.inverseRootCorrection2 = 1 / (1 - Double.pow(beta2, step)).squareRoot()
    return Update(
      constants: constants,
      first: first.indices.map { first[$0].uniqueBuffer },
      second: second.indices.map { second[$0].uniqueBuffer }
    )
  }

  /// An update of which workers make different parts at the same time.
  package struct Update: Sendable {
    fileprivate let constants: Kernels.AdamStep
    fileprivate let first: [Buffer<Scalar>]
    fileprivate let second: [Buffer<Scalar>]

    /// Moves a part of one parameter along that of its gradient.
    ///
    /// - Parameters:
    ///   - index: which parameter.
    ///   - start: the row-major position of the part's first element.
    ///   - gradient: the gradient of the part.
    ///   - parameter: the part.
    @specialized(where Scalar == Float)
    package func callAsFunction(
      _ index: Int,
      from start: Int,
      gradient: Buffer<Scalar>,
      parameter: Buffer<Scalar>
    ) {
      Kernels.adam(
        constants,
        gradient: gradient,
        parameter: parameter,
        first: first[index].slice(start..<start + gradient.count),
        second: second[index].slice(start..<start + gradient.count)
      )
    }
  }
}
