import RealModule
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Exact Wasserstein distance")
struct ExactWassersteinTests {
  private func costs(_ x: Tensor<Double>, _ y: Tensor<Double>, order: Int) -> [[Double]] {
    (0..<x.shape[0]).map { row in
      (0..<y.shape[0]).map { other in
        let square = (x.slice(row..<row + 1) - y.slice(other..<other + 1)).sumOfSquares
        return order == 1 ? square.squareRoot() : square
      }
    }
  }

  /// The least sum of costs over all permutations, one row after the other.
  private func leastSum(_ costs: [[Double]], row: Int = 0, taken: Set<Int> = []) -> Double {
    if row == costs.count { return 0 }
    var least = Double.infinity
    for column in costs.indices where !taken.contains(column) {
      let rest = leastSum(costs, row: row + 1, taken: taken.union([column]))
      least = min(least, costs[row][column] + rest)
    }
    return least
  }

  @Test("no permutation is cheaper, for up to 7 points", arguments: 1...7, [1, 2])
  func bruteForce(_ count: Int, _ order: Int) throws {
    for seed in 1...20 {
      // Quarters: their squares and sums are exact, and equal points and ties occur.
      let x: Tensor<Double> = quarterTensor([count, 2], seed: UInt64(seed))
      let y: Tensor<Double> = quarterTensor([count, 2], seed: UInt64(seed + 100))
      let assignment = try ExactWasserstein(order: order).assignment(x, y)
      let least = leastSum(costs(x, y, order: order)) / Double(count)
      // Sums of at most 7 roots below 6, each rounded once.
      let tolerance = order == 1 ? 7 * 6 * 0x1p-52 : 0
      #expect((assignment.meanCost - least).magnitude <= tolerance)
      #expect(assignment.permutation.sorted() == Array(0..<count))
    }
  }

  @Test(
    "potentials prove the assignment optimal",
    arguments: [1, 2],
    ["plane", "many in the plane", "space", "ties"]
  )
  func duality(_ order: Int, _ kind: String) throws {
    // From 256 points on the problem starts from that of every other one.
    let count = kind == "many in the plane" ? 601 : 200
    let (x, y): (Tensor<Double>, Tensor<Double>) =
      switch kind {
      case "plane", "many in the plane":
        (Pinwheel().sample(count: count, seed: 1), Checkerboard().sample(count: count, seed: 2))
      case "space":
        (
          StandardGaussian(dimension: 3).sample(count: count, seed: 1),
          Subject.gaussianInSpace.sample(count: count, seed: 2)
        )
      default: (quarterTensor([count, 2], seed: 1), quarterTensor([count, 2], seed: 2))
      }
    let assignment = try ExactWasserstein(order: order).assignment(x, y)
    #expect(assignment.permutation.sorted() == Array(0..<count))
    let costs = costs(x, y, order: order)
    let (u, v) = (assignment.firstPotentials.elements, assignment.secondPotentials.elements)
    // A potential is rounded a few times in each of at most `count` searches (and half as many before
    // in the halved problem, and so on), each time to half a unit in the last place of a number
    // below the largest cost times two.
    let tolerance = 8 * Double(count) * magnitude(costs.flatMap { $0 }) * 0x1p-52
    var worst = Double.infinity
    for row in 0..<count {
      for column in 0..<count { worst = min(worst, costs[row][column] - u[row] - v[column]) }
      let own = assignment.permutation[row]
      #expect((costs[row][own] - u[row] - v[own]).magnitude <= tolerance)
    }
    #expect(worst >= -tolerance)
  }

  @Test("a set and its shift by δ are |δ| apart, and the permutation is found again")
  func shifted() throws {
    let points = Pinwheel().sample(count: 400, seed: 1)
    let order = Philox.permutation(count: 400, seed: 2)
    let moved = (points + Tensor([3, -4])).gatheringRows(order)
    for distance in [ExactWasserstein(order: 1), ExactWasserstein(order: 2)] {
      // Points below 8: each coordinate's difference is off by less than 2⁻⁴⁹.
      let assignment = try distance.assignment(points, moved)
      #expect((assignment.distance - 5).magnitude < 0x1p-48)
    }
    let assignment = try ExactWasserstein().assignment(points, moved)
    // Only for squares is the shift the one best assignment.
    #expect(assignment.permutation.map { order[$0] } == Array(0..<400))
    #expect(try ExactWasserstein().assignment(points, points).distance == 0)
  }

  @Test("on the line sorted values are assigned", arguments: [1, 2, 50, 1_000])
  func line(_ count: Int) throws {
    let x = StandardGaussian(dimension: 1).sample(count: count, seed: 4)
    let y = StandardGaussian(dimension: 1).sample(count: count, seed: 5) * 2 + 1
    let differences = zip(x.elements.sorted(), y.elements.sorted()).map { ($0 - $1).magnitude }
    let first = differences.reduce(0, +) / Double(count)
    let second = (differences.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
    let (one, two) = (ExactWasserstein(order: 1), ExactWasserstein(order: 2))
    // A sum of n positive numbers in any order is rounded n times, and a number, the mean and its
    // root four times more: on either side.
    let bound = 2 * Double(count + 4) * 0x1p-53
    #expect((one.estimate(x, y).value / first - 1).magnitude <= bound)
    #expect((two.estimate(x, y).value / second - 1).magnitude <= bound)
    // In one direction, slicing is the same distance: it is ±1.
    let sliced = SlicedWasserstein(directionCount: 1).distance(x, y)
    #expect((two.estimate(x, y).value / sliced - 1).magnitude <= bound)
  }

  @Test("the standard error is the spread over repetitions")
  func standardError() {
    let (count, repeats) = (100, 200)
    let density = StandardGaussian(dimension: 2)
    let estimates = (0..<repeats).map { index in
      let x = density.sample(count: count, seed: UInt64(2 * index + 1))
      let y = density.sample(count: count, seed: UInt64(2 * index + 2)) + Tensor([4, 0])
      return ExactWasserstein().estimate(x, y)
    }
    let values = Tensor(estimates.map(\.value), shape: [repeats, 1])
    let spread = Moments(of: values).covariance[0, 0].squareRoot()
    // Between N(0, I) and N(δ, I) the potentials are −2 ⟨δ, x⟩ and 2 ⟨δ, y⟩ up to constants: variance
    // 8 |δ|²/n of W₂², 2/n of W₂. A spread over R repetitions is known to 1/√(2R) of itself.
    let tolerance = 5 / (2 * Double(repeats)).squareRoot()
    #expect((spread / (2 / Double(count)).squareRoot() - 1).magnitude < tolerance)
    let stated = estimates.reduce(0) { $0 + $1.standardError } / Double(repeats)
    #expect((stated / spread - 1).magnitude < tolerance)
  }

  @Test("points that are not finite or too far apart")
  func faulty() throws {
    let x = StandardGaussian(dimension: 2).sample(count: 10, seed: 1)
    var broken = x
    broken[3, 1] = .nan
    #expect(throws: PointsError.notFinite(row: 3, column: 1)) {
      try ExactWasserstein().assignment(x, broken)
    }
    #expect(ExactWasserstein().estimate(broken, x).value.isNaN)
    var wide = x
    wide[0, 1] = 1e160
    #expect(throws: PointsError.tooWide(column: 1)) {
      try ExactWasserstein().assignment(wide, x)
    }
  }

  @Test("misuse names the counts")
  func misuse() async {
    func output(_ result: ExitTest.Result?) -> String {
      result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
    let uneven = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try ExactWasserstein().assignment(Tensor(zeros: [3, 2]), Tensor(zeros: [4, 2]))
    }
    #expect(output(uneven).contains("got 3 and 4"))
    let large = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try ExactWasserstein().assignment(Tensor(zeros: [5_001, 1]), Tensor(zeros: [5_001, 1]))
    }
    #expect(output(large).contains("at most 5000 points, got 5001"))
    let order = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ExactWasserstein(order: 3)
    }
    #expect(output(order).contains("1 or 2, got 3"))
  }
}
