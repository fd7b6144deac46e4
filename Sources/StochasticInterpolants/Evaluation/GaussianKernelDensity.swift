internal import RealModule
public import Tensors

/// The Gaussian kernel density estimate of a set of points, with Scott's bandwidth.
///
/// ρ̂(x) = (1/n) Σᵢ N(x; xᵢ, f² C) with the sample covariance C (divisor n − 1) and
/// f = n^(−1/(d + 4)). It is evaluated in log space, so it is finite far from all points. Support: ℝᵈ.
///
/// Source: Scott 1992, chapter 6.
public struct GaussianKernelDensity: ExplicitDensity {
  /// xᵢ, `[count, dimension]`.
  public let points: Tensor<Double>
  /// f² C, `[dimension, dimension]`.
  public let bandwidth: Tensor<Double>

  private let lower: Tensor<Double>
  private let mean: Tensor<Double>
  /// L⁻¹ (xᵢ − mean) with L Lᵀ the bandwidth.
  private let whitened: ColumnPoints
  private let logScale: Double

  /// The estimate from a set of points.
  ///
  /// - Parameter points: `[count, dimension]`, at least two rows.
  /// - Throws: where there are too few points, one is not finite, or their covariance is singular.
  public init(points: Tensor<Double>) throws(PointsError) {
    try PointsError.check(points)
    let (count, dimension) = (points.shape[0], points.shape[1])
    guard count >= 2 else { throw .tooFewRows(count: count, needed: 2) }
    let moments = Moments(of: points)
    let factor = Double.pow(Double(count), -1 / (Double(dimension) + 4))
    self.points = points
    bandwidth = moments.covariance * (factor * factor)
    do {
      lower = try bandwidth.cholesky()
    } catch {
      throw .covariance(error)
    }
    mean = moments.mean
    whitened = ColumnPoints(Self.whiten(points, mean, lower))
    let logDeterminant = (0..<dimension).reduce(0) { [lower] in $0 + Double.log(lower[$1, $1]) }
    logScale =
      -logDeterminant - 0.5 * Double(dimension) * logTwoPi - Double.log(Double(count))
  }

  /// L⁻¹ (x − mean) for each row, by forward substitution: a row does not depend on the others.
  private static func whiten(
    _ points: Tensor<Double>,
    _ mean: Tensor<Double>,
    _ lower: Tensor<Double>
  ) -> Tensor<Double> {
    let dimension = mean.count
    var result = points - mean
    lower.withSpan { lower in
      result.withMutableSpan { x in
        for start in stride(from: 0, to: x.count, by: dimension) {
          for row in 0..<dimension {
            var value = x[start + row]
            for column in 0..<row { value -= lower[row * dimension + column] * x[start + column] }
            x[start + row] = value / lower[row * dimension + row]
          }
        }
      }
    }
    return result
  }

  /// d.
  public var dimension: Int { points.shape[1] }

  /// A point drawn with replacement plus L z: the point from part 0 of the block, a uniform number; z
  /// from part 1, normal numbers.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let centres = points.gatheringRows(block.integers(below: points.shape[0]))
    let normals = block.part(1).normal(columns: dimension)
    let dimension = dimension
    var result = centres
    lower.withSpan { lower in
      normals.withSpan { z in
        result.withMutableSpan { x in
          for position in 0..<x.count {
            let row = position % dimension
            for column in 0...row {
              x[position] += lower[row * dimension + column] * z[position - row + column]
            }
          }
        }
      }
    }
    return result
  }

  /// log ρ̂ of each point, by all workers.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    logDensity(points, workers: .shared)
  }

  /// log ρ̂ of each point.
  ///
  /// - Parameters:
  ///   - points: `[count, dimension]`.
  ///   - workers: the threads that share out the points; the result does not depend on them.
  /// - Returns: `[count]`; NaN for a point that is not finite.
  /// - Complexity: an exponential for each pair of points; memory of the order of the points.
  public func logDensity(_ points: Tensor<Double>, workers: Workers) -> Tensor<Double> {
    checkPoints(points)
    let count = points.shape[0]
    let places = Self.whiten(points, mean, lower)
    let result = Tensor<Double>(uninitialized: [count])
    let rowsPerTask = 32
    workers.forEach((count + rowsPerTask - 1) / rowsPerTask) { task, _ in
      let rows = task * rowsPerTask..<min(count, (task + 1) * rowsPerTask)
      let distances = Buffer<Double>(zeros: whitened.count)
      result.buffer.slice(rows).withMutableSpan { target in
        for row in rows {
          target[row - rows.lowerBound] = logScale + logSum(row, of: places, distances)
        }
      }
    }
    return result
  }

  /// log Σᵢ exp(−½ |wᵢ − w|²).
  private func logSum(
    _ row: Int,
    of places: Tensor<Double>,
    _ distances: Buffer<Double>
  ) -> Double {
    whitened.squaredDistances(fromRow: row, of: places, to: 0..<whitened.count, into: distances)
    Kernels.affine(scale: -0.5, offset: 0, distances, into: distances)
    Kernels.unary(.exp, distances, into: distances)
    let sum = Kernels.sum(distances)
    // Terms that underflow are below 10⁻³⁰⁷ each and are lost in a sum so large; NaN stays NaN.
    if !(sum < 1e-280) { return Double.log(sum) }
    whitened.squaredDistances(fromRow: row, of: places, to: 0..<whitened.count, into: distances)
    return distances.withSpan { squares in
      var sum = LogSum()
      for index in 0..<squares.count { sum.add(-0.5 * squares[index]) }
      return sum.value
    }
  }

  /// Not known.
  public var entropy: Double? { nil }
}
