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
  /// −C⁻¹ (x − m), finite wherever it can be written.
  public func score(_ points: Tensor<Double>) -> Tensor<Double> {
    checkPoints(points)
    return ModeScore.score(points, [ModeScore(weight: 1, mean: mean, covariance: covariance)])
  }
}

extension GaussianMixture: ScoredDensity {
  /// −Σₖ rₖ Cₖ⁻¹ (x − mₖ) with the posterior weights rₖ of the modes, taken in log space.
  ///
  /// Where the log-density is −∞ because |x|² overflows it is the score of the nearest mode.
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
  /// L⁻¹ of C = L Lᵀ, row by row.
  private let inverse: [Double]
  /// log w − ½ log |C|.
  private let offset: Double

  init(weight: Double, mean: Tensor<Double>, covariance: Tensor<Double>) {
    self.mean = mean.elements
    do {
      let factor = try covariance.cholesky()
      let inverse = try factor.solvingLowerTriangular(Tensor(identity: mean.count))
      precision = Tensor.product(inverse, inverse, transposingFirst: true).elements
      self.inverse = inverse.elements
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
    // Terms of both signs overflow to no number: the squares of L⁻¹(x − m) have one sign.
    if !square.isFinite { square = whitened(point).reduce(0) { $0 + $1 * $1 } }
    return (score, offset - 0.5 * square)
  }

  /// L⁻¹(x − m).
  private func whitened(_ point: [Double]) -> [Double] {
    let size = mean.count
    return (0..<size).map { row in
      (0...row).reduce(0) { $0 + inverse[row * size + $1] * (point[$1] - mean[$1]) }
    }
  }

  /// The mode of the least |L⁻¹(x − m)|, compared at a scale at which the squares are finite; of equal ones
  /// that of the largest w/√|C|; nil where one is infinite.
  private static func nearest(to point: [Double], _ modes: [ModeScore]) -> Int? {
    let whitened = modes.map { $0.whitened(point) }
    let largest = whitened.joined().reduce(0) { max($0, $1.magnitude) }
    guard largest.isFinite else { return nil }
    let norms = whitened.map { $0.reduce(0) { $0 + ($1 / largest) * ($1 / largest) } }
    return modes.indices.min {
      (norms[$0], -modes[$0].offset) < (norms[$1], -modes[$1].offset)
    }
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
          // Where every |L⁻¹(x − m)|² overflows the nearest mode takes all the weight.
          let nearest = total.value == -.infinity ? nearest(to: point, modes) : nil
          for (mode, part) in parts.enumerated() {
            let weight =
              nearest.map { $0 == mode ? 1 : 0 } ?? Double.exp(part.logTerm - total.value)
            // A mode of no weight counts nothing, also where its score overflows.
            if weight == 0 { continue }
            for column in 0..<size { result[row * size + column] += weight * part.score[column] }
          }
        }
      }
    }
    return result
  }
}
