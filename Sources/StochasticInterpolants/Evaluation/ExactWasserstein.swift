internal import RealModule
public import Tensors

/// The Wasserstein distance W₁ or W₂ of two equally large sets of points, by optimal assignment.
///
/// Wₚ(x, y) = (min over permutations σ of (1/n) Σᵢ |xᵢ − y_σ(i)|ᵖ)^(1/p) with the Euclidean norm.
/// It is the root: much of the literature prints W₂² under the name of W₂.
///
/// In d > 2 dimensions two sets of one law are of the order n^(−1/d) apart, so nothing can be read
/// without the floor.
///
/// Source: Peyré, Cuturi 2019, chapter 2.
public struct ExactWasserstein: PointSetMeasure, Hashable {
  /// The largest number of points in a set; the costs of so many take 200 MB.
  public static let largestCount = 5_000

  /// p, 1 or 2.
  public let order: Int

  /// The distance of an order.
  ///
  /// - Parameter order: p, 1 or 2.
  public init(order: Int = 2) {
    require(order == 1 || order == 2, "the order of the distance is 1 or 2, got \(order)")
    self.order = order
  }

  /// The distance with a standard error from the potentials of the assignment.
  ///
  /// By the central limit theorem for empirical transport costs, Wₚᵖ varies about its own mean (not
  /// about the distance of the two laws) with the variance (Var u + Var v)/n of the optimal
  /// potentials u and v; divided by p Wₚ^(p−1) this is the error of Wₚ. Where both laws are equal it
  /// is too large, since there the potentials tend to constants: by about a third for two sets of 500
  /// points of the checkerboard.
  ///
  /// Source: del Barrio, Loubes 2019, for p = 2. For p = 1 the potentials may not be unique and the
  /// same formula is used without a theorem.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at most ``largestCount`` rows.
  ///   - second: of the same shape.
  ///   - workers: the threads that compute the costs; the assignment is found by one.
  /// - Returns: Wₚ, not raised to the power p; NaN where a point is not finite or the points are too
  ///   far apart for double precision.
  /// - Complexity: n³ operations at worst.
  public func estimate(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers
  ) -> Estimate {
    let count = first.shape.first ?? 0
    let assignment: PointAssignment
    do {
      assignment = try self.assignment(first, second, workers: workers)
    } catch {
      return Estimate(value: .nan, standardError: .nan, count: count)
    }
    func variance(_ potentials: Tensor<Double>) -> Double {
      let error = Estimate(meanOf: potentials).standardError
      return error * error
    }
    let variance = variance(assignment.firstPotentials) + variance(assignment.secondPotentials)
    let slope = order == 1 ? 1 : 2 * assignment.distance
    return Estimate(
      value: assignment.distance,
      standardError: variance.squareRoot() / slope,
      count: count
    )
  }

  /// The optimal assignment of two sets of points.
  ///
  /// - Parameters:
  ///   - first: `[count, dimension]`, at least one and at most ``largestCount`` rows.
  ///   - second: of the same shape.
  ///   - workers: the threads that compute the costs.
  /// - Returns: the permutation, its cost, and the potentials that prove it optimal.
  /// - Throws: where a value is not finite, or a column so wide that costs overflow.
  public func assignment(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    workers: Workers = .shared
  ) throws(PointsError) -> PointAssignment {
    checkPointSets(first, second, rows: 1)
    require(
      first.shape == second.shape,
      "an assignment needs as many points in either set, got \(first.shape[0]) and "
        + "\(second.shape[0])"
    )
    let count = first.shape[0]
    require(
      count <= Self.largestCount,
      "an optimal assignment is for at most \(Self.largestCount) points, got \(count): take fewer, "
        + "or SlicedWasserstein"
    )
    try PointsError.check(first)
    try PointsError.check(second)
    try checkWidth(first, second)
    let costs = costs(first, second, workers)
    let solution = LinearAssignment(costs)
    var sum = 0.0
    for row in 0..<count { sum += costs[row, solution.columnOfRow[row]] }
    let mean = sum / Double(count)
    return PointAssignment(
      permutation: solution.columnOfRow,
      meanCost: mean,
      distance: order == 1 ? mean : mean.squareRoot(),
      firstPotentials: Tensor(solution.rowPotentials),
      secondPotentials: Tensor(solution.columnPotentials)
    )
  }

  /// Throws where a sum of as many costs as there are points could overflow.
  private func checkWidth(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>
  ) throws(PointsError) {
    let (count, dimension) = (first.shape[0], first.shape[1])
    var sum = 0.0
    for column in 0..<dimension {
      var (least, largest) = (Double.infinity, -Double.infinity)
      for points in [first, second] {
        points.withSpan { x in
          for row in 0..<count {
            least = min(least, x[row * dimension + column])
            largest = max(largest, x[row * dimension + column])
          }
        }
      }
      sum += (largest - least) * (largest - least)
      guard (2 * Double(count) * sum).isFinite else { throw .tooWide(column: column) }
    }
  }

  /// |xᵢ − yⱼ|ᵖ, `[count, count]`.
  private func costs(
    _ first: Tensor<Double>,
    _ second: Tensor<Double>,
    _ workers: Workers
  ) -> Tensor<Double> {
    let (count, order) = (first.shape[0], order)
    let columns = ColumnPoints(second)
    let costs = Tensor<Double>(uninitialized: [count, count])
    workers.forEach(count) { row, _ in
      let target = costs.buffer.slice(row * count..<(row + 1) * count)
      columns.squaredDistances(fromRow: row, of: first, to: 0..<count, into: target)
      if order == 1 { Kernels.unary(.squareRoot, target, into: target) }
    }
    return costs
  }
}

/// An optimal assignment of one set of points to another.
public struct PointAssignment: Sendable, Equatable {
  /// σ: row i of the first set goes to row σ(i) of the second.
  public let permutation: [Int]
  /// The mean of the costs |xᵢ − y_σ(i)|ᵖ, which is Wₚᵖ.
  public let meanCost: Double
  /// Wₚ, the p-th root of ``meanCost``.
  public let distance: Double
  /// The potentials u of the first set, `[count]`: u(i) + v(j) ≤ |xᵢ − yⱼ|ᵖ, with equality at σ.
  public let firstPotentials: Tensor<Double>
  /// The potentials v of the second set, `[count]`.
  public let secondPotentials: Tensor<Double>
}
