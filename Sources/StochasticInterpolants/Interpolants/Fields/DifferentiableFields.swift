public import Tensors

/// Fields of which the gradient of a log-density along the flow can be had.
///
/// Along ẋ = b the log-density changes by −∇·b and its gradient w by ẇ = −∇ₓ(b·w + ∇·b) with w held
/// fixed: one product of the transposed Jacobian and the gradient of the divergence.
public protocol DifferentiableFields: Fields {
  /// What answers questions on one thread.
  associatedtype GradientEvaluator: DensityGradientEvaluator

  /// Makes the memory in which one thread evaluates blocks.
  ///
  /// - Parameter rows: the number of rows of every block.
  /// - Returns: the evaluator, for one thread.
  func makeGradientEvaluator(rows: Int) -> GradientEvaluator
}

/// Evaluates b and ∇ₓ(b·w + ∇·b) on one thread; not shared.
public protocol DensityGradientEvaluator: AnyObject {
  /// Writes b and ∇ₓ(b·w + ∇·b).
  ///
  /// - Parameters:
  ///   - time: t in [0, 1].
  ///   - points: x, `[rows, dimension]`.
  ///   - weights: w, `[rows, dimension]`.
  ///   - velocity: receives b, `[rows, dimension]`.
  ///   - gradient: receives ∇ₓ(b·w + ∇·b), `[rows, dimension]`.
  func evaluate(
    time: Double,
    points: Tensor<Double>,
    weights: Tensor<Double>,
    velocity: inout Tensor<Double>,
    gradient: inout Tensor<Double>
  )
}
