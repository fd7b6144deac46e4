internal import RealModule
public import Tensors

/// An invertible affine change of variables that gives data a common scale.
///
/// y = A⁻¹ (x − m), x = m + A y, with A = S C^½: S the diagonal matrix of the columns' scales and C
/// the correlation matrix (whitening) or I (the other methods). A density follows by
/// log ρ_x(x) = log ρ_y(y) − log |det A|. Each row is handled by itself: its result does not depend
/// on the others.
public struct Standardization: Sendable, Equatable {
  /// How the change of variables is made from data.
  public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    /// A = I, m = 0.
    case identity
    /// m the mean and A the diagonal matrix of the standard deviations.
    case scale
    /// m the mean and A = S C^½, which leaves uncorrelated columns of variance 1.
    case whitening
  }

  /// C^½ and its inverse, `[dimension, dimension]` each, symmetric.
  struct Correlation: Sendable, Equatable, Codable {
    var root: Tensor<Double>
    var inverseRoot: Tensor<Double>
    /// ½ log |det C|.
    var logDeterminant: Double
  }

  /// How it was made.
  public let method: Method
  /// m.
  public let mean: [Double]
  /// The diagonal of S, positive.
  public let scales: [Double]

  private let correlation: Correlation?

  init(method: Method, mean: [Double], scales: [Double], correlation: Correlation? = nil) {
    self.method = method
    self.mean = mean
    self.scales = scales
    self.correlation = correlation
  }

  /// The change of variables that changes nothing.
  ///
  /// - Parameter dimension: d, at least 1.
  /// - Returns: the map with A = I and m = 0.
  public static func identity(dimension: Int) -> Standardization {
    require(dimension >= 1, "points need at least one dimension, got \(dimension)")
    return Standardization(
      method: .identity,
      mean: [Double](repeating: 0, count: dimension),
      scales: [Double](repeating: 1, count: dimension)
    )
  }

  /// A given mean and scale for each column.
  ///
  /// - Parameters:
  ///   - mean: m, finite.
  ///   - scales: the diagonal of A, positive and finite, as many.
  public init(mean: [Double], scales: [Double]) {
    require(
      Self.isUsable(mean: mean, scales: scales),
      "a standardisation needs equally many finite means and positive finite scales, at least one "
        + "of each, got \(mean) and \(scales)"
    )
    self.init(method: .scale, mean: mean, scales: scales)
  }

  private static func isUsable(mean: [Double], scales: [Double]) -> Bool {
    !mean.isEmpty && mean.count == scales.count && mean.allSatisfy(\.isFinite)
      && scales.allSatisfy { $0 > 0 && $0.isFinite }
  }

  /// d.
  public var dimension: Int { mean.count }

  /// log |det A|: what is subtracted from a log-density of y to have that of x.
  public var logAbsDeterminant: Double {
    scales.reduce(correlation?.logDeterminant ?? 0) { $0 + Double.log($1) }
  }

  private func checkPoints(_ points: Tensor<Double>) {
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "a standardisation in \(dimension) dimensions needs points of shape [count, \(dimension)], "
        + "got \(points.shape)"
    )
  }

  /// A⁻¹ (x − m) for each row x.
  ///
  /// - Parameter points: `[count, dimension]`.
  /// - Returns: of the same shape.
  public func apply(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    if method == .identity { return points }
    var result = points
    let dimension = dimension
    result.withMutableSpan { values in
      for row in 0..<values.count / dimension {
        for column in 0..<dimension {
          let position = row * dimension + column
          values[position] = (values[position] - mean[column]) / scales[column]
        }
      }
    }
    return correlation.map { Self.rows(result, times: $0.inverseRoot) } ?? result
  }

  /// m + A y for each row y.
  ///
  /// - Parameter points: `[count, dimension]`.
  /// - Returns: of the same shape.
  public func undo(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    if method == .identity { return points }
    var result = correlation.map { Self.rows(points, times: $0.root) } ?? points
    let dimension = dimension
    result.withMutableSpan { values in
      for row in 0..<values.count / dimension {
        for column in 0..<dimension {
          let position = row * dimension + column
          values[position] = mean[column] + scales[column] * values[position]
        }
      }
    }
    return result
  }

  /// Aᵀ g for each row g: the gradient in y of a function whose gradient in x is g.
  ///
  /// - Parameter gradients: `[count, dimension]`.
  /// - Returns: of the same shape.
  public func apply(gradients: Tensor<Double>) -> Tensor<Double> {
    checkPoints(gradients)
    if method == .identity { return gradients }
    let scaled = gradients * Tensor(scales)
    return correlation.map { Self.rows(scaled, times: $0.root) } ?? scaled
  }

  /// A⁻ᵀ g for each row g: the gradient in x of a function whose gradient in y is g.
  ///
  /// - Parameter gradients: `[count, dimension]`.
  /// - Returns: of the same shape.
  public func undo(gradients: Tensor<Double>) -> Tensor<Double> {
    checkPoints(gradients)
    if method == .identity { return gradients }
    let turned = correlation.map { Self.rows(gradients, times: $0.inverseRoot) } ?? gradients
    return turned / Tensor(scales)
  }

  /// Each row times a symmetric matrix, row by row: a product of matrices would change a row's last
  /// bits with the number of rows.
  private static func rows(_ points: Tensor<Double>, times matrix: Tensor<Double>) -> Tensor<Double>
  {
    let dimension = matrix.shape[0]
    let result = Tensor<Double>(zeros: points.shape)
    Rows.forEachBlock(of: points.shape[0]) { rows in
      let range = rows.lowerBound * dimension..<rows.upperBound * dimension
      points.buffer.slice(range).withSpan { source in
        matrix.withSpan { matrix in
          result.buffer.slice(range).withMutableSpan { target in
            for row in 0..<rows.count {
              for inner in 0..<dimension {
                let factor = source[row * dimension + inner]
                for column in 0..<dimension {
                  target[row * dimension + column] += factor * matrix[inner * dimension + column]
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}

extension Standardization: Codable {
  private enum CodingKeys: String, CodingKey { case method, mean, scales, correlation }

  /// Reads method, mean, scales and, for whitening, the correlation; throws where they do not make
  /// an invertible map.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let method = try container.decode(Method.self, forKey: .method)
    let mean = try container.decode([Double].self, forKey: .mean)
    let scales = try container.decode([Double].self, forKey: .scales)
    let correlation = try container.decodeIfPresent(Correlation.self, forKey: .correlation)
    let isValid =
      Self.isUsable(mean: mean, scales: scales) && (method == .whitening) == (correlation != nil)
    guard isValid, correlation?.isUsable(dimension: mean.count) ?? true else {
      throw DecodingError.dataCorruptedError(
        forKey: .method,
        in: container,
        debugDescription: "the numbers make no invertible standardisation of the method "
          + "\(method.rawValue)"
      )
    }
    self.init(method: method, mean: mean, scales: scales, correlation: correlation)
  }

  /// Writes method, mean, scales and, for whitening, the correlation.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    try container.encode(mean, forKey: .mean)
    try container.encode(scales, forKey: .scales)
    try container.encodeIfPresent(correlation, forKey: .correlation)
  }
}

extension Standardization.Correlation {
  func isUsable(dimension: Int) -> Bool {
    let shape = [dimension, dimension]
    return root.shape == shape && inverseRoot.shape == shape && logDeterminant.isFinite
      && root.firstNonFinite == nil && inverseRoot.firstNonFinite == nil
  }
}
