public import Integrators
internal import RealModule
internal import Tensors

/// The part a(t) x of the drift b ± εs that an exponential method takes exactly.
///
/// Any a leaves the equation what it is, as the method is asked for the rest, N = b ± εs − a x. What a
/// decides is how much is left.
public struct LinearPart: Sendable {
  /// a for b + σεs, given ε, nil for none, and σ.
  private let make: @Sendable ((@Sendable (Double) -> Double)?, Double) -> LinearCoefficient

  /// The part of given coefficient, the same where ε acts and where it does not.
  ///
  /// - Parameter coefficient: a(t), with its integral.
  /// - Returns: the part.
  public static func coefficient(_ coefficient: LinearCoefficient) -> LinearPart {
    LinearPart { _, _ in coefficient }
  }

  /// All of the drift between centred isotropic Gaussians.
  ///
  /// With the variance c = α²c₀ + β²c₁ + γ² of each component of x_t, b = (ċ/2c) x and s = −x/c, so that
  /// a = (ċ/2 ∓ ε)/c, finite at the ends where γ̇ is not; ∫ ċ/2c dt = ½ log c, and ∫ ε/c dt by Gauss's
  /// rule on parts of a step. For other laws of about these variances N is what makes them no such
  /// Gaussians; means that move stay in N as a function of t.
  ///
  /// - Parameters:
  ///   - interpolant: linear in its ends.
  ///   - baseVariance: c₀, positive; without meaning where there is no x₀. That of a point does not vary, but
  ///     a positive c₀ keeps a finite at t = 0.
  ///   - targetVariance: c₁, positive; the mean over the components, or that within a mode where modes
  ///     are far apart.
  /// - Returns: the part.
  public static func gaussian(
    _ interpolant: some Interpolant,
    baseVariance: Double = 1,
    targetVariance: Double
  ) -> LinearPart {
    require(
      baseVariance > 0 && targetVariance > 0 && (baseVariance + targetVariance).isFinite,
      "the variances of a linear part are positive and finite, got \(baseVariance) and "
        + "\(targetVariance)"
    )
    // The mean variance of the latent's components.
    let latentVariance = interpolant.latentCovariance.map {
      ($0 * Tensor(identity: $0.shape[0])).sum() / Double($0.shape[0])
    }
    /// c and ċ/2.
    @Sendable func variance(_ time: Double) -> (value: Double, halfSlope: Double) {
      guard let own = interpolant.linearCoefficients(time) else {
        fatalError("the linear part of \(interpolant) is not known: it is not linear in its ends")
      }
      func sum(_ term: (Coefficient) -> Double) -> Double {
        term(own.alpha) * baseVariance + term(own.beta) * targetVariance
          + term(own.latent) * (latentVariance ?? 1)
      }
      return (sum { $0.value * $0.value }, sum(\.product))
    }
    let flow = LinearCoefficient {
      let own = variance($0)
      return own.halfSlope / own.value
    } integral: {
      0.5 * Double.log(variance($1).value / variance($0).value)
    }
    return LinearPart { diffusion, sign in
      guard let diffusion else { return flow }
      return flow + LinearCoefficient { -sign * diffusion($0) / variance($0).value }
    }
  }

  /// a of what a path follows, forward with the sign 1 and backward with −1.
  func coefficient(of motion: Motion, sign: Double) -> LinearCoefficient {
    make(motion.diffusion, sign)
  }
}

/// N = b ± εs − a x.
struct NonlinearDrift<E: FieldEvaluator>: Dynamics {
  var drift: Drift<E>
  let linear: LinearCoefficient

  mutating func evaluate(
    time: Double,
    state: Tensor<Double>,
    into derivative: inout Tensor<Double>
  ) {
    drift.evaluate(time: time, state: state, into: &derivative)
    derivative.add(state, scaledBy: -linear(time))
  }
}
