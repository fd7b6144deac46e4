public import Tensors

/// What a record computes from its inputs.
///
/// Operations are data, without closures: a tape can be printed, compared, planned and replayed.
/// They are closed under differentiation: the derivative of each, in `Pullbacks` and
/// `Pushforwards`, is written in operations of this list.
public enum Operation: Sendable, Hashable {
  /// The value bound to input `slot` at each run.
  case input(slot: Int)
  /// Entry `index` of the tape's constants, the same at each run.
  case constant(index: Int)
  /// One number in every element.
  case fill(Double)
  /// An elementwise function of one input.
  case unary(UnaryOperation)
  /// scale · x + offset.
  case affine(scale: Double, offset: Double)
  /// An elementwise function of two inputs, with broadcasting.
  case binary(BinaryOperation)
  /// Input 0 ≠ 0 ? input 1 : input 2, elementwise, equal shapes.
  case select
  /// σ⁽ᵒʳᵈᵉʳ⁾(x), elementwise.
  case activation(Activation, order: Int)
  /// σ⁽ᵒʳᵈᵉʳ⁾(x) · g, elementwise, in one pass.
  case activationProduct(Activation, order: Int)
  /// op(A) op(B) of two matrices.
  case product(transposingFirst: Bool, transposingSecond: Bool)
  /// x Wᵀ + c for x `[rows, inputs]`, W `[outputs, inputs]`, c `[outputs]`: product and bias in one.
  case linear
  /// The sum along an axis, which stays with length 1.
  case sum(axis: Int)
  /// The maximum along an axis, which stays with length 1.
  case maximum(axis: Int)
  /// Repeats axes of length 1 (and missing leading ones) to the record's shape.
  case broadcast
  /// The same elements under the record's shape.
  case reshape
  /// A matrix with rows and columns exchanged.
  case transpose
  /// The inputs joined along an axis.
  case concatenate(axis: Int)
  /// The part of an axis from `lower` on, as long as the record's shape says.
  case slice(axis: Int, lower: Int)
  /// The input at `lower` on an axis of the record's shape, zeros elsewhere.
  case embed(axis: Int, lower: Int)
  /// Rows of input 0 named by the elements of input 1, a vector of whole numbers.
  case gather
  /// Adds the rows of input 0 to the rows of a zero matrix that the elements of input 1 name.
  case scatter
  /// The input itself, through which no derivative passes.
  case detach
}

/// One line of a tape: an operation, the records it reads, and the shape of its result.
public struct Record: Sendable, Hashable {
  /// What is computed.
  public let operation: Operation
  /// The indices of the records it reads, each below its own.
  public let inputs: [Int]
  /// The shape of the result.
  public let shape: [Int]
}
