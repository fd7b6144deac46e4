public import RealModule

/// The element types of a tensor: `Float` for networks, `Double` for everything else.
///
/// No other type may conform: kernels and BLAS exist for these two.
public protocol TensorScalar: Real, BinaryFloatingPoint, Sendable, Codable
where Self.RawSignificand: FixedWidthInteger {
  /// The name used in messages and files, `"Float"` or `"Double"`.
  static var scalarName: String { get }
}

extension Float: TensorScalar {
  /// `"Float"`.
  public static var scalarName: String { "Float" }
}

extension Double: TensorScalar {
  /// `"Double"`.
  public static var scalarName: String { "Double" }
}
