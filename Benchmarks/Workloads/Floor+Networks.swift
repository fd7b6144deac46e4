public import Tensors

extension Floor {
  /// The forward pass of a perceptron over a block; its matrices are numbered from `offset`.
  private static func forward(_ widths: [Int], rows: Int, offset: Int) -> [Product] {
    (0..<widths.count - 1).map { layer in
      Product(
        rows: rows,
        columns: widths[layer + 1],
        inner: widths[layer],
        transposesSecond: true,
        first: .own(offset + layer),
        second: .shared(offset + layer),
        result: .own(offset + layer + 1)
      )
    }
  }

  /// The backward pass: gradients of the weights and, above the first layer, of the activations.
  private static func backward(_ widths: [Int], rows: Int, offset: Int) -> [Product] {
    (0..<widths.count - 1).reversed().flatMap { layer -> [Product] in
      // 100 further: the cotangents; 200 further: the gradients.
      let weight = Product(
        rows: widths[layer + 1],
        columns: widths[layer],
        inner: rows,
        transposesFirst: true,
        adds: true,
        first: .own(offset + 100 + layer + 1),
        second: .own(offset + layer),
        result: .own(offset + 200 + layer)
      )
      let input = Product(
        rows: rows,
        columns: widths[layer],
        inner: widths[layer + 1],
        first: .own(offset + 100 + layer + 1),
        second: .shared(offset + layer),
        result: .own(offset + 100 + layer)
      )
      return layer == 0 ? [weight] : [weight, input]
    }
  }

  /// The products of a training step.
  ///
  /// - Parameters:
  ///   - widths: inputs, hidden widths and outputs of each network.
  ///   - passes: how often each network sees the rows: 2 for antithetic pairs.
  ///   - rows: the rows of a step.
  ///   - blockRows: the rows of a block; the last block is padded.
  ///   - workers: the threads.
  /// - Returns: the floor of the step.
  public static func trainingStep(
    widths: [Int],
    passes: [Int],
    rows: Int,
    blockRows: Int,
    workers: Workers
  ) -> Floor {
    let products = passes.enumerated().flatMap { network, passes in
      forward(widths, rows: passes * blockRows, offset: 1_000 * network)
        + backward(widths, rows: passes * blockRows, offset: 1_000 * network)
    }
    return Floor(
      products: products,
      rows: blockRows,
      tasks: (rows + blockRows - 1) / blockRows,
      workers: workers
    )
  }

  /// The products of evaluations of networks along paths: a block is followed to its end before the
  /// next one.
  ///
  /// - Parameters:
  ///   - widths: inputs, hidden widths and outputs of each network.
  ///   - networks: the number of networks.
  ///   - rows: the number of paths.
  ///   - evaluations: the number of evaluations of each network on a path.
  ///   - blockRows: the rows of a block; the last block is padded.
  ///   - workers: the threads.
  /// - Returns: the floor of all paths.
  public static func paths(
    widths: [Int],
    networks: Int,
    rows: Int,
    evaluations: Int,
    blockRows: Int = 128,
    workers: Workers
  ) -> Floor {
    Floor(
      products: (0..<networks).flatMap { forward(widths, rows: blockRows, offset: 1_000 * $0) },
      rows: blockRows,
      tasks: (rows + blockRows - 1) / blockRows,
      repeats: evaluations,
      workers: workers
    )
  }

  /// The products of b and s of a Gaussian mixture: L⁻¹(x − m), C⁻¹(x − m) and the gain times that, for
  /// each mode.
  ///
  /// - Parameters:
  ///   - dimension: of the points.
  ///   - modes: the number of modes.
  ///   - rows: the number of points.
  ///   - blockRows: the rows of a block; the last block is padded.
  ///   - workers: the threads.
  /// - Returns: the floor of all points.
  public static func mixture(
    dimension: Int,
    modes: Int,
    rows: Int,
    blockRows: Int = 128,
    workers: Workers
  ) -> Floor {
    let products = (0..<modes).flatMap { mode in
      (0..<3).map { step in
        Product(
          rows: blockRows,
          columns: dimension,
          inner: dimension,
          transposesSecond: step != 1,
          first: .own(step),
          // The first two are products with the same matrix.
          second: .shared(2 * mode + (step == 2 ? 1 : 0)),
          result: .own(step + 1)
        )
      }
    }
    return Floor(
      products: products,
      rows: blockRows,
      tasks: (rows + blockRows - 1) / blockRows,
      isDouble: true,
      workers: workers
    )
  }

  /// The fastest of some floors, each run a few times.
  public static func best(of floors: [Floor]) -> Floor {
    let timed = floors.map { floor in
      floor.run()
      return (floor, (0..<5).map { _ in seconds(floor.run) }.sorted()[2])
    }
    guard let best = timed.min(by: { $0.1 < $1.1 }) else { fatalError("no floor to choose from") }
    return best.0
  }
}
