internal import RealModule
internal import Tensors

/// One mode of a mixture: m `[1, dimension]` and C.
struct MixtureMode: Sendable {
  let mean: Tensor<Double>
  let covariance: Tensor<Double>

  /// All mass in one point.
  init(at point: Tensor<Double>) {
    mean = point.reshaped([1, point.count])
    covariance = Tensor(zeros: [point.count, point.count])
  }

  init(_ gaussian: Gaussian) {
    mean = gaussian.mean.reshaped([1, gaussian.dimension])
    covariance = gaussian.covariance
  }

  init(_ mixture: GaussianMixture, _ mode: Int) {
    let dimension = mixture.dimension
    mean = mixture.means.slice(mode..<mode + 1)
    covariance = mixture.covariances.slice(mode..<mode + 1).reshaped([dimension, dimension])
  }
}

/// A mode of each end, with the logarithm of the pair's weight.
struct MixturePair: Sendable {
  let logWeight: Double
  let base: MixtureMode?
  let target: MixtureMode
  /// S = Cov(x₀, x₁); nil where the two are independent.
  var cross: Tensor<Double>?
  /// Whether E[x₀ | component of x₁] = 0, so that b has a limit where α̇ is infinite.
  var isCentred = false
  /// The latent's covariance where it is not Id.
  var latentCovariance: Tensor<Double>?

  var dimension: Int { target.mean.shape[1] }

  init(
    logWeight: Double,
    base: MixtureMode,
    target: MixtureMode,
    cross: Tensor<Double>? = nil
  ) {
    self.logWeight = logWeight
    self.base = base
    self.target = target
    self.cross = cross
  }

  /// A mode of ρ₁ alone, with the base that is an interpolant's own: a fixed point, or the latent.
  init(logWeight: Double = 0, target: MixtureMode, of interpolant: some Interpolant) {
    self.logWeight = logWeight
    base = interpolant.source.map { MixtureMode(at: $0) }
    self.target = target
    latentCovariance = interpolant.latentCovariance
  }

  /// A multiple of the latent's covariance.
  func latentCovariance(times factor: Double) -> Tensor<Double> {
    (latentCovariance ?? Tensor(identity: dimension)) * factor
  }

  /// m = αm₀ + βm₁, `[1, dimension]`.
  func mean(_ own: LinearCoefficients) -> Tensor<Double> {
    let mean = target.mean * own.beta.value
    return base.map { mean + $0.mean * own.alpha.value } ?? mean
  }

  /// C = α²C₀ + β²C₁ + αβ(S + Sᵀ) + γ²Id.
  func covariance(_ own: LinearCoefficients) -> Tensor<Double> {
    let (alpha, beta, gamma) = (own.alpha.value, own.beta.value, own.latent.value)
    var result = target.covariance * (beta * beta) + latentCovariance(times: gamma * gamma)
    if let base { result += base.covariance * (alpha * alpha) }
    if let cross { result += (cross + cross.transposed) * (alpha * beta) }
    return result
  }

  /// ṁ = α̇m₀ + β̇m₁, `[1, dimension]`.
  func meanDot(_ own: LinearCoefficients) -> Tensor<Double> {
    let mean = target.mean.scaled(byDerivative: own.beta.derivative)
    guard let base, !isCentred || own.alpha.derivative.isFinite else { return mean }
    return mean + base.mean.scaled(byDerivative: own.alpha.derivative)
  }

  /// Cov(∂_t I, x_t) = αα̇C₀ + ββ̇C₁ + α̇βS + αβ̇Sᵀ, whose first two products are finite always.
  ///
  /// It is ½ ∂_t(C − γ²Id) only where S is symmetric. Where α̇ is infinite, α is 0 and E[x₀] = 0 over the
  /// pairs of one component of x₁, their posterior weights p(1 + αm₀·g + O(α²)) leave αα̇m₀m₀ᵀ of α̇m₀.
  func interpolantSlope(_ own: LinearCoefficients) -> Tensor<Double> {
    let (alpha, beta) = (own.alpha, own.beta)
    var result = target.covariance * beta.product
    if let base { result += base.covariance * alpha.product }
    if let base, isCentred, !alpha.derivative.isFinite {
      result += Tensor.product(base.mean, base.mean, transposingFirst: true) * alpha.product
    }
    if let cross {
      result += (cross * beta.value).scaled(byDerivative: alpha.derivative)
      result += (cross.transposed * alpha.value).scaled(byDerivative: beta.derivative)
    }
    return result
  }

  /// The moment that an infinite α̇ or β̇ multiplies in b without being 0, if there is one.
  func infiniteTerm(_ own: LinearCoefficients) -> (coefficient: String, moment: String)? {
    func isZero(_ tensor: Tensor<Double>?) -> Bool { tensor?.sumOfSquares ?? 0 == 0 }
    if !own.alpha.derivative.isFinite {
      if !isCentred, !isZero(base?.mean) { return ("α", "the mean of x0") }
      if own.beta.value != 0, !isZero(cross) { return ("α", "the covariance of x0 and x1") }
    }
    if !own.beta.derivative.isFinite {
      if !isZero(target.mean) { return ("β", "the mean of x1") }
      if own.alpha.value != 0, !isZero(cross) { return ("β", "the covariance of x0 and x1") }
    }
    return nil
  }
}

extension MixturePair {
  /// The pairs with ``isCentred`` found out: over those of equal mode of x₁, Σ p m₀ is 0 to rounding.
  static func centring(_ pairs: [MixturePair]) -> [MixturePair] {
    var result = pairs
    var isDone = [Bool](repeating: false, count: pairs.count)
    for first in pairs.indices where !isDone[first] {
      let own = pairs[first].target
      let group = pairs.indices.filter {
        pairs[$0].target.mean == own.mean && pairs[$0].target.covariance == own.covariance
      }
      var (sum, size) = (Tensor<Double>(zeros: own.mean.shape), 0.0)
      for index in group {
        isDone[index] = true
        guard let mean = pairs[index].base?.mean else { continue }
        let weight = Double.exp(pairs[index].logWeight)
        sum.add(mean, scaledBy: weight)
        size += weight * mean.sumOfSquares.squareRoot()
      }
      let bound = 4 * Double(group.count) * Double.ulpOfOne * size
      if sum.sumOfSquares.squareRoot() <= bound {
        for index in group { result[index].isCentred = true }
      }
    }
    return result
  }
}

extension Tensor where Scalar == Double {
  /// This times a derivative; 0 stays 0 where the derivative is infinite, as it is 0 at all times
  /// before.
  fileprivate func scaled(byDerivative derivative: Double) -> Tensor {
    if derivative.isFinite { return self * derivative }
    return Tensor(elements.map { $0 == 0 ? 0 : $0 * derivative }, shape: shape)
  }
}

/// The regression of a vector on x_t in a pair: E[y | x_t = x] = offset + gain C⁻¹(x − m).
struct PairRegression {
  /// E[y], `[1, dimension]`.
  let offset: Tensor<Double>
  /// Cov(y, x_t), which need not be symmetric.
  let gain: Tensor<Double>
  /// The gain's transpose, packed: what rows of C⁻¹(x − m) are multiplied by.
  let packedGain: PackedMatrix

  init(offset: Tensor<Double>, gain: Tensor<Double>) {
    self.offset = offset
    self.gain = gain
    packedGain = PackedMatrix(gain, transposed: true)
  }
}

/// What a pair of modes is at one time.
struct PairAtTime {
  /// C⁻¹(x − m) and L⁻¹(x − m), `[rows, dimension]`, and log pN(x; m, C), `[rows]`.
  struct Residuals {
    let g: Tensor<Double>
    let whitened: Tensor<Double>
    let logTerm: Tensor<Double>
  }

  let pair: MixturePair
  let own: LinearCoefficients
  let process: LatentProcess?
  /// C⁻¹.
  let precision: Tensor<Double>
  /// log p/√|2πC|.
  let offset: Double

  /// m.
  let mean: Tensor<Double>
  /// L⁻¹ of C = L Lᵀ, and its transpose: blocks of points are multiplied by them, which is faster than to
  /// solve with L.
  private let inverse: PackedMatrix
  private let inverseTransposed: PackedMatrix
  /// The regressions that were asked for when this was made.
  private var regressions: [VectorField: PairRegression] = [:]

  init(
    _ pair: MixturePair,
    _ own: LinearCoefficients,
    _ process: LatentProcess? = nil,
    fields: [VectorField] = []
  ) throws(LinearAlgebraError) {
    let dimension = pair.dimension
    self.pair = pair
    self.own = own
    self.process = process
    mean = pair.mean(own)
    let factor = try pair.covariance(own).cholesky()
    let inverse = try factor.solvingLowerTriangular(Tensor(identity: dimension))
    self.inverse = PackedMatrix(inverse, triangle: .lower)
    inverseTransposed = PackedMatrix(inverse, transposed: true, triangle: .upper)
    precision = .product(inverse, inverse, transposingFirst: true)
    var logDeterminant = 0.0
    for index in 0..<dimension { logDeterminant += Double.log(factor[index, index]) }
    offset = pair.logWeight - logDeterminant - 0.5 * Double(dimension) * logTwoPi
    for field in fields { regressions[field] = regression(field) }
  }

  /// E[y] and Cov(y, x_t) of the vector y whose regression a field is.
  func regression(_ field: VectorField) -> PairRegression {
    if let known = regressions[field] { return known }
    let dimension = pair.dimension
    let identity = Tensor<Double>(identity: dimension)
    let zero = Tensor<Double>(zeros: [1, dimension])
    switch field {
    case .velocity:
      return PairRegression(
        offset: pair.meanDot(own),
        gain: pair.interpolantSlope(own) + pair.latentCovariance(times: own.latent.product)
      )
    case .drift:
      guard let process else { fatalError("the latent is the law of no process") }
      // δγ = γγ̇ − ε is finite where δ is not.
      return PairRegression(
        offset: pair.meanDot(own),
        gain: pair.interpolantSlope(own)
          + pair.latentCovariance(times: own.latent.product - process.diffusion)
      )
    case .conditionalVelocity:
      return PairRegression(offset: pair.meanDot(own), gain: pair.interpolantSlope(own))
    case .score: return PairRegression(offset: zero, gain: -identity)
    case .denoiser:
      return PairRegression(offset: zero, gain: pair.latentCovariance(times: own.latent.value))
    case .baseDenoiser:
      guard let base = pair.base else { return PairRegression(offset: zero, gain: identity * 0) }
      var gain = base.covariance * own.alpha.value
      if let cross = pair.cross { gain += cross * own.beta.value }
      return PairRegression(offset: base.mean, gain: gain)
    case .targetDenoiser:
      var gain = pair.target.covariance * own.beta.value
      if let cross = pair.cross { gain += cross.transposed * own.alpha.value }
      return PairRegression(offset: pair.target.mean, gain: gain)
    }
  }

  func residuals(_ points: Tensor<Double>) -> Residuals {
    let whitened = inverseTransposed.product(points - mean)
    let norms = (whitened * whitened).sum(along: 1)
    return Residuals(
      g: inverse.product(whitened),
      whitened: whitened,
      logTerm: norms.affine(scale: -0.5, offset: offset)
    )
  }
}
