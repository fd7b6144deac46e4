public import Tensors

/// Mean and covariance of a set of points, with standard errors.
public struct Moments: Sendable, Equatable, CustomStringConvertible {
  /// n.
  public let count: Int
  /// x̄, `[dimension]`.
  public let mean: Tensor<Double>
  /// C = (1/(n − 1)) Σ (x − x̄)(x − x̄)ᵀ, `[dimension, dimension]`.
  public let covariance: Tensor<Double>
  /// √(Cᵢᵢ / n), `[dimension]`.
  public let meanStandardError: Tensor<Double>
  /// √((E[(xᵢ − x̄ᵢ)² (xⱼ − x̄ⱼ)²] − Cᵢⱼ²) / n), `[dimension, dimension]`.
  public let covarianceStandardError: Tensor<Double>

  /// The moments of a set of points.
  ///
  /// - Parameter points: `[count, dimension]`, at least two rows; a NaN makes its column's moments
  ///   NaN.
  public init(of points: Tensor<Double>) {
    require(
      points.rank == 2 && points.shape[0] >= 2 && points.shape[1] >= 1,
      "moments need points of shape [count, dimension] with at least two rows and one column, got "
        + "\(points.shape)"
    )
    count = points.shape[0]
    mean = PointMoments.mean(points)
    let size = Double(count)
    let centred = points - mean
    let biased = PointMoments.covariance(points, mean: mean)
    covariance = biased * (size / (size - 1))
    let squares = centred * centred
    let fourth = Tensor.product(squares, squares, transposingFirst: true) / size
    let (dimension, covariance) = (points.shape[1], covariance)
    meanStandardError = Tensor(
      (0..<dimension).map { (covariance[$0, $0] / size).squareRoot() }
    )
    let variances = (fourth - biased * biased).elements
    covarianceStandardError = Tensor(
      variances.map { ($0 < 0 ? 0 : $0 / size).squareRoot() },
      shape: [dimension, dimension]
    )
  }

  /// How far these moments are from known ones.
  ///
  /// - Parameters:
  ///   - mean: `[dimension]`.
  ///   - covariance: `[dimension, dimension]`.
  /// - Returns: the differences beside this set's standard errors.
  public func distance(toMean mean: Tensor<Double>, covariance: Tensor<Double>) -> MomentDistance {
    checkShapes(mean, covariance)
    return MomentDistance(
      meanDifference: self.mean - mean,
      meanStandardError: meanStandardError,
      covarianceDifference: self.covariance - covariance,
      covarianceStandardError: covarianceStandardError
    )
  }

  /// How far these moments are from those of a density.
  public func distance(to density: some MomentedDensity) -> MomentDistance {
    distance(toMean: density.mean, covariance: density.covariance)
  }

  /// How far these moments are from those of an independent set of points.
  public func distance(to other: Moments) -> MomentDistance {
    checkShapes(other.mean, other.covariance)
    func joined(_ first: Tensor<Double>, _ second: Tensor<Double>) -> Tensor<Double> {
      (first * first + second * second).applying(.squareRoot)
    }
    return MomentDistance(
      meanDifference: mean - other.mean,
      meanStandardError: joined(meanStandardError, other.meanStandardError),
      covarianceDifference: covariance - other.covariance,
      covarianceStandardError: joined(covarianceStandardError, other.covarianceStandardError)
    )
  }

  private func checkShapes(_ mean: Tensor<Double>, _ covariance: Tensor<Double>) {
    require(
      mean.shape == self.mean.shape && covariance.shape == self.covariance.shape,
      "moments of shapes \(self.mean.shape) and \(self.covariance.shape) cannot be compared with "
        + "those of shapes \(mean.shape) and \(covariance.shape)"
    )
  }

  /// Each column's mean and standard deviation.
  public var description: String {
    let columns = (0..<mean.count).map { column in
      let centre = Estimate(
        value: mean[column],
        standardError: meanStandardError[column],
        count: count
      )
      let deviation = covariance[column, column].squareRoot()
      return "\(centre) (standard deviation \(decimal(deviation, digits: 4)))"
    }
    return "mean of \(count) points: " + columns.joined(separator: ", ")
  }
}

/// How far two means and two covariances are apart, with what sampling alone would give.
public struct MomentDistance: Sendable, Hashable, CustomStringConvertible {
  /// |m − m′|, Euclidean.
  public let mean: Double
  /// The root of the summed squares of the mean's standard errors: the size of ``mean`` if the two laws
  /// had equal means.
  public let meanStandardError: Double
  /// |C − C′|, Frobenius.
  public let covariance: Double
  /// The root of the summed squares of the covariance's standard errors.
  public let covarianceStandardError: Double
  /// The largest difference of any element in standard errors of that element; 0 where both vanish, NaN where
  /// any is.
  public let largestDeviation: Double

  init(
    meanDifference: Tensor<Double>,
    meanStandardError: Tensor<Double>,
    covarianceDifference: Tensor<Double>,
    covarianceStandardError: Tensor<Double>
  ) {
    mean = meanDifference.sumOfSquares.squareRoot()
    self.meanStandardError = meanStandardError.sumOfSquares.squareRoot()
    covariance = covarianceDifference.sumOfSquares.squareRoot()
    self.covarianceStandardError = covarianceStandardError.sumOfSquares.squareRoot()
    let differences = meanDifference.elements + covarianceDifference.elements
    let errors = meanStandardError.elements + covarianceStandardError.elements
    var largest = 0.0
    for (difference, error) in zip(differences, errors) {
      let deviation = difference == 0 ? 0 : difference.magnitude / error
      // NaN is no number to be ordered: once met it stays.
      if deviation.isNaN || deviation > largest { largest = deviation }
    }
    largestDeviation = largest
  }

  /// Both distances beside what sampling alone would give.
  public var description: String {
    "means \(decimal(mean, digits: 4)) apart (sampling \(decimal(meanStandardError, digits: 4))), "
      + "covariances \(decimal(covariance, digits: 4)) apart (sampling "
      + "\(decimal(covarianceStandardError, digits: 4)))"
  }
}
