internal import RealModule
public import Tensors

/// A mixture of normal laws on ℝᵈ.
///
/// ρ(x) = Σₖ wₖ N(x; mₖ, Cₖ) with wₖ > 0 and Σ wₖ = 1. Support: ℝᵈ. The log-density is taken in log
/// space, so it is finite wherever |x|² is. The entropy has a closed form for one mode only.
public struct GaussianMixture: ExplicitDensity, MomentedDensity {
  /// How far Σ wₖ may be from 1; within it the weights are divided by their sum.
  public static let weightTolerance = 1e-6

  /// wₖ, positive, summing to 1 up to rounding.
  public let weights: [Double]
  /// mₖ, `[modes, dimension]`.
  public let means: Tensor<Double>
  /// Cₖ, `[modes, dimension, dimension]`.
  public let covariances: Tensor<Double>

  private let factors: [CovarianceFactor]

  /// The mixture of given weights, means and covariances.
  ///
  /// - Parameters:
  ///   - weights: wₖ, positive; their sum may differ from 1 by ``weightTolerance``, and is then
  ///     divided out.
  ///   - means: mₖ, `[modes, dimension]`.
  ///   - covariances: Cₖ, `[modes, dimension, dimension]`, symmetric and positive definite.
  /// - Throws: an error that names the mode whose weight, mean or covariance is at fault.
  public init(
    weights: [Double],
    means: Tensor<Double>,
    covariances: Tensor<Double>
  ) throws(GaussianMixtureError) {
    Self.checkShapes(weights, means)
    let (modes, dimension) = (means.shape[0], means.shape[1])
    require(
      covariances.shape == [modes, dimension, dimension],
      "\(modes) modes in \(dimension) dimensions need covariances of shape "
        + "\([modes, dimension, dimension]), got \(covariances.shape)"
    )
    if let position = means.firstNonFinite {
      throw .meanNotFinite(mode: position / dimension, column: position % dimension)
    }
    var factors: [CovarianceFactor] = []
    for mode in 0..<modes {
      let covariance = covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
      do {
        factors.append(try CovarianceFactor(covariance))
      } catch {
        throw .covariance(mode: mode, error)
      }
    }
    self.weights = try Self.normalised(weights)
    self.means = means
    self.covariances = covariances
    self.factors = factors
  }

  /// The mixture of equally likely modes N(mₖ, σ² I).
  ///
  /// - Parameters:
  ///   - means: mₖ, `[modes, dimension]`, finite.
  ///   - standardDeviation: σ, positive; σ² must be neither too large nor too small for a number.
  public init(isotropic means: Tensor<Double>, standardDeviation: Double) {
    let variance = standardDeviation * standardDeviation
    require(
      standardDeviation > 0 && variance.isNormal,
      "the standard deviation of a mode must be positive and finite, and so must its square, got "
        + "\(standardDeviation)"
    )
    require(means.firstNonFinite == nil, "the means of a Gaussian mixture must be finite")
    let modes = means.shape.first ?? 0
    let weights = [Double](repeating: 1 / Double(max(1, modes)), count: modes)
    Self.checkShapes(weights, means)
    let dimension = means.shape[1]
    let factor = CovarianceFactor(standardDeviation: standardDeviation, size: dimension)
    self.weights = weights
    self.means = means
    self.covariances = isotropicCovariance(variance, dimension: dimension)
      .reshaped([1, dimension, dimension]).broadcast(to: [modes, dimension, dimension])
    self.factors = [CovarianceFactor](repeating: factor, count: modes)
  }

  private static func checkShapes(_ weights: [Double], _ means: Tensor<Double>) {
    require(
      means.rank == 2 && means.shape[0] >= 1 && means.shape[1] >= 1,
      "the means of a Gaussian mixture are a matrix [modes, dimension] of at least one mode and "
        + "one dimension, got the shape \(means.shape)"
    )
    require(
      weights.count == means.shape[0],
      "\(means.shape[0]) modes need as many weights, got \(weights.count)"
    )
  }

  private static func normalised(_ weights: [Double]) throws(GaussianMixtureError) -> [Double] {
    for (mode, weight) in weights.enumerated() where !(weight > 0) {
      throw .weightNotPositive(mode: mode, weight: weight)
    }
    let sum = weights.reduce(0, +)
    guard (sum - 1).magnitude <= weightTolerance else { throw .weightsDoNotSumToOne(sum: sum) }
    return weights.map { $0 / sum }
  }

  /// d.
  public var dimension: Int { means.shape[1] }

  /// The number of modes.
  public var modeCount: Int { weights.count }

  /// The mode each row of a block is drawn from; part 0 of the block, a uniform number.
  public func modes(_ block: RandomBlock) -> [Int] {
    var cumulative = weights
    for mode in 1..<max(1, modeCount) { cumulative[mode] += cumulative[mode - 1] }
    return block.uniform(columns: 1).elements.map { uniform in
      // The first mode whose sum is above; the last one where rounding leaves none.
      var (low, high) = (0, modeCount - 1)
      while low < high {
        let middle = (low + high) / 2
        if uniform < cumulative[middle] { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// mₖ + Lₖ z: the mode from part 0 of the block, a uniform number; z from part 1, normal numbers.
  public func sample(_ block: RandomBlock) -> Tensor<Double> {
    let modes = modes(block)
    let normals = block.part(1).normal(columns: dimension)
    var result = means.gatheringRows(modes)
    normals.withSpan { z in
      result.withMutableSpan { points in
        for row in 0..<modes.count {
          factors[modes[row]].addProduct(z, to: &points, at: row * dimension)
        }
      }
    }
    return result
  }

  /// log Σₖ wₖ N(x; mₖ, Cₖ), in log space.
  public func logDensity(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let (dimension, modes) = (dimension, modeCount)
    let result = Tensor<Double>(uninitialized: [points.shape[0]])
    Rows.forEachBlock(of: points.shape[0]) { rows in
      var scratch = [Double](repeating: 0, count: dimension)
      var terms = [Double](repeating: 0, count: modes * rows.count)
      let source = points.buffer.slice(rows.lowerBound * dimension..<rows.upperBound * dimension)
      for (mode, factor) in factors.enumerated() {
        let offset =
          Double.log(weights[mode]) - factor.logDeterminant
          - 0.5 * Double(dimension) * logTwoPi
        let mean = means.buffer.slice(mode * dimension..<(mode + 1) * dimension)
        source.withSpan { points in
          mean.withSpan { mean in
            var scratch = scratch.mutableSpan
            factor.squaredNorms(points, mean: mean, scratch: &scratch) { row, squaredNorm in
              terms[row * modes + mode] = offset - 0.5 * squaredNorm
            }
          }
        }
      }
      let all = terms.span
      result.buffer.slice(rows).withMutableSpan { target in
        for row in 0..<target.count {
          var sum = LogSum()
          for term in row * modes..<(row + 1) * modes { sum.add(all[term]) }
          target[row] = sum.value
        }
      }
    }
    return result
  }

  /// The entropy of the single mode; nil for more than one.
  public var entropy: Double? {
    guard modeCount == 1 else { return nil }
    return 0.5 * Double(dimension) * (1 + logTwoPi) + factors[0].logDeterminant
  }

  /// Σₖ wₖ mₖ.
  public var mean: Tensor<Double> {
    Tensor.product(Tensor(weights, shape: [1, modeCount]), means).reshaped([dimension])
  }

  /// Σₖ wₖ (Cₖ + (mₖ − m)(mₖ − m)ᵀ) with m the mean.
  public var covariance: Tensor<Double> {
    let column = Tensor(weights, shape: [modeCount, 1])
    let centred = means - mean
    let between = Tensor.product(centred, column * centred, transposingFirst: true)
    let flat = covariances.reshaped([modeCount, dimension * dimension])
    let within = Tensor.product(Tensor(weights, shape: [1, modeCount]), flat)
    return between + within.reshaped([dimension, dimension])
  }
}

extension GaussianMixture: Equatable {
  /// Equal weights, means and covariances.
  public static func == (first: GaussianMixture, second: GaussianMixture) -> Bool {
    first.weights == second.weights && first.means == second.means
      && first.covariances == second.covariances
  }
}

extension GaussianMixture: Codable {
  private enum CodingKeys: String, CodingKey { case weights, means, covariances }

  /// Reads weights, means and covariances; throws where they make no mixture.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let weights = try container.decode([Double].self, forKey: .weights)
    let means = try container.decode(Tensor<Double>.self, forKey: .means)
    let covariances = try container.decode(Tensor<Double>.self, forKey: .covariances)
    guard means.rank == 2, means.count > 0, weights.count == means.shape[0],
      covariances.shape == [means.shape[0], means.shape[1], means.shape[1]]
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .means,
        in: container,
        debugDescription: "\(weights.count) weights, means of shape \(means.shape) and "
          + "covariances of shape \(covariances.shape) make no Gaussian mixture"
      )
    }
    try self.init(weights: weights, means: means, covariances: covariances)
  }

  /// Writes weights, means and covariances.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(weights, forKey: .weights)
    try container.encode(means, forKey: .means)
    try container.encode(covariances, forKey: .covariances)
  }
}
