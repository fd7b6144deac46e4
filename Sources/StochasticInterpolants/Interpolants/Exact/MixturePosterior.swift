internal import RealModule
internal import Tensors

/// What is known of the pairs of a mixture at one time, given points: the weights a field is
/// averaged with.
protocol FieldPosterior {
  /// log ρ, `[rows]`.
  var logDensity: Tensor<Double> { get }

  /// A field, `[rows, dimension]`, and its divergence, `[rows]`.
  func means(
    of field: VectorField,
    withDivergence: Bool
  ) -> (field: Tensor<Double>, divergence: Tensor<Double>?)
}

/// The posterior in any dimension.
struct MixturePosterior: FieldPosterior {
  let pairs: [PairAtTime]
  let residuals: [PairAtTime.Residuals]
  /// The posterior weights of the pairs, each `[rows, 1]`.
  private let responsibilities: [Tensor<Double>]
  /// log ρ, `[rows]`.
  let logDensity: Tensor<Double>

  init(_ pairs: [PairAtTime], at points: Tensor<Double>) {
    let rows = points.shape[0]
    let residuals = pairs.map { $0.residuals(points) }
    let terms = residuals.map(\.logTerm.elements)
    let total = (0..<rows).map { row in
      var sum = LogSum()
      for term in terms { sum.add(term[row]) }
      return sum.value
    }
    // Where every |L⁻¹(x − m)|² overflows, log ρ is −∞ and the nearest pair takes all the weight.
    let nearest = (0..<rows).map { row in
      total[row] == -.infinity ? Self.nearest(residuals, pairs, row: row) : nil
    }
    self.pairs = pairs
    self.residuals = residuals
    var weights = terms.enumerated().map { index, term in
      (0..<rows).map { row in
        nearest[row].map { $0 == index ? 1 : 0 } ?? Double.exp(term[row] - total[row])
      }
    }
    // The rounding of log ρ, large where |x| is, is a factor common to the weights of a row.
    for row in 0..<rows {
      let sum = weights.reduce(0) { $0 + $1[row] }
      for index in weights.indices { weights[index][row] /= sum }
    }
    responsibilities = weights.map { Tensor($0, shape: [rows, 1]) }
    logDensity = Tensor(total, shape: [rows])
  }

  /// The pair of the least |L⁻¹(x − m)|, compared at a scale at which the squares are finite; of
  /// equal ones that of the largest p/√|C|.
  private static func nearest(
    _ residuals: [PairAtTime.Residuals],
    _ pairs: [PairAtTime],
    row: Int
  ) -> Int? {
    let whitened = residuals.map { $0.whitened.slice(row..<row + 1).elements }
    let largest = whitened.joined().reduce(0) { Swift.max($0, $1.magnitude) }
    guard largest.isFinite else { return nil }
    let norms = whitened.map { $0.reduce(0) { $0 + ($1 / largest) * ($1 / largest) } }
    return norms.indices.min {
      (norms[$0], -pairs[$0].offset) < (norms[$1], -pairs[$1].offset)
    }
  }

  /// Σ r · value, the posterior mean; a pair of weight 0 counts nothing, whatever its value.
  func mean(_ value: (Int) -> Tensor<Double>) -> Tensor<Double> {
    var sum: Tensor<Double>?
    for (index, weight) in responsibilities.enumerated() {
      let own = value(index)
      var result = sum ?? Tensor(zeros: own.shape)
      // Held once, so that it is written where it lies.
      sum = nil
      result.addRows(of: own, weights: weight)
      sum = result
    }
    guard let sum else { fatalError("a mixture without pairs") }
    return sum
  }

  /// E[y | x_t = x] in each pair, `[rows, dimension]`.
  func values(_ field: VectorField) -> [Tensor<Double>] {
    pairs.indices.map { index in
      let (pair, g) = (pairs[index], residuals[index].g)
      switch field {
      case .score: return -g
      case .velocity, .conditionalVelocity, .denoiser, .baseDenoiser, .targetDenoiser, .drift:
        let own = pair.regression(field)
        return own.packedGain.product(g, bias: own.offset)
      }
    }
  }

  func means(
    of field: VectorField,
    withDivergence: Bool
  ) -> (field: Tensor<Double>, divergence: Tensor<Double>?) {
    if field == .score && !withDivergence { return (-mean { residuals[$0].g }, nil) }
    let own = values(field)
    let result = mean { own[$0] }
    if !withDivergence { return (result, nil) }
    let score = field == .score ? result : mean { -residuals[$0].g }
    return (result, divergence(field, values: own, score: score))
  }

  /// The divergence of the field that has the given values in the pairs, `[rows]`.
  ///
  /// ∇·Σ r f = Σ r (∇·f + f · ∇log r) with ∇·f = tr(gain C⁻¹) and ∇log r = −g − s.
  private func divergence(
    _ field: VectorField,
    values: [Tensor<Double>],
    score: Tensor<Double>
  ) -> Tensor<Double> {
    let sum = mean { index in
      // tr(gain C⁻¹) is the sum of the elements' products, as C⁻¹ is symmetric.
      let trace = (pairs[index].regression(field).gain * pairs[index].precision).sum()
      let gradient = residuals[index].g + score
      return (values[index] * gradient).sum(along: 1, keepingAxis: true) * -1 + trace
    }
    return sum.reshaped([sum.shape[0]])
  }
}
