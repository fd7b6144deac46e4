import RealModule
import StochasticInterpolants
import Tensors
import Testing

@Suite("Sliced Wasserstein distance")
struct SlicedWassersteinTests {
  private let even = SlicedWasserstein(directionCount: 64, directions: .even)
  private let random = SlicedWasserstein(directionCount: 64, directions: .random(seed: 3))

  @Test("a set and the same set in another order are 0 apart", arguments: [2, 100, 5_000])
  func identical(_ count: Int) {
    let points = Pinwheel().sample(count: count, seed: 1)
    let shuffled = points.gatheringRows(Philox.permutation(count: count, seed: 2))
    #expect(even.distance(points, shuffled) == 0)
    #expect(random.distance(points, shuffled) == 0)
  }

  @Test(
    "a set and its shift by δ are the root mean square of ⟨θ, δ⟩ apart",
    arguments: [100, 3_000]
  )
  func shifted(_ count: Int) {
    let points = Pinwheel().sample(count: count, seed: 1)
    let moved = points + Tensor([3, -4])
    // Over evenly spaced directions the mean of ⟨θ, δ⟩² is |δ|²/2.
    #expect((even.distance(points, moved) - 5 / 2.0.squareRoot()).magnitude < 1e-12)
    let directions = random.unitDirections(dimension: 2)
    let along = Tensor.product(directions, Tensor([3, -4], shape: [2, 1]))
    let expected = (along.sumOfSquares / 64).squareRoot()
    #expect((random.distance(points, moved) - expected).magnitude < 1e-12)
  }

  @Test("on the line it is the distance of the sorted values", arguments: [40, 255, 256, 3_000])
  func line(_ count: Int) {
    let x = (StandardGaussian(dimension: 1).sample(count: count, seed: 4) * 50).applying(.floor)
    let y = StandardGaussian(dimension: 1).sample(count: count, seed: 5) * 1e-3
    let differences = zip(x.elements.sorted(), y.elements.sorted()).map { $0 - $1 }
    let expected = (differences.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
    // A sum of n positive numbers is rounded n times, and a number, the mean and its root four
    // times more, on either side; 64 directions are as many summands more.
    let bound = Double(2 * (count + 4) + 64) * 0x1p-53
    #expect((random.distance(x, y) / expected - 1).magnitude <= bound)
  }

  @Test("two Gaussians: shift and widening in closed form")
  func gaussians() throws {
    let count = 50_000
    let base = StandardGaussian(dimension: 2).sample(count: count, seed: 6)
    let moved = StandardGaussian(dimension: 2).sample(count: count, seed: 7) + Tensor([1, 2])
    // The distance of two equal laws of this many points, and five times the standard error
    // √(2/n) of a difference of means.
    let floor = even.floor(of: StandardGaussian(dimension: 2), count: count, seed: 8)
    let bound = 5 * (2 / Double(count)).squareRoot() + floor.value
    #expect((even.distance(base, moved) - 2.5.squareRoot()).magnitude < bound)
    let wide = StandardGaussian(dimension: 2).sample(count: count, seed: 9) * 3
    // W₂ of N(0, 1) and N(0, 9) is 2 in every direction: a difference of standard deviations, known
    // to √((1 + 9)/2n), and of each set from its law the floor's share, 1/√2 and 3/√2 of it, below
    // 3.
    let widening = 5 * (10 / (2 * Double(count))).squareRoot() + 3 * floor.value
    #expect((even.distance(base, wide) - 2).magnitude < widening)
  }

  @Test(
    "unequal counts are those of repeated points",
    arguments: [[2, 3], [300, 500], [1, 400]]
  )
  func unequal(_ counts: [Int]) {
    let x = Pinwheel().sample(count: counts[0], seed: 1)
    let y = Checkerboard().sample(count: counts[1], seed: 2)
    let repeatedX = Tensor.concatenating([Tensor<Double>](repeating: x, count: counts[1]))
    let repeatedY = Tensor.concatenating([Tensor<Double>](repeating: y, count: counts[0]))
    let expected = random.distance(repeatedX, repeatedY)
    #expect((random.distance(x, y) - expected).magnitude < 1e-12 * expected)
    #expect((random.distance(y, x) - expected).magnitude < 1e-12 * expected)
    #expect(random.distance(x, Tensor.concatenating([x, x])) < 1e-15)
  }

  @Test("the floor shrinks with the count and repeats its numbers")
  func floor() {
    let board = Checkerboard()
    let small = random.floor(of: board, count: 500, repeats: 8, seed: 1)
    let large = random.floor(of: board, count: 8_000, repeats: 8, seed: 1)
    #expect(small == random.floor(of: board, count: 500, repeats: 8, seed: 1))
    // Proportional to n^(−½): a factor 4 here, give or take five standard errors.
    let ratio = small.value / large.value
    let error =
      ratio * (small.standardError / small.value + large.standardError / large.value)
    #expect((ratio - 4).magnitude < 5 * error, "\(small), \(large)")
    let uneven = random.floor(of: board, count: 500, against: 8_000, repeats: 8, seed: 1)
    #expect(uneven.value < small.value && uneven.value > large.value)
  }

  @Test("the number of workers changes no bit, and NaN comes out as NaN")
  func workers() {
    let x = Pinwheel().sample(count: 2_000, seed: 1)
    let y = Checkerboard().sample(count: 1_000, seed: 2)
    let one = random.distance(x, y, workers: Workers(count: 1))
    #expect(one == random.distance(x, y, workers: Workers(count: 2)))
    #expect(one == random.distance(x, y, workers: Workers(count: 5)))
    var broken = x
    broken[5, 1] = .nan
    #expect(random.distance(broken, y).isNaN)
  }

  @Test("directions have length 1 and are functions of seed and index", arguments: [1, 2, 7])
  func directions(_ dimension: Int) {
    let directions = random.unitDirections(dimension: dimension)
    let lengths = (directions * directions).sum(along: 1)
    #expect((lengths - 1).applying(.absolute).max() < 1e-15)
    let more = SlicedWasserstein(directionCount: 100, directions: .random(seed: 3))
    #expect(more.unitDirections(dimension: dimension).slice(0..<64) == directions)
  }
}
