/// A method of weak order 3 for additive noise, from the increment and the area of a step alone.
///
/// With r = √6: c = (0, 3/8, (9 − r)/12, (9 + r)/12), b = (1/5, 0, (4 + r)/10, (4 − r)/10), a₄₂ = 0; stage i
/// sees the noise c_i ΔM + q_i H with q = (0, 3√5/4, (1 + r)/2, (1 − r)/2). Four evaluations, none at the
/// end of the step; strong order 1.5, order 3 without noise.
///
/// A stage's noise has the variance of M at its node, q_i² = 12c_i(1 − c_i), and its covariance with
/// ΔM. What is then left of the conditions of weak order 3 is Kutta's for order 3, Σ b_i q_i = 1,
/// Σ b_i c_i q_i = ½ for an ε that varies, and Σ b_i a_ij K_ij = 1/6 with K_ij = c_i c_j + q_i q_j/12. The
/// last and Kutta's Σ b_i a_ij c_j = 1/6 give a₃₂ and a₄₃ for any c₂. With positive weights three stages
/// cannot satisfy them all. Another family of four stages, for constant ε: Debrabant: Runge–Kutta
/// Methods for Third Order Weak Approximation of SDEs with Multidimensional Additive Noise. BIT 50
/// (2010).
public struct WeakOrder3: StochasticMethod {
  /// `"weak order 3"`.
  public static let name = "weak order 3"
  /// 1.5.
  public static let strongOrder = 1.5
  /// 3.0.
  public static let weakOrder = 3.0
  /// The method.
  public static let tableau: AdditiveTableau = {
    let root = 6.0.squareRoot()
    let nodes = [0, 0.375, (9 - root) / 12, (9 + root) / 12]
    let areas = [0, 0.75 * 5.0.squareRoot(), (1 + root) / 2, (1 - root) / 2]
    let weights = [0.2, 0, (4 + root) / 10, (4 - root) / 10]
    // b₃a₃₂ c₂ + b₄a₄₃ c₃ = 1/6 and the same with K₃₂ and K₄₃ = 5/12.
    let before = nodes[2] * nodes[1] + areas[2] * areas[1] / 12
    let determinant = 6 * (nodes[1] * (5.0 / 12) - nodes[2] * before)
    let third = (5.0 / 12 - nodes[2]) / (determinant * weights[2])
    let fourth = (nodes[1] - before) / (determinant * weights[3])
    return AdditiveTableau(
      nodes: nodes,
      stages: [[], [nodes[1]], [nodes[2] - third, third], [nodes[3] - fourth, 0, fourth]],
      weights: weights,
      increments: nodes,
      areas: areas,
      errors: [weights[0] - 1] + weights.dropFirst()
    )
  }()

  /// The method.
  public init() {}
}
