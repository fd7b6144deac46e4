public import Tensors

/// A path whose interpolant and densities are known at run time only, such as that of a stored run.
public struct AnyPath: InterpolantPath {
  /// The wrapped path's interpolant.
  public let interpolant: AnyInterpolant
  private let wrapped: any InterpolantPath

  /// Wraps a path.
  public init(_ wrapped: some InterpolantPath) {
    self.wrapped = wrapped
    interpolant = AnyInterpolant(wrapped.interpolant)
  }

  /// The wrapped path's dimension.
  public var dimension: Int { wrapped.dimension }

  /// ρ₀.
  public var base: any Density { wrapped.base }

  /// ρ₁.
  public var target: any Density { wrapped.target }

  /// Draws the wrapped path.
  public func sample(_ block: RandomBlock, time: Tensor<Double>) -> InterpolantSample {
    wrapped.sample(block, time: time)
  }
}
