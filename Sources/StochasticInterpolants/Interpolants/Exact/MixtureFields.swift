internal import RealModule
public import Tensors

/// The exact fields of a spatially linear interpolant between Gaussian mixtures (Appendix A).
///
/// With x₀ = component i of ρ₀, x₁ = component j of ρ₁, independent, and m = αm₀ + βm₁,
/// C = α²C₀ + β²C₁ + γ²Id, ρ(t, x) = Σ pᵢqⱼ N(x; m, C) (A.4) and every field is the mean, with the
/// posterior weights of the pairs, of its regression on x in a pair (A.5), (A.6): with
/// g = C⁻¹(x − m), b = ṁ + (αα̇C₀ + ββ̇C₁ + γγ̇Id) g, v the same without γγ̇, s = −g, η_z = γg,
/// η₀ = m₀ + αC₀g and η₁ = m₁ + βC₁g. Weights are taken in log space. Finite at t = 0 and t = 1, also
/// where the latent's derivative is infinite (γ̇, or α̇ of a one-sided interpolant); the α̇ and β̇ of a
/// two-sided one must be finite. It stops where C is singular, which needs α = β = γ = 0.
public struct MixtureFields<I: Interpolant>: Fields {
  /// The interpolant.
  public let interpolant: I
  /// The number of components of a point.
  public let dimension: Int

  let pairs: [MixturePair]

  /// The fields between two mixtures, drawn independently.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear.
  ///   - base: ρ₀.
  ///   - target: ρ₁.
  public init(_ interpolant: I, base: GaussianMixture, target: GaussianMixture) {
    require(
      base.dimension == target.dimension,
      "the two ends of a bridge have equal dimensions, got \(base.dimension) and "
        + "\(target.dimension)"
    )
    self.init(
      interpolant,
      dimension: target.dimension,
      pairs: (0..<base.modeCount).flatMap { i in
        (0..<target.modeCount).map { j in
          MixturePair(
            logWeight: Double.log(base.weights[i]) + Double.log(target.weights[j]),
            base: MixtureMode(base, i),
            target: MixtureMode(target, j)
          )
        }
      }
    )
  }

  /// The fields of an interpolant that has no x₀: one-sided from N(0, Id), or mirror.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, with α = 0 for x₀.
  ///   - target: ρ₁.
  public init(_ interpolant: I, target: GaussianMixture) {
    let alpha = interpolant.linearCoefficients(0.5)?.alpha.value
    require(
      alpha == 0,
      "\(interpolant) has a point x₀ of its own: give the base mixture too"
    )
    self.init(
      interpolant,
      dimension: target.dimension,
      pairs: (0..<target.modeCount).map { j in
        MixturePair(
          logWeight: Double.log(target.weights[j]),
          base: nil,
          target: MixtureMode(target, j)
        )
      }
    )
  }

  private init(_ interpolant: I, dimension: Int, pairs: [MixturePair]) {
    require(
      interpolant.linearCoefficients(0.5) != nil,
      "exact fields need an interpolant that is linear in its ends"
    )
    self.interpolant = interpolant
    self.dimension = dimension
    self.pairs = pairs
  }

  /// Everything; η₀ only where there is an x₀.
  public var available: Quantities {
    var result: Quantities = [
      .velocity, .score, .denoiser, .divergence, .conditionalVelocity, .targetDenoiser, .logDensity,
      .scoreDivergence,
    ]
    if pairs[0].base != nil { result.insert(.baseDenoiser) }
    return result
  }

  /// Makes an evaluator, which keeps the factorisations of the last time.
  public func makeEvaluator(_ wanted: Quantities, rows: Int) -> Evaluator {
    Evaluator(fields: self, wanted: wanted)
  }

  /// α, β and γ at a time.
  func coefficients(_ time: Double) -> LinearCoefficients {
    guard let own = interpolant.linearCoefficients(time) else {
      fatalError("the interpolant is not linear in its ends at t = \(time)")
    }
    return own
  }

  /// Evaluates exact fields on one thread.
  public final class Evaluator: FieldEvaluator {
    private let fields: MixtureFields
    private let wanted: Quantities
    private var last: (time: Double, pairs: [PairAtTime])?

    init(fields: MixtureFields, wanted: Quantities) {
      self.fields = fields
      self.wanted = wanted
    }

    /// Writes the wanted quantities.
    public func evaluate(time: Double, points: Tensor<Double>, into values: inout FieldValues) {
      let own = fields.coefficients(time)
      let pairs: [PairAtTime]
      if let last, last.time == time {
        pairs = last.pairs
      } else {
        pairs = fields.pairs.map { PairAtTime($0, own, time: time) }
        last = (time, pairs)
      }
      let regressions = pairs.map { $0.regression(on: points) }
      let (responsibilities, logDensity) = posterior(regressions, rows: points.shape[0])
      func mean(_ value: (Int) -> Tensor<Double>) -> Tensor<Double> {
        var sum = responsibilities[0] * value(0)
        for index in 1..<max(1, pairs.count) { sum += responsibilities[index] * value(index) }
        return sum
      }
      let score = mean { -regressions[$0].g }
      if wanted.contains(.logDensity) { values.logDensity = logDensity }
      if wanted.contains(.score) { values.score = score }
      if wanted.contains(.denoiser) { values.denoiser = score * -own.latent.value }
      if wanted.contains(.conditionalVelocity) {
        values.conditionalVelocity = mean {
          pairs[$0].meanDot + Tensor.product(regressions[$0].g, pairs[$0].interpolantSlope)
        }
      }
      if wanted.contains(.baseDenoiser) {
        values.baseDenoiser = mean { index in
          guard let base = fields.pairs[index].base else { return regressions[index].g }
          return base.mean
            + Tensor.product(regressions[index].g, base.covariance) * own.alpha.value
        }
      }
      if wanted.contains(.targetDenoiser) {
        values.targetDenoiser = mean { index in
          let target = fields.pairs[index].target
          return target.mean
            + Tensor.product(regressions[index].g, target.covariance) * own.beta.value
        }
      }
      if wanted.contains(.scoreDivergence) {
        // ∇·Σ r f = Σ r (∇·f + f · (−g − s)), as ∇r = r (−g − s).
        values.scoreDivergence = mean { index in
          let g = regressions[index].g
          return (g * (g + score)).sum(along: 1, keepingAxis: true) - pairs[index].precisionTrace
        }.reshaped([points.shape[0]])
      }
      if !wanted.isDisjoint(with: [.velocity, .divergence]) {
        let velocities = pairs.indices.map {
          pairs[$0].meanDot + Tensor.product(regressions[$0].g, pairs[$0].slope)
        }
        if wanted.contains(.velocity) { values.velocity = mean { velocities[$0] } }
        if wanted.contains(.divergence) {
          values.divergence = mean { index in
            let gradient = regressions[index].g + score
            return (velocities[index] * gradient).sum(along: 1, keepingAxis: true) * -1
              + pairs[index].slopeTrace
          }.reshaped([points.shape[0]])
        }
      }
    }

    /// The posterior weights of the pairs, each `[rows, 1]`, and log ρ, `[rows]`.
    private func posterior(
      _ regressions: [PairAtTime.Regression],
      rows: Int
    ) -> (responsibilities: [Tensor<Double>], logDensity: Tensor<Double>) {
      let terms = regressions.map(\.logTerm.elements)
      let total = (0..<rows).map { row in
        var sum = LogSum()
        for term in terms { sum.add(term[row]) }
        return sum.value
      }
      let responsibilities = terms.map { term in
        Tensor((0..<rows).map { Double.exp(term[$0] - total[$0]) }, shape: [rows, 1])
      }
      return (responsibilities, Tensor(total, shape: [rows]))
    }
  }
}

/// One mode of a mixture: m `[1, dimension]` and C.
struct MixtureMode: Sendable {
  let mean: Tensor<Double>
  let covariance: Tensor<Double>

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
}

/// What a pair of modes is at one time.
struct PairAtTime {
  /// C⁻¹(x − m) `[rows, dimension]` and log pᵢqⱼN(x; m, C) `[rows]`.
  struct Regression {
    let g: Tensor<Double>
    let logTerm: Tensor<Double>
  }

  /// ṁ, `[1, dimension]`.
  let meanDot: Tensor<Double>
  /// αα̇C₀ + ββ̇C₁ + γγ̇Id.
  let slope: Tensor<Double>
  /// αα̇C₀ + ββ̇C₁.
  let interpolantSlope: Tensor<Double>
  /// tr(slope C⁻¹).
  let slopeTrace: Double
  /// tr C⁻¹.
  let precisionTrace: Double

  private let mean: Tensor<Double>
  private let factor: Tensor<Double>
  private let offset: Double

  init(_ pair: MixturePair, _ own: LinearCoefficients, time: Double) {
    let dimension = pair.target.mean.shape[1]
    let identity = Tensor<Double>(identity: dimension)
    let (alpha, beta, gamma) = (own.alpha, own.beta, own.latent)
    var mean = pair.target.mean * beta.value
    var meanDot = pair.target.mean * beta.derivative
    var covariance =
      pair.target.covariance * (beta.value * beta.value) + identity * (gamma.value * gamma.value)
    var interpolantSlope = pair.target.covariance * beta.product
    if let base = pair.base {
      mean += base.mean * alpha.value
      meanDot += base.mean * alpha.derivative
      covariance += base.covariance * (alpha.value * alpha.value)
      interpolantSlope += base.covariance * alpha.product
    }
    self.mean = mean
    self.meanDot = meanDot
    self.interpolantSlope = interpolantSlope
    slope = interpolantSlope + identity * gamma.product
    do {
      factor = try covariance.cholesky()
      let inverse = try factor.solvingLowerTriangular(identity)
      precisionTrace = inverse.sumOfSquares
      let precision = Tensor.product(inverse, inverse, transposingFirst: true)
      slopeTrace = (slope * precision).sum()
    } catch {
      fatalError(
        "the covariance of x_t is singular at t = \(time), where α = \(alpha.value), "
          + "β = \(beta.value) and γ = \(gamma.value): \(error)"
      )
    }
    var logDeterminant = 0.0
    for index in 0..<dimension { logDeterminant += Double.log(factor[index, index]) }
    offset = pair.logWeight - logDeterminant - 0.5 * Double(dimension) * logTwoPi
  }

  func regression(on points: Tensor<Double>) -> Regression {
    let rows = points.shape[0]
    do {
      let whitened = try factor.solvingLowerTriangular((points - mean).transposed)
      let g = try factor.solvingLowerTriangular(whitened, transposed: true).transposed
      let norms = (whitened * whitened).sum(along: 0).reshaped([rows])
      return Regression(g: g, logTerm: norms.affine(scale: -0.5, offset: offset))
    } catch {
      fatalError("a Cholesky factor that was made cannot be solved with: \(error)")
    }
  }
}
