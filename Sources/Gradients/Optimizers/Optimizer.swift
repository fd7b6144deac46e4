public import Tensors

/// A rule that moves parameters along a gradient.
///
/// Optimisers are values: their state is inside and Codable, so a run can be stored and resumed.
public protocol Optimizer<Scalar>: Sendable, Codable {
  /// The element type of the parameters.
  associatedtype Scalar: TensorScalar

  /// Moves the parameters by one step.
  ///
  /// - Parameters:
  ///   - parameters: changed in place.
  ///   - gradients: one for each parameter, of its shape.
  ///   - rate: the learning rate of this step.
  ///   - gradientScale: multiplies every gradient first, in the same pass; clipping uses it.
  mutating func update(
    _ parameters: inout [Tensor<Scalar>],
    gradients: [Tensor<Scalar>],
    rate: Double,
    gradientScale: Double
  )
}

func checkGradients<Scalar>(_ parameters: [Tensor<Scalar>], _ gradients: [Tensor<Scalar>]) {
  require(
    parameters.map(\.shape) == gradients.map(\.shape),
    "parameters of shapes \(parameters.map(\.shape)) have gradients of shapes "
      + "\(gradients.map(\.shape))"
  )
}

/// Stops where what an optimiser remembers belongs to other parameters.
func checkMoments<Scalar>(
  _ moments: [Tensor<Scalar>],
  _ name: String,
  of parameters: [Tensor<Scalar>]
) {
  require(
    moments.map(\.shape) == parameters.map(\.shape),
    "\(name) have the shapes \(moments.map(\.shape)) and the parameters \(parameters.map(\.shape)); parameters "
      + "of their own take an optimiser of their own"
  )
}
