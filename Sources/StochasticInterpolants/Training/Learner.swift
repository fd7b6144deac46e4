internal import Gradients
internal import Tensors

/// One objective while it is trained: its program, parameters, optimiser and gradient lanes.
final class Learner: @unchecked Sendable {
  let objective: Objective
  let usesPairs: Bool
  let program: ObjectiveProgram
  let initialParameters: [Tensor<Float>]
  private(set) var parameters: [Tensor<Float>]
  private(set) var average: AveragedParameters<Float>?
  private var optimizer: OptimizerState
  /// Gradients of the lanes, each all parameters in one run of memory.
  private let lanes: [Buffer<Float>]
  private let offsets: [Range<Int>]

  /// The number of lanes: blocks go to lane (block mod 8), in order, and lanes are joined in a fixed
  /// tree, so that a gradient does not depend on the number of workers.
  static let laneCount = 8

  init(
    objective: Objective,
    usesPairs: Bool,
    configuration: TrainingConfiguration,
    index: Int
  ) {
    self.objective = objective
    self.usesPairs = usesPairs
    func makeProgram(_ network: some Network) -> (ObjectiveProgram, [Tensor<Float>]) {
      // Networks of one run start from different draws: the index is part of the key.
      let seed = configuration.seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      return (
        ObjectiveProgram(network: network, rows: RowBlocks.size * (usesPairs ? 2 : 1)),
        network.initialParameters(seed: seed).map { Tensor<Float>($0) }
      )
    }
    (program, initialParameters) = makeProgram(objective.network)
    parameters = initialParameters
    average = configuration.averageDecay.map { AveragedParameters(decay: $0) }
    optimizer = OptimizerState(configuration.optimizer)
    var end = 0
    offsets = program.parameterShapes.map { shape in
      let start = end
      // Each parameter's gradient starts on a cache line of its own.
      end += (shape.reduce(1, *) + 15) / 16 * 16
      return start..<start + shape.reduce(1, *)
    }
    let count = end
    lanes = (0..<Self.laneCount).map { _ in Buffer(zeros: count) }
  }

  /// The parameters a model uses: their average where one is kept, from the first update on.
  var modelParameters: [Tensor<Float>] {
    guard let average, !average.parameters.isEmpty else { return parameters }
    return average.parameters
  }

  /// What further updates depend on.
  var state: TrainingState.Learned {
    TrainingState.Learned(
      parameters: parameters,
      average: average?.parameters,
      updates: optimizer.memory.updates,
      moments: optimizer.memory.moments
    )
  }

  /// Why a state is not one of this learner; nil where it is.
  func problem(with state: TrainingState.Learned) -> String? {
    let shapes = program.parameterShapes
    func fits(_ tensors: [Tensor<Float>]) -> Bool { tensors.map(\.shape) == shapes }
    if !fits(state.parameters) {
      return "its parameters have the shapes \(state.parameters.map(\.shape)), not \(shapes)"
    }
    if (state.average == nil) != (average == nil) {
      return "an average of parameters is kept in only one of the two"
    }
    if let average = state.average, !average.isEmpty, !fits(average) {
      return "its average has the shapes \(average.map(\.shape)), not \(shapes)"
    }
    let count = optimizer.memory.moments.count
    if state.moments.count != count || !state.moments.allSatisfy({ $0.isEmpty || fits($0) }) {
      return "its optimiser is another one"
    }
    return nil
  }

  /// Takes up a state that fits.
  func restore(_ state: TrainingState.Learned) {
    parameters = state.parameters
    average = average.map {
      AveragedParameters(decay: $0.decay, parameters: state.average ?? [])
    }
    optimizer.memory = OptimizerMemory(updates: state.updates, moments: state.moments)
  }

  func gradientBuffers(lane: Int) -> [Buffer<Float>] { offsets.map { lanes[lane].slice($0) } }

  func clear(lane: Int) { lanes[lane].fill(0) }

  /// The number of pieces in which lanes are joined.
  var pieceCount: Int { (lanes[0].count + Self.pieceSize - 1) / Self.pieceSize }

  private static let pieceSize = 8_192

  /// Joins one piece of all lanes into lane 0: ((0+1)+(2+3)) + ((4+5)+(6+7)).
  func joinLanes(piece: Int) {
    let range =
      piece * Self.pieceSize..<min(lanes[0].count, (piece + 1) * Self.pieceSize)
    var stride = 1
    while stride < Self.laneCount {
      for lane in Swift.stride(from: 0, to: Self.laneCount, by: 2 * stride) {
        Kernels.axpy(1, lanes[lane + stride].slice(range), into: lanes[lane].slice(range))
      }
      stride *= 2
    }
  }

  /// The norm of the joined gradient.
  var gradientNorm: Double { Kernels.sumOfSquares(lanes[0]).squareRoot() }

  /// Moves the parameters along the joined gradient.
  func update(rate: Double, gradientScale: Double) {
    optimizer.update(
      &parameters,
      gradients: offsets.map { lanes[0].slice($0) },
      rate: rate,
      gradientScale: gradientScale
    )
    average?.update(parameters)
  }
}

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
