internal import RealModule
public import Tensors

/// The normal law N(m, C) on ℝᵈ.
///
/// ρ(x) = (2π)^(−d/2) |C|^(−1/2) exp(−½ (x − m)ᵀ C⁻¹ (x − m)), evaluated by the Cholesky factor L
/// of C. Support: ℝᵈ. Entropy: d/2 · (1 + ln 2π) + Σ ln Lⱼⱼ.
public struct Gaussian: ExplicitDensity, MomentedDensity {
  /// m, `[dimension]`.
  public let mean: Tensor<Double>
  /// C, `[dimension, dimension]`.
  public let covariance: Tensor<Double>

  private let factor: CovarianceFactor

  /// The normal law of a mean and a covariance.
  ///
  /// - Parameters:
  ///   - mean: m, `[dimension]`.
  ///   - covariance: C, `[dimension, dimension]`, symmetric and positive definite.
  /// - Throws: where the covariance is not symmetric or not positive definite or a value is not finite (an element
  ///   of the mean is named as one of row 0).
  public init(mean: Tensor<Double>, covariance: Tensor<Double>) throws(LinearAlgebraError) {
    require(
      mean.rank == 1 && mean.count >= 1,
      "the mean of a Gaussian is a vector, got the shape \(mean.shape)"
    )
    require(
      covariance.shape == [mean.count, mean.count],
      "a Gaussian in \(mean.count) dimensions needs a covariance of shape "
        + "\([mean.count, mean.count]), got \(covariance.shape)"
    )
    if let column = mean.firstNonFinite { throw .notFinite(row: 0, column: column) }
    self.mean = mean
    self.covariance = covariance
    self.factor = try CovarianceFactor(covariance)
  }

  /// d.
  public var dimension: Int { mean.count }

  /// m + L z; part 0 of the block, normal numbers.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    transforming(block.normal(columns: dimension))
  }

  /// m + L z for each row z of a matrix.
  func transforming(_ normals: Tensor<Double>) -> Tensor<Double> {
    let rows = normals.shape[0]
    var result = mean.broadcast(to: [rows, dimension])
    normals.withSpan { z in
      result.withMutableSpan { points in
        for row in 0..<rows {
          factor.addProduct(z, to: &points, at: row * dimension)
        }
      }
    }
    return result
  }

  /// −½ |L⁻¹(x − m)|² − Σ ln Lⱼⱼ − d/2 · ln 2π.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let dimension = dimension
    let offset = -factor.logDeterminant - 0.5 * Double(dimension) * logTwoPi
    let result = Tensor<Double>(uninitialized: [points.shape[0]])
    Rows.forEachBlock(of: points.shape[0]) { rows in
      var scratch = [Double](repeating: 0, count: dimension)
      let source = points.buffer.slice(rows.lowerBound * dimension..<rows.upperBound * dimension)
      source.withSpan { points in
        mean.withSpan { mean in
          result.buffer.slice(rows).withMutableSpan { target in
            var scratch = scratch.mutableSpan
            factor.squaredNorms(points, mean: mean, scratch: &scratch) { row, squaredNorm in
              target[row] = offset - 0.5 * squaredNorm
            }
          }
        }
      }
    }
    return result
  }

  /// d/2 · (1 + ln 2π) + Σ ln Lⱼⱼ.
  public var entropy: Double? {
    0.5 * Double(dimension) * (1 + logTwoPi) + factor.logDeterminant
  }
}

extension Gaussian: Equatable {
  /// Equal means and covariances.
  public static func == (first: Gaussian, second: Gaussian) -> Bool {
    first.mean == second.mean && first.covariance == second.covariance
  }
}

extension Gaussian: Codable {
  private enum CodingKeys: String, CodingKey { case mean, covariance }

  /// Reads mean and covariance; throws where they make no normal law.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let mean = try container.decode(Tensor<Double>.self, forKey: .mean)
    let covariance = try container.decode(Tensor<Double>.self, forKey: .covariance)
    guard mean.rank == 1, mean.count > 0, covariance.shape == [mean.count, mean.count] else {
      throw DecodingError.dataCorruptedError(
        forKey: .covariance,
        in: container,
        debugDescription: "a mean of shape \(mean.shape) and a covariance of shape "
          + "\(covariance.shape) make no Gaussian"
      )
    }
    try self.init(mean: mean, covariance: covariance)
  }

  /// Writes mean and covariance.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(mean, forKey: .mean)
    try container.encode(covariance, forKey: .covariance)
  }
}
