import Foundation
import Integrators
import Tensors
import Testing

/// The noise of a tree has the law of its ε, whatever the scale on which ε varies.
@Suite struct TreeMomentsTests {
  /// ε(t) on [0, 1] and ∫ 2ε dt.
  struct Varying: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let diffusion: @Sendable (Double) -> Double
    let mass: @Sendable (_ start: Double, _ end: Double) -> Double
    /// How far a part's variance may be off, of the whole.
    var error = 1e-9
  }

  static let cases = [
    Varying(testDescription: "2 sin²(10πt)") {
      2 * pow(sin(10 * .pi * $0), 2)
    } mass: { start, end in
      2 * (end - start) - (sin(20 * .pi * end) - sin(20 * .pi * start)) / (10 * .pi)
    },
    Varying(testDescription: "a bump of width 0.02") {
      20 * exp(-pow(($0 - 0.5) / 0.02, 2))
    } mass: { start, end in
      20 * 0.02 * Double.pi.squareRoot() * (erf((end - 0.5) / 0.02) - erf((start - 0.5) / 0.02))
    },
    // A jump inside a part of 1/512 errs by 5 percent of its height there, Gauss's rule of 16 points.
    Varying(
      testDescription: "a jump",
      diffusion: { $0 > 0.7 ? 2 : 0.01 },
      mass: { start, end in
        2 * (2 * max(0, end - max(0.7, start)) + 0.01 * max(0, min(0.7, end) - start))
      },
      error: 0.05 * 2 * 2 / 512
    ),
  ]

  /// Variances of 20,000 paths, whose relative standard error is √(2/n) = 1 %, within 4.5 of these: some thirty
  /// are looked at.
  @Test(arguments: cases, [false, true])
  func partsHaveTheVarianceOfTheirTimes(_ own: Varying, _ isBackward: Bool) {
    let count = 20_000
    let (start, end) = isBackward ? (1.0, 0.0) : (0.0, 1.0)
    let tree = BrownianTree(
      RandomBlock(seed: 3, samples: 0..<count),
      noise: AdditiveNoise(diffusion: own.diffusion),
      from: start,
      to: end,
      depth: 12
    )
    let whole = own.mass(0, 1)
    for (first, last) in [(0, 4_096), (0, 1_024), (1_024, 2_048), (1_900, 2_196), (3_000, 4_096)] {
      let noise = tree.noise(fromLeaf: first, to: last, components: 1).increment
      let (a, b) = (tree.time(ofLeaf: first), tree.time(ofLeaf: last))
      let mass = own.mass(min(a, b), max(a, b))
      let variance = noise.sumOfSquares / Double(count)
      let bound = 4.5 * (2 / Double(count)).squareRoot() * mass + own.error * whole
      #expect(abs(variance - mass) < bound, "\(first)..<\(last): \(variance), not \(mass)")
    }
  }

  /// The halves of a tree of two leaves see as much of ε as those of a deep one.
  @Test func halvesOfAShallowTree() {
    let count = 20_000
    let tree = BrownianTree(
      RandomBlock(seed: 5, samples: 0..<count),
      noise: AdditiveNoise { 20 * exp(-pow(($0 - 0.25) / 0.02, 2)) },
      from: 0,
      to: 1,
      depth: 1
    )
    // All of the bump's 2 · 20 · 0.02 √π is in the first half, of which 4.5 standard errors are 4.5 %.
    let mass = 40 * 0.02 * Double.pi.squareRoot()
    let first = tree.noise(fromLeaf: 0, to: 1, components: 1).increment.sumOfSquares / Double(count)
    let second =
      tree.noise(fromLeaf: 1, to: 2, components: 1).increment.sumOfSquares / Double(count)
    #expect(abs(first - mass) < 0.045 * mass)
    #expect(second < 1e-9)
  }

  /// The moments of a step are those of its halves joined, to rounding, for an ε that Gauss's rule integrates
  /// to rounding on both.
  @Test func momentsOfAWholeAreThoseOfItsHalvesJoined() {
    let noise = Noise.additive
    for (start, end) in [(0.1, 0.5), (0.5, 0.1)] {
      let middle = (start + end) / 2
      let whole = noise.moments(from: start, to: end)
      let joined = NoiseMoments(
        joining: noise.moments(from: start, to: middle),
        noise.moments(from: middle, to: end)
      )
      // V is a mean over the length of the step; c and v are quotients of such means and that of V.
      let length = abs(end - start)
      let bound = 2 * Noise.rounding * length
      #expect(abs(joined.variance - whole.variance) < bound)
      #expect(abs(joined.center - whole.center) < 2 * bound / whole.variance)
      #expect(abs(joined.spread - whole.spread) < 2 * bound / whole.variance)
    }
    let none = NoiseMoments(joining: NoiseMoments(uniform: 0), NoiseMoments(uniform: 0))
    #expect(none == NoiseMoments(uniform: 0))
  }
}
