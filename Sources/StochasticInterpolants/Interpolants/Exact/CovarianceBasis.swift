internal import Tensors

/// A basis in which the covariances of x_t of a pair are diagonal at all times: C(t) = V diag(c(t)) Vᵀ.
struct CovarianceBasis: Sendable {
  /// How large an element off the diagonal may be, relative to the largest on it.
  private static let tolerance = 1e-14

  /// V, a basis vector in each column.
  let vectors: Tensor<Double>
  /// V⁻¹.
  let inverse: Tensor<Double>
  /// The diagonals of V⁻¹ C₀ V⁻ᵀ, V⁻¹ C₁ V⁻ᵀ and V⁻¹ S V⁻ᵀ.
  private let base: [Double]
  private let target: [Double]
  private let cross: [Double]
  /// What γ² is multiplied with.
  private let latent: Double

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

  /// Common eigenvectors of C₀, C₁ and S, by those of a combination of them.
  private init?(common pair: MixturePair) {
    let dimension = pair.dimension
    let zero = Tensor<Double>(zeros: [dimension, dimension])
    let matrices = [pair.base?.covariance ?? zero, pair.target.covariance, pair.cross ?? zero]
    // Any factors do but those for which two different pairs of eigenvalues combine to the same.
    var combination = zero
    for (matrix, factor) in zip(matrices, [1, 0.618_033_988_749_895, 0.414_213_562_373_095]) {
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
    (base, target, cross) = (diagonals[0], diagonals[1], diagonals[2])
    latent = 1
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
    latent = 0
  }

  /// c = α² c₀ + β² c₁ + 2αβ s + γ².
  func variances(_ own: LinearCoefficients) -> [Double] {
    let (alpha, beta, gamma) = (own.alpha.value, own.beta.value, own.latent.value)
    return base.indices.map {
      alpha * alpha * base[$0] + beta * beta * target[$0] + 2 * alpha * beta * cross[$0]
        + gamma * gamma * latent
    }
  }
}
