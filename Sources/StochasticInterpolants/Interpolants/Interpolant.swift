public import Tensors

/// What all interpolants share: a latent z whose coefficient turns a denoiser into a score.
///
/// x_t = I + γ(t) z. For a one-sided interpolant x_t = α(t) z + J the base point itself is the
/// latent, and α stands in γ's place (erratum: (3.19) prints γ⁻¹ for α⁻¹).
public protocol Interpolant: Sendable {
  /// The latent's coefficient, its derivative and their product, at t in [0, 1].
  func latent(_ time: Double) -> Coefficient

  /// Whether there is a latent: false for γ = 0.
  var hasLatent: Bool { get }

  /// Whether ``latent(_:)`` has an infinite derivative at an end, so that b's target γ̇z needs
  /// antithetic pairs to have a finite variance on all of [0, 1].
  var hasSingularLatent: Bool { get }

  /// α, β and the latent's coefficient at t in [0, 1] where the interpolant is linear in its ends;
  /// nil where it is not.
  func linearCoefficients(_ time: Double) -> LinearCoefficients?
}

extension Interpolant {
  /// Nil: not every interpolant is linear in its ends.
  public func linearCoefficients(_ time: Double) -> LinearCoefficients? { nil }
}

/// The coefficients of x_t = α x₀ + β x₁ + γ z (4.1) at one time.
public struct LinearCoefficients: Sendable, Hashable {
  /// α, of x₀; zero where the base point is the latent.
  public var alpha: Coefficient
  /// β, of x₁.
  public var beta: Coefficient
  /// γ, of z; α for a one-sided interpolant.
  public var latent: Coefficient

  /// Joins the three.
  public init(alpha: Coefficient, beta: Coefficient, latent: Coefficient) {
    self.alpha = alpha
    self.beta = beta
    self.latent = latent
  }
}

/// One draw of an interpolant for each row: all an objective needs.
public struct InterpolantSample: Sendable {
  /// t, `[rows]`.
  public var time: Tensor<Double>
  /// I(t, x₀, x₁) (or J(t, x₁)), `[rows, dimension]`.
  public var mean: Tensor<Double>
  /// ∂_t I (or ∂_t J), `[rows, dimension]`.
  public var meanDot: Tensor<Double>
  /// z, `[rows, dimension]`.
  public var latent: Tensor<Double>
  /// γ, γ̇ and γγ̇ (or those of α), one for each row.
  public var coefficients: [Coefficient]

  /// x_t = I + sign · γ z, `[rows, dimension]`.
  ///
  /// - Parameter sign: 1, or −1 for the antithetic partner.
  /// - Returns: `[rows, dimension]`.
  public func points(sign: Double = 1) -> Tensor<Double> {
    combining(mean) { sign * $0.value }
  }

  /// ∂_t I + sign · γ̇ z, the target of the velocity at ``points(sign:)`` (2.13).
  public func velocityTarget(sign: Double = 1) -> Tensor<Double> {
    combining(meanDot) { sign * $0.derivative }
  }

  /// −sign · z / γ, the target of the score at ``points(sign:)`` (2.16).
  public func scoreTarget(sign: Double = 1) -> Tensor<Double> {
    combining(nil) { -sign / $0.value }
  }

  /// sign · z, the target of the denoiser at ``points(sign:)`` (2.19).
  public func denoiserTarget(sign: Double = 1) -> Tensor<Double> {
    combining(nil) { _ in sign }
  }

  /// start + weight(row) · z.
  private func combining(
    _ start: Tensor<Double>?,
    _ weight: (Coefficient) -> Double
  ) -> Tensor<Double> {
    var result = start ?? Tensor(zeros: latent.shape)
    let dimension = latent.shape[1]
    result.withMutableSpan { result in
      latent.withSpan { latent in
        for row in 0..<coefficients.count {
          let own = weight(coefficients[row])
          // 0 · z is left out: with γ = 0 there is no latent at all.
          if own == 0 { continue }
          for component in 0..<dimension {
            let index = row * dimension + component
            result[index] += own * latent[index]
          }
        }
      }
    }
    return result
  }
}

/// weight₀(row) · first + weight₁(row) · second, `[rows, dimension]`.
func combineRows(
  _ first: Tensor<Double>,
  _ second: Tensor<Double>,
  weights: (Int) -> (Double, Double)
) -> Tensor<Double> {
  require(
    first.shape == second.shape && first.rank == 2,
    "the points x0 and x1 have the shapes \(first.shape) and \(second.shape); they must be equal, "
      + "[rows, dimension]"
  )
  let dimension = first.shape[1]
  var result = Tensor<Double>(zeros: first.shape)
  result.withMutableSpan { result in
    first.withSpan { first in
      second.withSpan { second in
        for row in 0..<(dimension == 0 ? 0 : first.count / dimension) {
          let (a, b) = weights(row)
          for index in row * dimension..<(row + 1) * dimension {
            result[index] = a * first[index] + b * second[index]
          }
        }
      }
    }
  }
  return result
}
