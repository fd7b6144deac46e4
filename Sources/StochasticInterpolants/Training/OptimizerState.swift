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

  mutating func update(
    _ parameters: inout [Tensor<Float>],
    gradients: [Buffer<Float>],
    rate: Double,
    gradientScale: Double
  ) {
    // The state is taken out while it changes, so that its tensors have one owner and no copy is
    // made.
    switch self {
    case .adam(var adam):
      self = .sgd(SGD())
      adam.update(&parameters, buffers: gradients, rate: rate, gradientScale: gradientScale)
      self = .adam(adam)
    case .sgd(var sgd):
      self = .sgd(SGD())
      sgd.update(&parameters, buffers: gradients, rate: rate, gradientScale: gradientScale)
      self = .sgd(sgd)
    }
  }
}
