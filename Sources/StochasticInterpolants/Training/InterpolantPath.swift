internal import Gradients
public import Tensors

/// An interpolant together with the densities it bridges: where training data come from.
public protocol InterpolantPath: Sendable {
  /// The interpolant.
  associatedtype I: Interpolant
  /// The interpolant.
  var interpolant: I { get }
  /// The number of components of a point.
  var dimension: Int { get }
  /// ρ₀.
  var base: any Density { get }
  /// ρ₁.
  var target: any Density { get }

  /// Draws the path for the rows of a block, at given times.
  ///
  /// - Parameters:
  ///   - block: seed, samples and step; base, target and latent have streams of their own.
  ///   - time: t, `[block.count]`.
  /// - Returns: the draws, a row a sample.
  func sample(_ block: RandomBlock, time: Tensor<Double>) -> InterpolantSample
}

/// An interpolant of one drawn point with the density at t = 1; the interpolant knows its base.
public struct TargetPath<I: TargetInterpolant>: InterpolantPath {
  /// The interpolant.
  public let interpolant: I
  /// ρ₁.
  public let target: any Density
  /// ρ₀.
  public let base: any Density

  /// Joins an interpolant and a target.
  public init(_ interpolant: I, target: any Density) {
    self.interpolant = interpolant
    self.target = target
    base = interpolant.base(of: target)
  }

  /// The target's dimension.
  public var dimension: Int { target.dimension }

  /// Draws z and x₁.
  public func sample(_ block: RandomBlock, time: Tensor<Double>) -> InterpolantSample {
    interpolant(
      time: time,
      x1: target.sample(block.inStream(Streams.target)),
      latent: block.inStream(Streams.latent).normal(columns: dimension)
    )
  }
}

/// An interpolant of two points with a coupling of the densities at t = 0 and t = 1.
public struct CoupledPath<I: CoupledInterpolant>: InterpolantPath {
  /// The interpolant.
  public let interpolant: I
  /// The joint law of x₀ and x₁.
  public let coupling: any Coupling

  /// Joins an interpolant and a coupling.
  public init(_ interpolant: I, coupling: any Coupling) {
    self.interpolant = interpolant
    self.coupling = coupling
  }

  /// The coupling's dimension.
  public var dimension: Int { coupling.dimension }

  /// The first marginal.
  public var base: any Density { coupling.marginals.base }

  /// The second marginal.
  public var target: any Density { coupling.marginals.target }

  /// Draws x₀, x₁ and z, which is 0 where γ is.
  public func sample(_ block: RandomBlock, time: Tensor<Double>) -> InterpolantSample {
    let pair = coupling.pairs(block)
    return interpolant(
      time: time,
      x0: pair.x0,
      x1: pair.x1,
      latent: interpolant.hasLatent
        ? block.inStream(Streams.latent).normal(columns: dimension)
        : Tensor(zeros: pair.x0.shape)
    )
  }
}
