internal import Gradients
internal import Tensors

/// The optimiser of one objective.
enum OptimizerState: Sendable {
  case adam(Adam<Float>)
  case sgd(SGD<Float>)

  init(_ choice: OptimizerChoice) {
    switch choice {
    case .adam(let beta1, let beta2, let epsilon):
      self = .adam(Adam(beta1: beta1, beta2: beta2, epsilon: epsilon))
    case .adamW(let weightDecay, let beta1, let beta2, let epsilon):
      self = .adam(
        Adam(
          beta1: beta1,
          beta2: beta2,
          epsilon: epsilon,
          weightDecay: weightDecay,
          isDecoupled: true
        )
      )
    case .sgd(let momentum, let isNesterov):
      self = .sgd(SGD(momentum: momentum, isNesterov: isNesterov))
    }
  }

  /// Whether its memory has the number of updates, as that of Adam, whose first ones are corrected.
  var countsUpdates: Bool {
    switch self {
    case .adam: true
    case .sgd: false
    }
  }

  var memory: OptimizerMemory<Float> {
    get {
      switch self {
      case .adam(let adam): adam.memory
      case .sgd(let sgd): sgd.memory
      }
    }
    set {
      switch self {
      case .adam(var adam):
        adam.memory = newValue
        self = .adam(adam)
      case .sgd(var sgd):
        sgd.memory = newValue
        self = .sgd(sgd)
      }
    }
  }

  /// An update of which workers make different parts at the same time.
  enum Update: Sendable {
    case adam(Adam<Float>.Update)
    case sgd(SGD<Float>.Update)

    /// Moves a part of the parameters, from the element `start` on, along that of the gradient.
    func callAsFunction(from start: Int, gradient: Buffer<Float>, parameters: Buffer<Float>) {
      switch self {
      case .adam(let update):
        update(0, from: start, gradient: gradient, parameter: parameters)
      case .sgd(let update):
        update(0, from: start, gradient: gradient, parameter: parameters)
      }
    }
  }

  /// Counts an update of `count` parameters in one run of memory, whose parts the caller makes.
  mutating func beginUpdate(count: Int, rate: Double, gradientScale: Double) -> Update {
    // The state is taken out while it changes, so that its tensors have one owner and no copy is
    // made.
    switch self {
    case .adam(var adam):
      self = .sgd(SGD())
      defer { self = .adam(adam) }
      return .adam(
        adam.beginUpdate(shapes: [[count]], rate: rate, gradientScale: gradientScale)
      )
    case .sgd(var sgd):
      self = .sgd(SGD())
      defer { self = .sgd(sgd) }
      return .sgd(
        sgd.beginUpdate(shapes: [[count]], rate: rate, gradientScale: gradientScale)
      )
    }
  }
}
