internal import Gradients
internal import RealModule
public import Tensors

/// The sliced Wasserstein distance between two sets of points, not squared.
///
/// SW₂(x, y) = √( (1/K) Σₖ W₂²(⟨θₖ, x⟩, ⟨θₖ, y⟩) ) over K unit directions θₖ. On the line
/// W₂² = ∫₀¹ (F⁻¹(u) − G⁻¹(u))² du is exact: a sum over sorted values, for unequal counts over the
/// merged steps of the two quantile functions.
///
/// For two Gaussians that differ by a shift δ the expectation over directions is |δ|/√d. Two finite
/// sets of one law are some distance apart: print
/// ``PointSetMeasure/floor(of:count:against:repeats:seed:workers:)``
/// beside every distance.
///
/// Source: Bonneel, Rabin, Peyré, Pfister 2015.
public struct SlicedWasserstein: PointSetMeasure, Hashable, Codable {
  /// How the directions are chosen.
  public enum Directions: Sendable, Hashable, Codable {
    /// Uniform on the sphere, direction k a function of the seed and k.
    case random(seed: UInt64)
    /// In the plane, at the angles π (k + ½)/K.
    case even
  }

  /// K.
  public let directionCount: Int
  /// How the directions are chosen.
  public let directions: Directions

  /// A sliced distance.
  ///
  /// - Parameters:
  ///   - directionCount: K, at least 1.
  ///   - directions: how the directions are chosen; evenly spaced ones are for the plane alone.
  public init(directionCount: Int = 128, directions: Directions = .random(seed: 0)) {
    require(directionCount >= 1, "slicing needs at least one direction, got \(directionCount)")
    self.directionCount = directionCount
    self.directions = directions
  }

  private enum CodingKeys: String, CodingKey { case directionCount, directions }

  /// Reads a distance; throws where it has no directions.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let count = try container.decode(Int.self, forKey: .directionCount)
    guard count >= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .directionCount,
        in: container,
        debugDescription: "slicing needs at least one direction, got \(count)"
      )
    }
    self.init(
      directionCount: count,
      directions: try container.decode(Directions.self, forKey: .directions)
    )
  }

  /// The unit directions θₖ, `[directionCount, dimension]`.
  public func unitDirections(dimension: Int) -> Tensor<Double> {
    require(dimension >= 1, "directions need at least one dimension, got \(dimension)")
    switch directions {
    case .even:
      require(dimension == 2, "evenly spaced directions are for the plane, not \(dimension)-D")
      return Tensor(
        rows: (0..<directionCount).map { index in
          let angle = Double.pi * (Double(index) + 0.5) / Double(directionCount)
          return [Double.cos(angle), Double.sin(angle)]
        }
      )
    case .random(let seed):
      let block = RandomBlock(
        seed: seed,
        stream: Streams.direction,
        samples: 0..<directionCount
      )
      let normals = block.normal(columns: dimension)
      return normals / (normals * normals).sum(along: 1, keepingAxis: true).applying(.squareRoot)
    }
  }

  /// The distance between two sets of points; NaN if a value is NaN or infinite.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at least one row.
  ///   - second: as many columns, any number of rows.
  ///   - workers: the threads that share out the directions; the result does not depend on them.
  /// - Returns: SW₂, in the units of the points.
  /// - Complexity: K sorts of each set.
  public func distance(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers = .shared
  ) -> Double {
    checkPointSets(first, second, rows: 1)
    if first.firstNonFinite != nil || second.firstNonFinite != nil { return .nan }
    let directions = unitDirections(dimension: first.shape[1])
    let squares = Tensor<Double>(zeros: [directionCount])
    let scratch = PerWorker(count: workers.count) {
      (SortedProjection(count: first.shape[0]), SortedProjection(count: second.shape[0]))
    }
    workers.forEach(directionCount) { index, worker in
      let square = scratch.withValue(of: worker) { pair in
        pair.0.project(first, on: directions, row: index)
        pair.1.project(second, on: directions, row: index)
        return pair.0.squaredDistance(to: pair.1)
      }
      squares.buffer.withMutableSpan { $0[index] = square }
    }
    return (squares.elements.reduce(0, +) / Double(directionCount)).squareRoot()
  }

  /// The distance as an estimate whose standard error is not known.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at least one row.
  ///   - second: as many columns, any number of rows.
  ///   - workers: the threads that share out the directions.
  /// - Returns: SW₂, with the standard error NaN.
  public func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate {
    let distance = distance(first, second, workers: workers)
    return Estimate(value: distance, standardError: .nan, count: first.shape[0])
  }
}
