public import Tensors

/// The value and the gradient of a recorded scalar function at a point.
///
/// - Parameters:
///   - point: the arguments.
///   - function: records a scalar from the arguments.
/// - Returns: the value, and one gradient for each argument, of its shape.
public func valueWithGradient<Scalar: TensorScalar>(
  at point: [Tensor<Scalar>], of function: ([Variable<Scalar>]) -> Variable<Scalar>
) -> (value: Scalar, gradient: [Tensor<Scalar>]) {
  let tape = Tape<Scalar>()
  let variables = point.map { tape.input($0.shape) }
  let value = function(variables)
  let results = Program([value] + value.gradient(of: variables))(point)
  return (results[0].scalar, Array(results.dropFirst()))
}

/// The value of a recorded function at a point.
///
/// - Parameters:
///   - point: the arguments.
///   - function: records a result from the arguments.
/// - Returns: the result's value.
public func evaluate<Scalar: TensorScalar>(
  at point: [Tensor<Scalar>], _ function: ([Variable<Scalar>]) -> Variable<Scalar>
) -> Tensor<Scalar> {
  let tape = Tape<Scalar>()
  return Program([function(point.map { tape.input($0.shape) })])(point)[0]
}
