public import Tensors

/// What fields are converted in: values that add and scale, such as `[rows, dimension]` tensors.
///
/// All conversions are linear in the fields, so the same functions that convert values also give the
/// coefficients of a conversion, which is how learned fields plan theirs.
public protocol ConvertibleField {
  /// Sum.
  static func + (first: Self, second: Self) -> Self
  /// Difference.
  static func - (first: Self, second: Self) -> Self
  /// Multiple.
  static func * (field: Self, factor: Double) -> Self
}

extension Tensor: ConvertibleField where Scalar == Double {}
