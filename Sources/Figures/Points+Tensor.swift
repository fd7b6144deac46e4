public import Tensors

extension Points {
  /// Two columns of a tensor as points.
  ///
  /// - Parameters:
  ///   - tensor: `[count, dimension]`.
  ///   - columns: the columns that are drawn as x and y; the first two unless given.
  public init(_ tensor: Tensor<Double>, columns: (x: Int, y: Int) = (0, 1)) {
    require(
      tensor.rank == 2 && max(columns.x, columns.y) < tensor.shape[1]
        && min(columns.x, columns.y) >= 0,
      "Points: a tensor of shape \(tensor.shape) has no columns \(columns.x) and \(columns.y)"
    )
    let dimension = tensor.shape[1]
    let elements = tensor.elements
    func column(_ index: Int) -> [Double] {
      stride(from: index, to: elements.count, by: dimension).map { elements[$0] }
    }
    self.init(x: column(columns.x), y: column(columns.y))
  }
}

extension Curves {
  /// The paths of single samples through saved states, a curve a sample.
  ///
  /// - Parameters:
  ///   - states: the states in the order of time, each `[count, dimension]`.
  ///   - count: the number of samples drawn, the first ones.
  ///   - columns: the columns that are drawn as x and y; the first two unless given.
  ///   - color: the colour of the curves.
  ///   - width: their width in points.
  ///   - opacity: in [0, 1].
  public init(
    paths states: [Tensor<Double>],
    count: Int,
    columns: (x: Int, y: Int) = (0, 1),
    color: Color = Palette.blue,
    width: Double = 0.6,
    opacity: Double = 0.5
  ) {
    require(count >= 0, "Curves: the number of paths is not negative, got \(count)")
    let points = states.map { Points($0, columns: columns) }
    require(
      points.allSatisfy { $0.count == points[0].count },
      "Curves: the states of paths have different numbers of rows, \(points.map(\.count))"
    )
    let shown = min(count, points.first?.count ?? 0)
    self.init(
      (0..<shown).map { row in
        Points(x: points.map { $0.x[row] }, y: points.map { $0.y[row] })
      },
      color: color,
      width: width,
      opacity: opacity
    )
  }
}
