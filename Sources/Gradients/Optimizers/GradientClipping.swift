public import Tensors

/// The norm of all gradients taken as one vector, and the factor that bounds it.
public enum GradientClipping {
  /// √(Σ‖gₖ‖²) over all gradients.
  public static func norm<Scalar>(of gradients: [Tensor<Scalar>]) -> Double {
    gradients.reduce(0) { $0 + $1.sumOfSquares }.squareRoot()
  }

  /// The factor that bounds a norm: min(1, maximum / (norm + 10⁻⁶)), as PyTorch's
  /// `clip_grad_norm_`.
  ///
  /// - Parameters:
  ///   - norm: the norm of the gradients.
  ///   - maximum: the bound, positive.
  /// - Returns: the factor, at most 1; NaN where the norm is.
  public static func scale(norm: Double, maximum: Double) -> Double {
    require(maximum > 0, "gradients are clipped to a positive norm, got \(maximum)")
    let factor = maximum / (norm + 1e-6)
    return factor < 1 || norm.isNaN ? factor : 1
  }
}
