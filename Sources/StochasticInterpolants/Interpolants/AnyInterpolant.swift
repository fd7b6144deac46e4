public import Tensors

/// An interpolant whose type is known at run time only, such as that of a loaded run.
///
/// Sampling needs no more of an interpolant than its latent coefficient.
public struct AnyInterpolant: Interpolant {
  private let wrapped: any Interpolant

  /// Wraps an interpolant.
  public init(_ wrapped: some Interpolant) { self.wrapped = wrapped }

  /// The wrapped interpolant's latent coefficient.
  public func latent(_ time: Double) -> Coefficient { wrapped.latent(time) }

  /// The wrapped interpolant's coefficients, where it is spatially linear.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? {
    wrapped.linearCoefficients(time)
  }

  /// Whether the wrapped interpolant has a point x₀ of its own.
  public var hasBasePoint: Bool { wrapped.hasBasePoint }

  /// The wrapped interpolant's fixed x₀, where it has one.
  public var source: Tensor<Double>? { wrapped.source }

  /// The wrapped interpolant's C₀, where its latent has the law N(0, C₀).
  public var latentCovariance: Tensor<Double>? { wrapped.latentCovariance }

  /// The wrapped interpolant's process.
  public func process(_ time: Double) -> LatentProcess? { wrapped.process(time) }

  /// The wrapped interpolant's dimension, where it has a fixed one.
  public var dimension: Int? { wrapped.dimension }

  /// Whether the wrapped interpolant has a latent.
  public var hasLatent: Bool { wrapped.hasLatent }
}
