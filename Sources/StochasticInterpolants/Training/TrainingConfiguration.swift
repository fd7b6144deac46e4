public import Gradients
public import Tensors

/// Which rule moves the parameters.
public enum OptimizerChoice: Sendable, Hashable, Codable {
  /// Adam (Kingma, Ba 2015).
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Adam with decoupled weight decay (Loshchilov, Hutter 2019).
  case adamW(
    weightDecay: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8
  )
  /// Gradient descent with momentum.
  case sgd(momentum: Double = 0, isNesterov: Bool = false)

  /// What is out of range, with the value; nil for a choice that can be used.
  var problem: String? {
    switch self {
    case .adam(let beta1, let beta2, let epsilon):
      Adam<Float>(unchecked: (beta1, beta2, epsilon)).problem
    case .adamW(let weightDecay, let beta1, let beta2, let epsilon):
      Adam<Float>(unchecked: (beta1, beta2, epsilon), weightDecay: weightDecay, isDecoupled: true)
        .problem
    case .sgd(let momentum, let isNesterov):
      SGD<Float>(unchecked: momentum, isNesterov: isNesterov).problem
    }
  }

  /// What a gradient stays below: with a square that is infinite Adam would never again move its parameter.
  var gradientBound: Double {
    let largest = Double(Float.greatestFiniteMagnitude)
    return switch self {
    case .adam, .adamW: largest.squareRoot()
    case .sgd: largest
    }
  }
}

/// How a bridge is trained; every field has a default that is written out in stored runs.
public struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// The number of rows drawn in a step.
  public var rows: Int
  /// The number of steps after which ``Training/next()`` returns nil.
  public var steps: Int
  /// The learning rate as a function of the step.
  public var learningRate: LearningRate
  /// The rule that moves the parameters.
  public var optimizer: OptimizerChoice
  /// Bounds the norm of each objective's gradient; nil leaves it alone.
  public var gradientNormLimit: Double?
  /// The decay of the average of parameters that the model then uses; nil uses the last ones.
  public var averageDecay: Double?
  /// The key of every random number of the run.
  public var seed: UInt64
  /// The loss on held-out points is computed after each so many steps, and after the last.
  public var heldOutInterval: Int
  /// What factors of products between layers are rounded to in the losses' gradients.
  ///
  /// Parameters, their moments, sums, held-out losses, products with times and points, and layers narrower than 32 stay
  /// `Float`.
  public var products: ProductPrecision

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - rows: the number of rows drawn in a step, 1 to 2³⁰.
  ///   - steps: the number of steps, at least 1 and below 2³².
  ///   - learningRate: the learning rate as a function of the step.
  ///   - optimizer: the rule that moves the parameters.
  ///   - gradientNormLimit: bounds the norm of each objective's gradient.
  ///   - averageDecay: the decay of an average of parameters, in [0, 1).
  ///   - seed: the key of every random number of the run.
  ///   - heldOutInterval: steps between two losses on held-out points, at least 1.
  ///   - products: what factors of products between layers are rounded to.
  public init(
    rows: Int = 2_000,
    steps: Int = 7_000,
    learningRate: LearningRate = LearningRate(1e-3),
    optimizer: OptimizerChoice = .adam(),
    gradientNormLimit: Double? = nil,
    averageDecay: Double? = nil,
    seed: UInt64 = 0,
    heldOutInterval: Int = 100,
    products: ProductPrecision = .full
  ) {
    self.rows = rows
    self.steps = steps
    self.learningRate = learningRate
    self.optimizer = optimizer
    self.gradientNormLimit = gradientNormLimit
    self.averageDecay = averageDecay
    self.seed = seed
    self.heldOutInterval = heldOutInterval
    self.products = products
    check()
  }

  /// What is out of range, with the value; nil for a configuration that can be used.
  var problem: String? {
    if !(1...1 << 30).contains(rows) { return "a step has 1 to 2³⁰ rows, got \(rows)" }
    // The step is a part of 32 bits of an address.
    if !(1..<1 << 32).contains(steps) {
      return "a training has at least one step and fewer than 2³², got \(steps)"
    }
    if heldOutInterval < 1 { return "the held-out interval is at least 1, got \(heldOutInterval)" }
    if let gradientNormLimit, !(gradientNormLimit > 0) {
      return "the limit of a gradient's norm is positive, got \(gradientNormLimit)"
    }
    if let averageDecay, !(0..<1).contains(averageDecay) {
      return "the decay of an average lies in [0, 1), got \(averageDecay)"
    }
    return learningRate.problem ?? optimizer.problem
  }

  /// Stops where a value is out of range, also one that was set or decoded after the initialiser.
  func check() { require(problem == nil, problem ?? "") }
}

extension TrainingConfiguration {
  private enum CodingKeys: String, CodingKey {
    case rows, steps, learningRate, optimizer, gradientNormLimit, averageDecay, seed
    case heldOutInterval, products
  }

  /// Reads a configuration; one without a precision of products is of a run before there was one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rows = try container.decode(Int.self, forKey: .rows)
    steps = try container.decode(Int.self, forKey: .steps)
    learningRate = try container.decode(LearningRate.self, forKey: .learningRate)
    optimizer = try container.decode(OptimizerChoice.self, forKey: .optimizer)
    gradientNormLimit = try container.decodeIfPresent(Double.self, forKey: .gradientNormLimit)
    averageDecay = try container.decodeIfPresent(Double.self, forKey: .averageDecay)
    seed = try container.decode(UInt64.self, forKey: .seed)
    heldOutInterval = try container.decode(Int.self, forKey: .heldOutInterval)
    products = try container.decodeIfPresent(ProductPrecision.self, forKey: .products) ?? .full
  }

  /// Writes every field, those that are nil as null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rows, forKey: .rows)
    try container.encode(steps, forKey: .steps)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(optimizer, forKey: .optimizer)
    try container.encode(gradientNormLimit, forKey: .gradientNormLimit)
    try container.encode(averageDecay, forKey: .averageDecay)
    try container.encode(seed, forKey: .seed)
    try container.encode(heldOutInterval, forKey: .heldOutInterval)
    try container.encode(products, forKey: .products)
  }
}
