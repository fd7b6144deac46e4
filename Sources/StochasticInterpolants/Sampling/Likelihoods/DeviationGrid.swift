internal import Gradients
internal import Tensors

/// The times and draws at which fields are compared: the middles of equal cells of an interval, with
/// draws of x_t of its own at each.
///
/// Integrals over t are by the midpoint rule, whose error falls with the square of the number of cells;
/// the ends, where fields may be singular, are not asked for. Bounds on KL(ρ(1) ‖ ρ̂(1)) need the whole of
/// [0, 1]; on other times they bound what these add.
public struct DeviationGrid: Sendable, Hashable {
  /// The interval.
  public let interval: ClosedRange<Double>
  /// The number of cells.
  public let cells: Int
  /// The number of draws at each time.
  public let draws: Int
  /// The key of the draws; those of cell c have step c.
  public let seed: UInt64

  /// A grid.
  ///
  /// - Parameters:
  ///   - interval: inside [0, 1].
  ///   - cells: the number of cells, at least 1.
  ///   - draws: the number of draws at each time, at least 2.
  ///   - seed: the key of the draws.
  public init(interval: ClosedRange<Double> = 0...1, cells: Int, draws: Int, seed: UInt64) {
    require(
      interval.lowerBound >= 0 && interval.upperBound <= 1
        && interval.lowerBound < interval.upperBound,
      "the times of a comparison are an interval inside [0, 1], got \(interval)"
    )
    require(
      cells >= 1 && draws >= 2,
      "a comparison needs at least one cell and two draws, got \(cells) and \(draws)"
    )
    self.interval = interval
    self.cells = cells
    self.draws = draws
    self.seed = seed
  }

  /// The length of a cell.
  var width: Double { (interval.upperBound - interval.lowerBound) / Double(cells) }

  /// The times, `cells` of them.
  public var times: [Double] {
    (0..<cells).map { interval.lowerBound + (Double($0) + 0.5) * width }
  }

  /// Functions of the fields at the draws of every time, each `[cells, draws]`.
  func measure(
    _ model: some Fields,
    _ exact: some Fields,
    _ wanted: Quantities,
    _ path: some InterpolantPath,
    _ workers: Workers,
    _ functions: @Sendable (FieldValues, FieldValues) -> [Tensor<Double>]
  ) throws(SamplingError) -> [Tensor<Double>] {
    require(
      model.dimension == path.dimension && exact.dimension == path.dimension,
      "fields and path have one dimension, got \(model.dimension), \(exact.dimension) and "
        + "\(path.dimension)"
    )
    try check(model, wanted)
    try check(exact, wanted)
    let times = times
    let results = PerCell(count: cells)
    workers.forEach(cells) { cell, _ in
      let block = RandomBlock(seed: seed, samples: 0..<draws, step: cell)
      let time = Tensor<Double>(repeating: times[cell], shape: [draws])
      let points = path.sample(block, time: time).points()
      let found = functions(
        model(times[cell], points, wanted: wanted),
        exact(times[cell], points, wanted: wanted)
      )
      results.store(found, of: cell)
    }
    return results.joined
  }

  /// Whether fields are offered, trained and finite at the times.
  private func check(_ fields: some Fields, _ wanted: Quantities) throws(SamplingError) {
    let times = times
    try fields.checkOffered(
      wanted,
      over: times[0]...times[cells - 1],
      purpose: "a comparison of fields"
    )
    for time in times {
      if let obstacle = fields.obstacle(to: wanted, at: time) { throw .singular(obstacle) }
      try fields.checkTrained(wanted, at: time)
    }
  }

  /// ∫ E[·] dt of values at the draws, `[cells, draws]`; the standard error is that of the draws.
  func integral(of values: Tensor<Double>) -> Estimate {
    let means = self.means(of: values)
    let variance = means.reduce(0) { $0 + $1.standardError * $1.standardError }
    return Estimate(
      value: width * means.reduce(0) { $0 + $1.value },
      standardError: width * variance.squareRoot(),
      count: cells * draws
    )
  }

  /// E[·] at each time.
  func means(of values: Tensor<Double>) -> [Estimate] {
    (0..<cells).map { Estimate(meanOf: values.slice($0..<$0 + 1)) }
  }
}
