internal import Gradients
internal import Tensors

/// The recorded loss of an objective over one block, and its gradient.
///
/// Inputs: the parameters, then t `[rows, 1]`, x, the targets of all heads side by side, and a weight
/// for each row. Outputs: w (½|f|² − target · f) of each row, then the gradients of their sum. Rows
/// are those of a block, or twice as many where antithetic pairs follow each other as two halves.
struct ObjectiveProgram: Sendable {
  let rows: Int
  let dimension: Int
  let heads: Int
  let parameterShapes: [[Int]]
  /// The row losses and gradients; gradients accumulate.
  let gradient: Program<Float>
  /// The row losses alone.
  let loss: Program<Float>

  init(network: some Network, rows: Int, products: ProductPrecision) {
    self.rows = rows
    dimension = network.dimension
    heads = network.heads
    let layout = network.parameterLayout
    parameterShapes = layout.map(\.shape)

    let tape = Tape<Float>()
    let parameters = layout.map { tape.input($0.shape) }
    let time = tape.input([rows, 1])
    let points = tape.input([rows, network.dimension])
    let shape = [rows, network.heads * network.dimension]
    let target = tape.input(shape)
    let weight = tape.input([rows, 1])
    let field = network(parameters, time: time, points: points)
    require(
      field.shape == shape,
      "a network of \(network.heads) heads returned the shape \(field.shape) for points of shape "
        + "\(points.shape)"
    )
    let density = (0.5 * field - target) * field
    let rowLosses = (density.sum(along: 1, keepingAxis: true) * weight).reshaped([rows])
    let gradients = rowLosses.sum().gradient(of: parameters)
    gradient = Program(
      [rowLosses] + gradients,
      accumulating: [false] + gradients.map { _ in true },
      fixedInputs: layout.count,
      products: products
    )
    loss = Program([rowLosses], fixedInputs: layout.count)
  }
}

/// The inputs of one objective's program for one block, in single precision.
struct ObjectiveBatch {
  let time: Buffer<Float>
  let points: Buffer<Float>
  let target: Buffer<Float>
  let weight: Buffer<Float>
  let rowLosses: Buffer<Float>
  private let dimension: Int

  init(rows: Int, dimension: Int, heads: Int) {
    self.dimension = dimension
    time = Buffer(zeros: rows)
    points = Buffer(zeros: rows * dimension)
    target = Buffer(zeros: rows * heads * dimension)
    weight = Buffer(zeros: rows)
    rowLosses = Buffer(zeros: rows)
  }

  /// Writes the points and targets of a sample, and of its antithetic partner where pairs are used.
  ///
  /// - Parameters:
  ///   - sample: draws for the rows of a block, at the objective's own times.
  ///   - kinds: the target of each head.
  ///   - usesPairs: whether the partner is written behind.
  ///   - weights: the weight of each row, of mean 1.
  ///   - count: the number of rows that are not padding; the others get weight 0.
  ///   - total: what the weights are divided by: the number of rows of the whole batch.
  func fill(
    from sample: InterpolantSample,
    kinds: [VectorField],
    usesPairs: Bool,
    weights: [Double],
    count: Int,
    total: Int
  ) {
    let rows = sample.time.count
    let dimension = self.dimension
    require(
      sample.mean.shape == [rows, dimension],
      "points of shape \([rows, dimension]) are trained on, and a density has drawn \(sample.mean.shape)"
    )
    let width = kinds.count * dimension
    for (half, sign) in Array(usesPairs ? [1.0, -1.0] : [1.0]).enumerated() {
      let own = half * rows..<(half + 1) * rows
      Kernels.convert(sample.time.buffer, into: time.slice(own))
      Kernels.convert(
        sample.points(sign: sign).buffer,
        into: points.slice(own.lowerBound * dimension..<own.upperBound * dimension)
      )
      let targets = kinds.map { sample.target($0, sign: sign) }
      let joined = targets.count == 1 ? targets[0] : .concatenating(targets, along: 1)
      Kernels.convert(
        joined.buffer,
        into: target.slice(own.lowerBound * width..<own.upperBound * width)
      )
      // Of weight 0 they still are in sums: what is infinite there would become NaN.
      let padding = own.lowerBound + count..<own.upperBound
      points.slice(padding.lowerBound * dimension..<padding.upperBound * dimension).fill(0)
      target.slice(padding.lowerBound * width..<padding.upperBound * width).fill(0)
      let share = 1 / (Double(total) * (usesPairs ? 2 : 1))
      weight.slice(own).withMutableSpan { weight in
        for row in 0..<rows { weight[row] = row < count ? Float(share * weights[row]) : 0 }
      }
    }
  }
}
