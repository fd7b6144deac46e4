internal import RealModule
internal import Tensors

/// The exact fields of a spatially linear interpolant between Gaussian mixtures (Appendix A).
///
/// In a pair of components of ρ₀ and ρ₁ with Cov(x₀, x₁) = S let m = αm₀ + βm₁ and
/// C = α²C₀ + β²C₁ + αβ(S + Sᵀ) + γ²Id. Then ρ(t, x) = Σ p N(x; m, C) (A.4) and every field is the
/// mean, with the posterior weights of the pairs, of its regression on x in a pair (A.5), (A.6): with
/// g = C⁻¹(x − m), b = ṁ + (αα̇C₀ + ββ̇C₁ + α̇βS + αβ̇Sᵀ + γγ̇Id) g, v the same without γγ̇, s = −g,
/// η_z = γg, η₀ = m₀ + (αC₀ + βS) g and η₁ = m₁ + (βC₁ + αSᵀ) g. Weights are taken in log space.
///
/// All are finite at t = 0 and t = 1, also where γ̇ or, in a one-sided interpolant, α̇ is infinite. An
/// infinite α̇ of a two-sided interpolant, as SBDM's at t = 1, leaves b and v without a limit unless
/// all S are 0 and E[x₀] = 0 over the components paired with each of x₁: they are ±∞ or NaN there, as
/// everything is where C is singular (α = β = γ = 0). ``check(_:at:)`` and ``values(at:_:wanted:)`` say so in a typed error. Where log ρ
/// is −∞ because |x|² overflows, the fields are those of the nearest component.
public struct MixtureFields<I: Interpolant>: Fields {
  /// The interpolant.
  public let interpolant: I
  /// The number of components of a point.
  public let dimension: Int

  let pairs: [MixturePair]
  /// The same on the line; empty in other dimensions.
  private let linePairs: [LinePair]

  /// The fields between two mixtures, drawn independently.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, with a point x₀.
  ///   - base: ρ₀.
  ///   - target: ρ₁.
  public init(_ interpolant: I, base: GaussianMixture, target: GaussianMixture) {
    Self.requireBasePoint(interpolant)
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

  /// The fields between two mixtures whose components are paired.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, with a point x₀.
  ///   - coupling: the law of (x₀, x₁).
  public init(_ interpolant: I, coupling: MixtureCoupling) {
    Self.requireBasePoint(interpolant)
    let (crosses, dimension) = (coupling.crossCovariances, coupling.dimension)
    self.init(
      interpolant,
      dimension: dimension,
      pairs: (0..<coupling.componentCount).map { index in
        let cross = crosses.slice(index..<index + 1).reshaped([dimension, dimension])
        return MixturePair(
          logWeight: Double.log(coupling.weights[index]),
          base: MixtureMode(coupling.base, index),
          target: MixtureMode(coupling.target, index),
          cross: cross.sumOfSquares == 0 ? nil : cross
        )
      }
    )
  }

  /// The fields of an interpolant that draws no x₀: one-sided, mirror, or from a point.
  ///
  /// - Parameters:
  ///   - interpolant: spatially linear, without a base point of its own.
  ///   - target: ρ₁.
  public init(_ interpolant: I, target: GaussianMixture) {
    Self.requireTargetAlone(interpolant, dimension: target.dimension)
    self.init(
      interpolant,
      dimension: target.dimension,
      pairs: (0..<target.modeCount).map { j in
        MixturePair(
          logWeight: Double.log(target.weights[j]),
          target: MixtureMode(target, j),
          of: interpolant
        )
      }
    )
  }

  /// A base that has to be given would be missing from every field.
  static func requireTargetAlone(_ interpolant: I, dimension: Int) {
    require(
      !interpolant.hasBasePoint,
      "\(interpolant) has a point x₀ of its own: give the base too"
    )
    require(
      (interpolant.dimension ?? dimension) == dimension,
      "the interpolant is made for \(interpolant.dimension ?? 0) dimensions, the target has \(dimension)"
    )
  }

  /// A base that is given and not drawn from would be left out of every field.
  static func requireBasePoint(_ interpolant: I) {
    require(
      interpolant.hasBasePoint,
      "\(interpolant) draws no point x₀: its base is its own, give the target alone"
    )
  }

  private init(_ interpolant: I, dimension: Int, pairs: [MixturePair]) {
    require(
      interpolant.linearCoefficients(0.5) != nil,
      "exact fields need an interpolant that is linear in its ends"
    )
    self.interpolant = interpolant
    self.dimension = dimension
    let isSteep = [0, 1.0].contains {
      interpolant.linearCoefficients($0)?.alpha.derivative.isFinite == false
    }
    self.pairs = isSteep ? MixturePair.centring(pairs) : pairs
    linePairs = dimension == 1 ? self.pairs.map(LinePair.init) : []
  }

  /// Everything; η₀ only where x₀ is drawn, and u where the latent is the law of a process.
  public var available: Quantities {
    var result: Quantities = [
      .velocity, .score, .denoiser, .divergence, .conditionalVelocity, .targetDenoiser, .logDensity,
      .scoreDivergence,
    ]
    if interpolant.hasBasePoint { result.insert(.baseDenoiser) }
    if interpolant.process(0.5) != nil { result.insert(.drift) }
    return result
  }

  /// Whether the interpolant's latent is N(0, Id).
  public var hasStandardLatent: Bool { interpolant.latentCovariance == nil }

  /// ε of the latent's process.
  public func processDiffusion(_ time: Double) -> Double? {
    interpolant.process(time)?.diffusion
  }

  /// α, β and γ at a time.
  func coefficients(_ time: Double) -> LinearCoefficients {
    guard let own = interpolant.linearCoefficients(time) else {
      fatalError("the interpolant is not linear in its ends at t = \(time)")
    }
    return own
  }

  /// The pairs at a time, with their factorised covariances and the regressions of some fields.
  func pairs(
    at time: Double,
    for fields: [VectorField] = []
  ) throws(MixtureFieldsError) -> [PairAtTime] {
    let own = coefficients(time)
    let process = interpolant.process(time)
    var result: [PairAtTime] = []
    for (index, pair) in pairs.enumerated() {
      do {
        result.append(try PairAtTime(pair, own, process, fields: fields))
      } catch {
        throw .singularCovariance(
          component: index,
          time: time,
          alpha: own.alpha.value,
          beta: own.beta.value,
          gamma: own.latent.value
        )
      }
    }
    return result
  }

  /// The pairs at a time as numbers; nil where there is more than one dimension or a variance is 0.
  func linePairs(at time: Double) -> [LinePairAtTime]? {
    if linePairs.isEmpty { return nil }
    let (own, process) = (coefficients(time), interpolant.process(time))
    var result: [LinePairAtTime] = []
    for pair in linePairs {
      guard let pair = pair.at(own, process) else { return nil }
      result.append(pair)
    }
    return result
  }
}
