internal import Gradients
internal import Tensors

/// The recorded loss of an objective over one block, and its gradient.
///
/// Inputs: the parameters, then t `[rows, 1]`, x, the target, and a weight for each row. Outputs:
/// w (½|f|² − target · f) of each row, then the gradients of their sum. Rows are those of a block,
/// or twice as many where antithetic pairs follow each other as two halves.
struct ObjectiveProgram: Sendable {
  let rows: Int
  let dimension: Int
  let parameterShapes: [[Int]]
  /// The row losses and gradients; gradients accumulate.
  let gradient: Program<Float>
  /// The row losses alone.
  let loss: Program<Float>

  init(network: some Network, rows: Int) {
    self.rows = rows
    dimension = network.dimension
    let layout = network.parameterLayout
    parameterShapes = layout.map(\.shape)

    let tape = Tape<Float>()
    let parameters = layout.map { tape.input($0.shape) }
    let time = tape.input([rows, 1])
    let points = tape.input([rows, network.dimension])
    let target = tape.input([rows, network.dimension])
    let weight = tape.input([rows, 1])
    let field = network(parameters, time: time, points: points)
    require(
      field.shape == points.shape,
      "the network returned the shape \(field.shape) for points of shape \(points.shape)"
    )
    let density = (0.5 * field - target) * field
    let rowLosses = (density.sum(along: 1, keepingAxis: true) * weight).reshaped([rows])
    let gradients = rowLosses.sum().gradient(of: parameters)
    gradient = Program(
      [rowLosses] + gradients,
      accumulating: [false] + gradients.map { _ in true }
    )
    loss = Program([rowLosses])
  }
}

/// The inputs of one objective's program for one block, in single precision.
struct ObjectiveBatch {
  let time: Buffer<Float>
  let points: Buffer<Float>
  let target: Buffer<Float>
  let weight: Buffer<Float>
  let rowLosses: Buffer<Float>

  init(rows: Int, dimension: Int) {
    time = Buffer(zeros: rows)
    points = Buffer(zeros: rows * dimension)
    target = Buffer(zeros: rows * dimension)
    weight = Buffer(zeros: rows)
    rowLosses = Buffer(zeros: rows)
  }

  /// Writes the points and targets of a sample, and of its antithetic partner where pairs are used.
  ///
  /// - Parameters:
  ///   - sample: draws for the rows of a block, at the objective's own times.
  ///   - kind: which target.
  ///   - usesPairs: whether the partner is written behind.
  ///   - count: the number of rows that are not padding; the others get weight 0.
  ///   - total: what the weights are divided by: the number of rows of the whole batch.
  func fill(
    from sample: InterpolantSample,
    kind: Objective.Kind,
    usesPairs: Bool,
    count: Int,
    total: Int
  ) {
    let rows = sample.time.count
    for (half, sign) in Array(usesPairs ? [1.0, -1.0] : [1.0]).enumerated() {
      let own = half * rows..<(half + 1) * rows
      let dimension = sample.mean.shape[1]
      let elements = own.lowerBound * dimension..<own.upperBound * dimension
      Kernels.convert(sample.time.buffer, into: time.slice(own))
      Kernels.convert(sample.points(sign: sign).buffer, into: points.slice(elements))
      let values =
        switch kind {
        case .velocity: sample.velocityTarget(sign: sign)
        case .score: sample.scoreTarget(sign: sign)
        case .denoiser: sample.denoiserTarget(sign: sign)
        }
      Kernels.convert(values.buffer, into: target.slice(elements))
      let share = Float(1 / (Double(total) * (usesPairs ? 2 : 1)))
      weight.slice(own.lowerBound..<own.lowerBound + count).fill(share)
      weight.slice(own.lowerBound + count..<own.upperBound).fill(0)
    }
  }
}
