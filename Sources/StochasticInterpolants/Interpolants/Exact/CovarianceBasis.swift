internal import Tensors

/// A basis in which the covariances of x_t of a pair are diagonal at all times: C(t) = V diag(c(t)) Vᵀ.
struct CovarianceBasis: Sendable {
  /// How large an element off the diagonal may be, relative to the largest on it.
  private static let tolerance = 1e-14

  /// V, a basis vector in each column.
  let vectors: Tensor<Double>
  /// V⁻¹.
  let inverse: Tensor<Double>
  /// The diagonals of V⁻¹ C₀ V⁻ᵀ, V⁻¹ C₁ V⁻ᵀ, V⁻¹ S V⁻ᵀ and of the latent's covariance.
  private let base: [Double]
  private let target: [Double]
  private let cross: [Double]
  private let latent: [Double]

  /// The basis of a pair; nil where none is found.
  init?(_ pair: MixturePair, hasLatent: Bool) {
    if let common = Self(common: pair) {
      self = common
    } else if !hasLatent, pair.cross == nil, let generalised = Self(generalised: pair) {
      self = generalised
    } else {
      return nil
    }
  }

  /// Common eigenvectors of C₀, C₁, S and the latent's covariance, by those of a combination of them.
  private init?(common pair: MixturePair) {
    let dimension = pair.dimension
    let zero = Tensor<Double>(zeros: [dimension, dimension])
    let matrices = [
      pair.base?.covariance ?? zero, pair.target.covariance, pair.cross ?? zero,
      pair.latentCovariance(times: 1),
    ]
    // Any factors do but those for which two different pairs of eigenvalues combine to the same.
    let factors = [1, 0.618_033_988_749_895, 0.414_213_562_373_095, 0.732_050_807_568_877]
    var combination = zero
    for (matrix, factor) in zip(matrices, factors) {
      let norm = matrix.sumOfSquares.squareRoot()
      if norm > 0 { combination.add(matrix, scaledBy: factor / norm) }
    }
    guard let vectors = try? combination.symmetricEigen().vectors else { return nil }
    var diagonals: [[Double]] = []
    for matrix in matrices {
      let rotated = Tensor.product(vectors, .product(matrix, vectors), transposingFirst: true)
      let diagonal = (0..<dimension).map { rotated[$0, $0] }
      let largest = diagonal.reduce(0) { max($0, $1.magnitude) }
      for row in 0..<dimension {
        for column in 0..<dimension where row != column {
          let bound = Self.tolerance * Double(dimension) * largest
          if !(rotated[row, column].magnitude <= bound) { return nil }
        }
      }
      diagonals.append(diagonal)
    }
    self.vectors = vectors
    inverse = vectors.transposed
    (base, target, cross, latent) = (diagonals[0], diagonals[1], diagonals[2], diagonals[3])
  }

  /// C₀ = V Vᵀ and C₁ = V diag(λ) Vᵀ: V = L U with C₀ = L Lᵀ and L⁻¹C₁L⁻ᵀ = U diag(λ) Uᵀ.
  private init?(generalised pair: MixturePair) {
    let dimension = pair.dimension
    guard let factor = try? pair.base?.covariance.cholesky(),
      let inverseFactor = try? factor.solvingLowerTriangular(Tensor(identity: dimension)),
      let own = try? Tensor.product(
        .product(inverseFactor, pair.target.covariance),
        inverseFactor,
        transposingSecond: true
      ).symmetricEigen()
    else { return nil }
    vectors = .product(factor, own.vectors)
    inverse = .product(own.vectors, inverseFactor, transposingFirst: true)
    base = [Double](repeating: 1, count: dimension)
    target = own.values.elements
    cross = [Double](repeating: 0, count: dimension)
    latent = cross
  }

  /// c = α² c₀ + β² c₁ + 2αβ s + γ².
  func variances(_ own: LinearCoefficients) -> [Double] {
    let (alpha, beta, gamma) = (own.alpha.value, own.beta.value, own.latent.value)
    return base.indices.map {
      alpha * alpha * base[$0] + beta * beta * target[$0] + 2 * alpha * beta * cross[$0]
        + gamma * gamma * latent[$0]
    }
  }
}
