internal import RealModule
public import Tensors

/// The exact solution of the probability flow ẋ = b(t, x) (2.32) between two Gaussians.
///
/// b is affine (A.7), so X_t = m(t) + M (x − m(s)) for the point x at time s, where Ṁ = Cov(ẋ, x_t) C⁻¹ M
/// and M = Id at t = s. M C(s) Mᵀ = C(t) and log |det M| = ½ log(|C(t)|/|C(s)|). In a basis in which all
/// C(t) are diagonal M multiplies by √(cᵢ(t)/cᵢ(s)): for common eigenvectors of C₀, C₁ and a symmetric
/// Cov(x₀, x₁), and for γ = 0 with independent ends by the generalised eigenvectors of C₀ and C₁.
/// Otherwise the linear equation is integrated to 10⁻¹² of the largest element of M.
///
/// s and t may be 0 and 1, also where γ̇ is infinite, and s > t runs backward.
public struct GaussianFlow<I: Interpolant>: Sendable {
  /// The interpolant.
  public let interpolant: I
  /// The number of components of a point.
  public var dimension: Int { pair.dimension }

  let pair: MixturePair
  private let basis: CovarianceBasis?

  /// The flow between two Gaussians, drawn independently.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, with a point x₀.
  ///   - base: ρ₀.
  ///   - target: ρ₁.
  public init(_ interpolant: I, base: Gaussian, target: Gaussian) {
    MixtureFields.requireBasePoint(interpolant)
    require(
      base.dimension == target.dimension,
      "the two ends of a bridge have equal dimensions, got \(base.dimension) and "
        + "\(target.dimension)"
    )
    self.init(
      interpolant,
      MixturePair(logWeight: 0, base: MixtureMode(base), target: MixtureMode(target))
    )
  }

  /// The flow of an interpolant that draws no x₀: one-sided from a Gaussian, mirror, or from a point, where
  /// it starts after t = 0.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, without a base point of its own.
  ///   - target: ρ₁.
  public init(_ interpolant: I, target: Gaussian) {
    MixtureFields.requireTargetAlone(interpolant, dimension: target.dimension)
    self.init(interpolant, MixturePair(target: MixtureMode(target), of: interpolant))
  }

  /// The flow between two Gaussians with a joint law.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, with a point x₀.
  ///   - coupling: the law of (x₀, x₁), of one component.
  public init(_ interpolant: I, coupling: MixtureCoupling) {
    require(
      coupling.componentCount == 1,
      "a Gaussian flow takes a coupling of one component, got \(coupling.componentCount)"
    )
    self.init(interpolant, MixtureFields(interpolant, coupling: coupling).pairs[0])
  }

  private init(_ interpolant: I, _ pair: MixturePair) {
    require(
      interpolant.linearCoefficients(0.5) != nil,
      "an exact flow needs an interpolant that is linear in its ends"
    )
    self.interpolant = interpolant
    self.pair = pair
    basis = CovarianceBasis(pair, hasLatent: interpolant.hasLatent)
  }

  /// Whether M has a closed form, so that nothing is integrated.
  public var isClosed: Bool { basis != nil }

  /// X_t of the points x at time s.
  ///
  /// - Parameters:
  ///   - points: x, `[rows, dimension]`.
  ///   - start: s in [0, 1].
  ///   - end: t in [0, 1].
  /// - Returns: `[rows, dimension]`.
  /// - Throws: what ``matrix(from:to:)`` throws.
  public func callAsFunction(
    _ points: Tensor<Double>,
    from start: Double,
    to end: Double
  ) throws(MixtureFieldsError) -> Tensor<Double> {
    require(
      points.rank == 2 && points.shape[1] == dimension,
      "a flow in \(dimension) dimensions takes points of shape [rows, \(dimension)], got "
        + "\(points.shape)"
    )
    let matrix = try matrix(from: start, to: end)
    let centred = points - pair.mean(coefficients(start))
    return pair.mean(coefficients(end)) + .product(centred, matrix, transposingSecond: true)
  }

  /// M, the Jacobian of X_t with respect to the point at time s, `[dimension, dimension]`.
  ///
  /// - Parameters:
  ///   - start: s in [0, 1].
  ///   - end: t in [0, 1].
  /// - Returns: M.
  /// - Throws: where C is singular on the way, as for encoding–decoding with γ = 0 at t = ½; where an
  ///   infinite derivative multiplies Cov(x₀, x₁) at an end; where the integration needs steps below
  ///   10⁻¹².
  public func matrix(
    from start: Double,
    to end: Double
  ) throws(MixtureFieldsError) -> Tensor<Double> {
    guard let basis else { return try integratedMatrix(from: start, to: end) }
    if !interpolant.hasLatent {
      // Only without a latent can x_t shrink to a point inside.
      for step in 0...1_000 {
        let time = Double(step) / 1_000
        if time > min(start, end), time < max(start, end) { _ = try variances(basis, time) }
      }
    }
    let (before, after) = (try variances(basis, start), try variances(basis, end))
    let scales = zip(before, after).map { ($1 / $0).squareRoot() }
    return .product(basis.vectors * Tensor(scales, shape: [1, dimension]), basis.inverse)
  }

  /// log |det M| = ½ log(|C(t)|/|C(s)|), with which log ρ_t(X_t) = log ρ_s(x) − log |det M|.
  ///
  /// - Parameters:
  ///   - start: s in [0, 1].
  ///   - end: t in [0, 1].
  /// - Returns: the logarithm; det M is positive.
  /// - Throws: where C is singular at one of the two times.
  public func logDeterminant(
    from start: Double,
    to end: Double
  ) throws(MixtureFieldsError) -> Double {
    // The offsets of the log-densities are −½ log |2πC|.
    try pairAtTime(start).offset - pairAtTime(end).offset
  }

  func coefficients(_ time: Double) -> LinearCoefficients {
    require(time >= 0 && time <= 1, "a time of a flow must lie in [0, 1], got \(time)")
    guard let own = interpolant.linearCoefficients(time) else {
      fatalError("the interpolant is not linear in its ends at t = \(time)")
    }
    return own
  }

  func pairAtTime(_ time: Double) throws(MixtureFieldsError) -> PairAtTime {
    let own = coefficients(time)
    do { return try PairAtTime(pair, own) } catch { throw singular(own, time) }
  }

  private func variances(
    _ basis: CovarianceBasis,
    _ time: Double
  ) throws(MixtureFieldsError) -> [Double] {
    let own = coefficients(time)
    let variances = basis.variances(own)
    // Not `<= 0`, which lets NaN through.
    if !variances.allSatisfy({ $0 > 0 }) { throw singular(own, time) }
    return variances
  }

  private func singular(_ own: LinearCoefficients, _ time: Double) -> MixtureFieldsError {
    .singularCovariance(
      component: 0,
      time: time,
      alpha: own.alpha.value,
      beta: own.beta.value,
      gamma: own.latent.value
    )
  }
}
