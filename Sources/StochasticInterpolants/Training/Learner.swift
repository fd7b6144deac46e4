internal import Gradients
internal import Tensors

/// One objective while it is trained: its program, parameters, optimiser and gradient lanes.
final class Learner: @unchecked Sendable {
  let objective: Objective
  let usesPairs: Bool
  let program: ObjectiveProgram
  let initialParameters: [Tensor<Float>]
  private(set) var parameters: [Tensor<Float>]
  /// How often the parameters were written.
  private(set) var parametersVersion = 0
  private(set) var average: AveragedParameters<Float>?
  private var optimizer: OptimizerState
  /// Gradients of the lanes, each all parameters in one run of memory.
  private let lanes: [Buffer<Float>]
  /// The same, a buffer for each parameter.
  private let laneGradients: [[Buffer<Float>]]
  /// Σ g² of each piece of the joined gradient.
  private let squares: Buffer<Double>

  init(
    objective: Objective,
    usesPairs: Bool,
    configuration: TrainingConfiguration,
    blocks: TrainingBlocks,
    index: Int
  ) {
    self.objective = objective
    self.usesPairs = usesPairs
    func makeProgram(_ network: some Network) -> (ObjectiveProgram, [Tensor<Float>]) {
      // Networks of one run start from different draws: the index is part of the key.
      let seed = configuration.seed &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15
      return (
        ObjectiveProgram(
          network: network,
          rows: blocks.size * (usesPairs ? 2 : 1),
          products: configuration.products
        ),
        network.initialParameters(seed: seed).map { Tensor<Float>($0) }
      )
    }
    (program, initialParameters) = makeProgram(objective.network)
    parameters = initialParameters
    average = configuration.averageDecay.map { AveragedParameters(decay: $0) }
    optimizer = OptimizerState(configuration.optimizer)
    var end = 0
    let offsets = program.parameterShapes.map { shape in
      let start = end
      // Each parameter's gradient starts on a cache line of its own.
      end += (shape.reduce(1, *) + 15) / 16 * 16
      return start..<start + shape.reduce(1, *)
    }
    let count = end
    let lanes = (0..<blocks.laneCount).map { _ in Buffer<Float>(zeros: count) }
    self.lanes = lanes
    laneGradients = lanes.map { lane in offsets.map { lane.slice($0) } }
    squares = Buffer(zeros: (count + Self.pieceSize - 1) / Self.pieceSize)
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
    parametersVersion += 1
  }

  func gradientBuffers(lane: Int) -> [Buffer<Float>] { laneGradients[lane] }

  /// The parameters for the kernels.
  ///
  /// By a closure: a key path into another module is followed at run time.
  var parameterBuffers: [Buffer<Float>] { parameters.map { $0.buffer } }

  /// The number of pieces in which lanes are joined.
  var pieceCount: Int { squares.count }

  private static let pieceSize = 8_192

  /// Joins one piece of all lanes into lane 0: ((0+1)+(2+3)) + ((4+5)+(6+7)), and measures it.
  func joinLanes(piece: Int) {
    let range =
      piece * Self.pieceSize..<min(lanes[0].count, (piece + 1) * Self.pieceSize)
    Kernels.join(lanes.map { $0.slice(range) })
    let square = Kernels.sumOfSquares(lanes[0].slice(range))
    squares.withMutableSpan { $0[piece] = square }
  }

  /// The norm of the joined gradient.
  var gradientNorm: Double { Kernels.sum(squares).squareRoot() }

  /// Moves the parameters along the joined gradient.
  func update(rate: Double, gradientScale: Double) {
    optimizer.update(
      &parameters,
      gradients: laneGradients[0],
      rate: rate,
      gradientScale: gradientScale
    )
    average?.update(parameters)
    parametersVersion += 1
  }
}
