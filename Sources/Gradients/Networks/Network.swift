public import Tensors

/// A parametrised function of time and points, written in recorded operations.
///
/// A network is a description: its parameters live beside it, as a list of tensors, so that
/// optimisers, averages and files treat every network alike.
public protocol Network: Sendable {
  /// The number of components of a point.
  var dimension: Int { get }

  /// The number of fields the network returns in one pass, side by side; 1 unless a network says
  /// otherwise.
  var heads: Int { get }

  /// The name and shape of each parameter, in the order all other members use.
  var parameterLayout: [ParameterShape] { get }

  /// Draws starting values for all parameters.
  ///
  /// - Parameter seed: the key of the draws; equal seeds give equal parameters.
  /// - Returns: one tensor for each entry of ``parameterLayout``.
  func initialParameters(seed: UInt64) -> [Tensor<Double>]

  /// Records the network's value.
  ///
  /// - Parameters:
  ///   - parameters: one variable for each entry of ``parameterLayout``.
  ///   - time: `[rows, 1]`.
  ///   - points: `[rows, dimension]`.
  /// - Returns: `[rows, heads · dimension]`, the fields one after another.
  func callAsFunction<Scalar>(
    _ parameters: [Variable<Scalar>],
    time: Variable<Scalar>,
    points: Variable<Scalar>
  ) -> Variable<Scalar>
}

/// A parameter's name, as in files, and its shape.
public struct ParameterShape: Sendable, Hashable {
  /// The name, unique in its network, such as `"layers.0.weight"`.
  public var name: String
  /// The shape.
  public var shape: [Int]

  /// Names a parameter of a shape.
  public init(_ name: String, _ shape: [Int]) {
    self.name = name
    self.shape = shape
  }
}

extension Network {
  /// One field.
  public var heads: Int { 1 }

  /// The number of trained numbers.
  public var parameterCount: Int {
    parameterLayout.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }
}
