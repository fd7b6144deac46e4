internal import Gradients
internal import Tensors

/// A recorded function of t and points with its derivative in t, the pushforward of (1, 0, …).
struct RecordedPath: Sendable {
  private let program: Program<Double>
  private let dimension: Int

  /// Records I and ∂_t I over the rows of a block.
  ///
  /// - Parameters:
  ///   - dimension: the number of components of a point.
  ///   - pointCount: how many points the function takes.
  ///   - name: the function, for messages.
  ///   - function: records I from t `[rows, 1]` and the points, each `[rows, dimension]`.
  init(
    dimension: Int,
    pointCount: Int,
    name: String,
    _ function: (Variable<Double>, [Variable<Double>]) -> Variable<Double>
  ) {
    require(dimension >= 1, "an interpolant needs a dimension of at least 1, got \(dimension)")
    let tape = Tape<Double>()
    let shape = [RowBlocks.size, dimension]
    let time = tape.input([RowBlocks.size, 1])
    let points = (0..<pointCount).map { _ in tape.input(shape) }
    let value = function(time, points)
    require(
      value.shape == shape,
      "\(name) returned the shape \(value.shape) for points of shape \(shape)"
    )
    let unit = tape.fill(1, shape: [RowBlocks.size, 1])
    let rate = Variable.jacobianVectorProduct(of: [value], along: [(time, unit)])[0]
    program = Program([value, rate])
    self.dimension = dimension
  }

  /// I and ∂_t I at any number of rows.
  func callAsFunction(
    _ time: Tensor<Double>,
    _ points: [Tensor<Double>]
  ) -> (value: Tensor<Double>, rate: Tensor<Double>) {
    let rows = time.count
    require(
      points.allSatisfy { $0.shape == [rows, dimension] },
      "\(rows) times need points of shape [\(rows), \(dimension)], got "
        + points.map { "\($0.shape)" }.joined(separator: " and ")
    )
    let column = time.reshaped([rows, 1])
    var value = Tensor<Double>(zeros: [rows, dimension])
    var rate = value
    let workspace = Program.Workspace(program)
    for block in RowBlocks(count: rows) {
      let inputs = ([column] + points).map { block.padded($0, to: RowBlocks.size) }
      let outputs = program(inputs, workspace: workspace)
      block.write(outputs[0], into: &value)
      block.write(outputs[1], into: &rate)
    }
    return (value, rate)
  }

  /// Stops with an error unless I is what an end asks for and ∂_t I is finite, at normal points.
  ///
  /// - Parameters:
  ///   - name: the function, for messages.
  ///   - pointCount: how many points the function takes.
  ///   - end: what I must be at an end, from the points.
  /// - Throws: ``InterpolantError``, which names the time and the value.
  func check(
    _ name: String,
    pointCount: Int,
    end: (_ time: Double, _ points: [Tensor<Double>]) -> Tensor<Double>
  ) throws(InterpolantError) {
    let block = RandomBlock(seed: 0, samples: 0..<RowBlocks.size)
    let points = (0..<pointCount).map { block.part($0).normal(columns: dimension) }
    for time in [0, 0.25, 0.5, 0.75, 1] {
      let own = self(Tensor(repeating: time, shape: [RowBlocks.size]), points)
      for (part, values) in [(name, own.value), ("∂_t \(name)", own.rate)] {
        if let position = values.firstNonFinite {
          throw .notFinite(what: part, time: time, value: values.elements[position])
        }
      }
      guard time == 0 || time == 1 else { continue }
      let expected = end(time, points).elements
      for (value, expected) in zip(own.value.elements, expected)
      where !((value - expected).magnitude <= InterpolantError.tolerance * max(1, abs(expected))) {
        throw .boundary(what: name, time: time, value: value, expected: expected)
      }
    }
  }
}
