internal import RealModule
public import Tensors

/// A density whose score is known at every point.
public protocol ScoredDensity: ExplicitDensity {
  /// ∇ log ρ of each point.
  ///
  /// - Parameter points: `[count, dimension]`.
  /// - Returns: `[count, dimension]`.
  func score(_ points: Tensor<Double>) -> Tensor<Double>
}

extension StandardGaussian: ScoredDensity {
  /// −x.
  public func score(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return points * -1
  }
}

extension Gaussian: ScoredDensity {
  /// −C⁻¹ (x − m).
  public func score(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return ModeScore.score(points, [ModeScore(weight: 1, mean: mean, covariance: covariance)])
  }
}

extension GaussianMixture: ScoredDensity {
  /// −Σₖ rₖ Cₖ⁻¹ (x − mₖ) with the posterior weights rₖ of the modes, taken in log space.
  public func score(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    let dimension = dimension
    let modes = (0..<modeCount).map { mode in
      ModeScore(
        weight: weights[mode],
        mean: means.slice(mode..<mode + 1).reshaped([dimension]),
        covariance: covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
      )
    }
    return ModeScore.score(points, modes)
  }
}

/// The part of one mode in the score of a mixture.
private struct ModeScore {
  private let mean: [Double]
  /// C⁻¹, row by row.
  private let precision: [Double]
  /// log w − ½ log |C|.
  private let offset: Double

  init(weight: Double, mean: Tensor<Double>, covariance: Tensor<Double>) {
    self.mean = mean.elements
    do {
      let factor = try covariance.cholesky()
      let inverse = try factor.solvingLowerTriangular(Tensor(identity: mean.count))
      precision = Tensor.product(inverse, inverse, transposingFirst: true).elements
      offset = (0..<mean.count).reduce(Double.log(weight)) { $0 - Double.log(factor[$1, $1]) }
    } catch {
      fatalError("a covariance that was factorised before cannot be now: \(error)")
    }
  }

  /// −C⁻¹ (x − m), and log w N(x; m, C) but for a constant.
  func evaluate(_ point: [Double]) -> (score: [Double], logTerm: Double) {
    let size = mean.count
    var (score, square) = ([Double](repeating: 0, count: size), 0.0)
    for row in 0..<size {
      for column in 0..<size {
        score[row] -= precision[row * size + column] * (point[column] - mean[column])
      }
      square -= score[row] * (point[row] - mean[row])
    }
    return (score, offset - 0.5 * square)
  }

  static func score(_ points: Tensor<Double>, _ modes: [ModeScore]) -> Tensor<Double> {
    let (count, size) = (points.shape[0], points.shape[1])
    var result = Tensor<Double>(zeros: [count, size])
    points.withSpan { points in
      result.withMutableSpan { result in
        for row in 0..<count {
          let point = (0..<size).map { points[row * size + $0] }
          let parts = modes.map { $0.evaluate(point) }
          var total = LogSum()
          for part in parts { total.add(part.logTerm) }
          for part in parts {
            let weight = Double.exp(part.logTerm - total.value)
            for column in 0..<size { result[row * size + column] += weight * part.score[column] }
          }
        }
      }
    }
    return result
  }
}
