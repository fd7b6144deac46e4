/// Points of the plane, the input of scatter plots, curves and histograms.
///
/// Points with a coordinate that is not finite are kept here and skipped by whoever draws them.
public struct Points: Hashable, Sendable {
  /// The first coordinates.
  public let x: [Double]

  /// The second coordinates, as many as there are first ones.
  public let y: [Double]

  /// How many points there are.
  public var count: Int { x.count }

  /// Makes points of two lists of coordinates.
  ///
  /// - Precondition: `x.count == y.count`.
  public init(x: [Double], y: [Double]) {
    require(x.count == y.count, "Points: \(x.count) values of x but \(y.count) of y")
    self.x = x
    self.y = y
  }

  /// Makes points of pairs.
  public init(_ pairs: [(x: Double, y: Double)]) {
    self.x = pairs.map(\.x)
    self.y = pairs.map(\.y)
  }

  /// Makes points of a row-major `[count, 2]` list, in which x and y take turns.
  ///
  /// - Precondition: the number of values is even.
  public init(interleaved values: [Double]) {
    require(
      values.count.isMultiple(of: 2),
      "Points: \(values.count) interleaved values are not a whole number of pairs"
    )
    self.x = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    self.y = stride(from: 1, to: values.count, by: 2).map { values[$0] }
  }
}
