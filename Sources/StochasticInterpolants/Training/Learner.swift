internal import Gradients
internal import Tensors

/// One objective while it is trained: its program, parameters, optimiser and gradient lanes.
///
/// Unchecked: workers write lanes and pieces of their own; all else changes between their tasks, on the
/// thread of the training.
final class Learner: @unchecked Sendable {
  let objective: Objective
  let usesPairs: Bool
  let program: ObjectiveProgram
  /// How often the parameters were written.
  private(set) var parametersVersion = 0
  /// The parameters for the kernels.
  let parameterBuffers: [Buffer<Float>]
  private let layout: ParameterLayout
  /// All parameters; the average and the optimiser's moments are one tensor each, of the same layout.
  private let flat: Buffer<Float>
  private var average: AveragedParameters<Float>?
  private var optimizer: OptimizerState
  /// Gradients of the lanes, each of all parameters.
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
    let initialParameters: [Tensor<Float>]
    (program, initialParameters) = makeProgram(objective.network)
    let layout = ParameterLayout(program.parameterShapes)
    self.layout = layout
    flat = Buffer(zeros: layout.count)
    layout.copy(initialParameters, into: flat)
    parameterBuffers = layout.parts(of: flat)
    average = configuration.averageDecay.map { AveragedParameters(decay: $0) }
    optimizer = OptimizerState(configuration.optimizer)
    lanes = (0..<blocks.laneCount).map { _ in Buffer<Float>(zeros: layout.count) }
    laneGradients = lanes.map { layout.parts(of: $0) }
    squares = Buffer(zeros: (layout.count + Self.pieceSize - 1) / Self.pieceSize)
  }

  /// The parameters.
  var parameters: [Tensor<Float>] { layout.tensors(of: flat) }

  /// The parameters a model uses: their average where one is kept, from the first update on.
  var modelParameters: [Tensor<Float>] {
    layout.tensors(of: average?.parameters.first?.buffer ?? flat)
  }

  /// The same for the kernels.
  var modelParameterBuffers: [Buffer<Float>] {
    layout.parts(of: average?.parameters.first?.buffer ?? flat)
  }

  /// What further updates depend on.
  var state: TrainingState.Learned {
    func tensors(_ flat: [Tensor<Float>]) -> [Tensor<Float>] {
      flat.first.map { layout.tensors(of: $0.buffer) } ?? []
    }
    return TrainingState.Learned(
      parameters: parameters,
      average: average.map { tensors($0.parameters) },
      updates: optimizer.memory.updates,
      moments: optimizer.memory.moments.map(tensors)
    )
  }

  /// Why a state of so many steps is not one of this learner; nil where it is.
  func problem(with state: TrainingState.Learned, step: Int) -> String? {
    let shapes = layout.shapes
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
    // Without parameters averages and moments are empty after any step.
    let isFresh = step == 0 || shapes.isEmpty
    if let average = state.average, average.isEmpty != isFresh {
      return "its average \(average.isEmpty ? "is empty" : "has parameters") after \(step) steps"
    }
    let count = optimizer.memory.moments.count
    if state.moments.count != count
      || !state.moments.allSatisfy({ isFresh ? $0.isEmpty : fits($0) })
    {
      return "its optimiser is another one, or of another step than \(step)"
    }
    let updates = optimizer.countsUpdates ? step : 0
    if state.updates != updates {
      return "its optimiser has counted \(state.updates) updates in \(step) steps, not \(updates)"
    }
    return nil
  }

  /// Takes up a state that fits, of so many steps.
  func restore(_ state: TrainingState.Learned, step: Int) {
    func flattened(_ tensors: [Tensor<Float>]) -> [Tensor<Float>] {
      tensors.isEmpty ? [] : [layout.flat(tensors)]
    }
    layout.copy(state.parameters, into: flat)
    average = average.map {
      let parameters = flattened(state.average ?? [])
      return AveragedParameters(
        decay: $0.decay,
        parameters: parameters,
        updates: parameters.isEmpty ? 0 : step
      )
    }
    optimizer.memory = OptimizerMemory(
      updates: state.updates,
      moments: state.moments.map(flattened)
    )
    parametersVersion += 1
  }

  func gradientBuffers(lane: Int) -> [Buffer<Float>] { laneGradients[lane] }

  /// The number of pieces in which lanes are joined and parameters are moved.
  var pieceCount: Int { squares.count }

  /// Small enough to share out the parameters of a small network.
  private static let pieceSize = 1_024

  private func elements(of pieces: Range<Int>) -> Range<Int> {
    pieces.lowerBound * Self.pieceSize..<min(layout.count, pieces.upperBound * Self.pieceSize)
  }

  /// Joins pieces of all lanes into lane 0: ((0+1)+(2+3)) + ((4+5)+(6+7)), and measures each.
  func joinLanes(pieces: Range<Int>) {
    let range = elements(of: pieces)
    Kernels.join(lanes.map { $0.slice(range) })
    for piece in pieces {
      let square = Kernels.sumOfSquares(lanes[0].slice(elements(of: piece..<piece + 1)))
      squares.withMutableSpan { $0[piece] = square }
    }
  }

  /// The norm of the joined gradient.
  var gradientNorm: Double { Kernels.sum(squares).squareRoot() }

  /// Whether no parameter is NaN or infinite.
  var hasFiniteParameters: Bool { Kernels.firstNonFinite(flat) == nil }

  /// A move of the parameters along the joined gradient, of which workers make different parts.
  struct Update: Sendable {
    fileprivate let optimizer: OptimizerState.Update
    fileprivate let average: AveragedParameters<Float>.Update?
  }

  /// Begins a move; ``move(pieces:by:)`` makes its parts and ``endUpdate(_:)`` ends it.
  func beginUpdate(rate: Double, gradientScale: Double) -> Update {
    Update(
      optimizer: optimizer.beginUpdate(
        count: layout.count,
        rate: rate,
        gradientScale: gradientScale
      ),
      average: average?.beginUpdate()
    )
  }

  /// Moves the parameters of some pieces, and their average.
  func move(pieces: Range<Int>, by update: Update) {
    let range = elements(of: pieces)
    let parameters = flat.slice(range)
    update.optimizer(
      from: range.lowerBound,
      gradient: lanes[0].slice(range),
      parameters: parameters
    )
    update.average?(0, from: range.lowerBound, toward: parameters)
  }

  /// Ends a move whose parts are all made.
  func endUpdate(_ update: Update) {
    if update.average == nil, average != nil {
      let first = Tensor<Float>(uninitialized: [layout.count])
      first.buffer.copy(from: flat)
      average?.begin(with: [first])
    }
    parametersVersion += 1
  }
}
