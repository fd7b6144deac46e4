import StochasticInterpolants
import Tensors

/// A bridge between mixtures with exact fields: what every method is given.
struct Problem: Sendable {
  let name: String
  let design: Design
  let fields: MixtureFields<AnyInterpolant>
  let base: any Density
  let target: GaussianMixture
  /// The variance of a component within a mode, in the mean over components and modes, of each end.
  let widths: (base: Double, target: Double)

  /// The bridge of a two-sided interpolant.
  init(
    _ name: String,
    base: GaussianMixture,
    target: GaussianMixture,
    design: Design = .linear
  ) {
    self.name = name
    self.design = design
    self.base = base
    self.target = target
    fields = MixtureFields(design.interpolant, base: base, target: target)
    widths = (Self.width(base), Self.width(target))
  }

  /// The bridge of a one-sided interpolant, from N(0, Id).
  init(_ name: String, target: GaussianMixture, oneSided design: Design) {
    self.name = name
    self.design = design
    self.target = target
    base = StandardGaussian(dimension: target.dimension)
    fields = MixtureFields(design.interpolant, target: target)
    widths = (1, Self.width(target))
  }

  private static func width(_ mixture: GaussianMixture) -> Double {
    var sum = 0.0
    for (mode, weight) in mixture.weights.enumerated() {
      let covariance = mixture.covariances.slice(mode..<mode + 1)
        .reshaped([mixture.dimension, mixture.dimension])
      for index in 0..<mixture.dimension { sum += weight * covariance[index, index] }
    }
    return sum / Double(mixture.dimension)
  }

  /// Name and interpolant, as tables say it.
  var title: String { "\(name), \(design.name)" }
}

// MARK: On the line

extension Problem {
  /// The mixture of the paper's figures 6 and 7, the one on which methods are tuned.
  static func paper(_ design: Design = .linear) throws -> Problem {
    Problem(
      "paper",
      base: try mixture([0.5, 0.5], [-3, 3], [0.25, 0.25]),
      target: try paperTarget(),
      design: design
    )
  }

  /// The same target from N(0, 1).
  static func oneSidedPaper() throws -> Problem {
    Problem("paper", target: try paperTarget(), oneSided: .oneSidedLinear)
  }

  /// Two that no method was tuned on: unequal weights and widths; and a wide base.
  static func unseen() throws -> [Problem] {
    [
      Problem(
        "unequal",
        base: try mixture([0.7, 0.3], [-2, 4], [0.6, 0.2]),
        target: try mixture([0.2, 0.5, 0.3], [-5, -1, 5], [0.3, 0.8, 0.4])
      ),
      Problem(
        "wide",
        base: try mixture([1], [0], [4]),
        target: try mixture([0.5, 0.5], [-3, 3], [0.2, 0.6])
      ),
    ]
  }

  private static func paperTarget() throws -> GaussianMixture {
    try mixture([1.0 / 3, 1.0 / 3, 1.0 / 3], [-6, 0, 6], [0.5, 0.33, 0.5])
  }

  private static func mixture(
    _ weights: [Double],
    _ means: [Double],
    _ variances: [Double]
  ) throws -> GaussianMixture {
    try GaussianMixture(
      weights: weights,
      means: Tensor(means, shape: [means.count, 1]),
      covariances: Tensor(variances, shape: [means.count, 1, 1])
    )
  }
}

// MARK: In space

extension Problem {
  /// Section 7.2: N(0, Id) to five modes N(mᵢ, Cᵢ) with mᵢ ~ N(0, 7.5² Id) and Cᵢ = WᵢᵀWᵢ/d + Id, W
  /// standard normal; linear, γ = √(t(1−t)).
  static func fiveModes(dimension: Int) throws -> Problem {
    let modes = 5
    let draws = RandomBlock(seed: 72, samples: 0..<modes * (dimension + 1))
      .normal(columns: dimension)
    var covariances: [Double] = []
    for mode in 0..<modes {
      let start = modes + mode * dimension
      let w = draws.slice(start..<start + dimension)
      let square = Tensor.product(w, w, transposingFirst: true) / Double(dimension)
      covariances += (square + Tensor(identity: dimension)).elements
    }
    let origin = Tensor<Double>(zeros: [1, dimension])
    return Problem(
      "5 modes in \(dimension)-D",
      base: GaussianMixture(isotropic: origin, standardDeviation: 1),
      target: try GaussianMixture(
        weights: [Double](repeating: 1 / Double(modes), count: modes),
        means: draws.slice(0..<modes) * 7.5,
        covariances: Tensor(covariances, shape: [modes, dimension, dimension])
      )
    )
  }
}
