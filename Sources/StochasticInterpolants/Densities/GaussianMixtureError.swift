public import Tensors

/// Why weights, means and covariances make no Gaussian mixture.
public enum GaussianMixtureError: Error, CustomStringConvertible, Hashable {
  /// A weight is zero, negative or NaN.
  case weightNotPositive(mode: Int, weight: Double)
  /// The weights do not sum to 1 within ``GaussianMixture/weightTolerance``.
  case weightsDoNotSumToOne(sum: Double)
  /// An element of a mean is NaN or infinite.
  case meanNotFinite(mode: Int, column: Int)
  /// A covariance is not symmetric, not positive definite or not finite.
  case covariance(mode: Int, LinearAlgebraError)

  /// One sentence that names the values.
  public var description: String {
    switch self {
    case .weightNotPositive(let mode, let weight):
      "the weight of mode \(mode) of a Gaussian mixture must be positive, got \(weight)"
    case .weightsDoNotSumToOne(let sum):
      "the weights of a Gaussian mixture must sum to 1 within \(GaussianMixture.weightTolerance), "
        + "got \(sum)"
    case .meanNotFinite(let mode, let column):
      "element \(column) of the mean of mode \(mode) is NaN or infinite"
    case .covariance(let mode, let error):
      "the covariance of mode \(mode) of a Gaussian mixture: \(error)"
    }
  }
}
