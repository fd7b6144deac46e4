import Foundation
import Integrators
import Tensors
import TestSupport
import Testing

/// The virtual Brownian tree: its law, its refinement, its rows.
@Suite struct BrownianTreeTests {
  private func tree(
    _ samples: Range<Int>,
    depth: Int,
    noise: AdditiveNoise = Noise.additive,
    ends: (Double, Double) = (0, 1),
    seed: UInt64 = 11
  ) -> BrownianTree {
    BrownianTree(
      RandomBlock(seed: seed, stream: 32, samples: samples),
      noise: noise,
      from: ends.0,
      to: ends.1,
      depth: depth
    )
  }

  /// The noise of any interval is that of its parts on end, down to single leaves.
  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)]) func refinement(_ ends: (Double, Double)) {
    let tree = tree(0..<3, depth: 10, ends: ends)
    for (first, last) in [(0, 1024), (0, 512), (37, 811), (512, 513), (511, 514)] {
      let whole = tree.noise(fromLeaf: first, to: last, components: 2)
      var joined = tree.noise(fromLeaf: first, to: first + 1, components: 2)
      for leaf in first + 1..<last {
        let next = tree.noise(fromLeaf: leaf, to: leaf + 1, components: 2)
        joined = joined.followed(by: next, size: Double(leaf - first), nextSize: 1)
      }
      // A thousand sums of numbers below 4, and ten levels of regressions.
      let tolerance = 1024 * 4 * 0x1p-53
      #expect(mismatch(joined.increment, whole.increment, tolerance: tolerance) == nil)
      guard let own = joined.area, let other = whole.area else {
        Issue.record("no area")
        continue
      }
      #expect(mismatch(own, other, tolerance: tolerance) == nil)
    }
  }

  /// The times of a grid move to the nearest leaves.
  ///
  /// Those of this grid are 64 sin²(πk/14) leaves from its start: 3.17, 12.05, 24.88 and, from its
  /// end, the same. None is so near to the middle of a leaf that rounding could decide.
  @Test(arguments: [(0.1, 0.7), (0.7, 0.1)]) func snapping(_ ends: (Double, Double)) {
    let tree = tree(0..<1, depth: 6, ends: ends)
    let grid = TimeGrid.cosine(from: ends.0, to: ends.1, steps: 7)
    let snapped = tree.snapped(grid)
    #expect(snapped.times == [0, 3, 12, 25, 39, 52, 61, 64].map { tree.time(ofLeaf: $0) })
    #expect(zip(snapped.times, grid.times).allSatisfy { abs($0 - $1) <= tree.leafSize / 2 })
    #expect(snapped.start == ends.0 && snapped.end == ends.1)
    #expect(tree.snapped(snapped) == snapped)
  }

  /// The step of a block of random numbers is no part of a tree's address: nodes stand there.
  @Test func theStepOfItsBlockIsNotLookedAt() {
    func noise(_ step: UInt32) -> StepNoise {
      var block = RandomBlock(seed: 3, stream: 32, samples: 0..<5)
      block.step = step
      let tree = BrownianTree(block, noise: Noise.additive, from: 0, to: 1, depth: 4)
      return tree.noise(fromLeaf: 3, to: 11, components: 2)
    }
    for step in [UInt32(1), 7] {
      #expect(noise(step).increment == noise(0).increment && noise(step).area == noise(0).area)
    }
  }

  /// Increment and area of an interval that is no node have the covariance of their moments, and are
  /// independent of the next interval's, within five standard errors: √(2/n), and 1/√n times
  /// √(1 + ρ²) for a covariance.
  @Test(arguments: [(0.0, 1.0), (1.0, 0.0)], [true, false])
  func law(_ ends: (Double, Double), _ isConstant: Bool) {
    let count = 20_000
    let noise = isConstant ? AdditiveNoise.constant(0.7) : Noise.additive
    let tree = tree(0..<count, depth: 5, noise: noise, ends: ends)
    let cuts = [5, 22, 31]
    var parts: [Tensor<Double>] = []
    var deviations: [Double] = []
    for (first, last) in zip(cuts, cuts.dropFirst()) {
      let own = tree.noise(fromLeaf: first, to: last, components: 1)
      let moments = noise.moments(from: tree.time(ofLeaf: first), to: tree.time(ofLeaf: last))
      let slant = 0.5 - moments.center
      parts += [own.increment, own.area ?? Tensor(zeros: [count, 1])]
      deviations.append(moments.variance.squareRoot())
      deviations.append(((slant * slant + moments.spread) * moments.variance).squareRoot())
      let both = (parts[parts.count - 2] * parts[parts.count - 1]).mean()
      let error = 5 * (2 / Double(count)).squareRoot() * deviations.suffix(2).reduce(1, *)
      #expect(abs(both - slant * moments.variance) < error)
    }
    for (index, part) in parts.enumerated() {
      let variance = deviations[index] * deviations[index]
      let error = 5 * (2 / Double(count)).squareRoot() * variance
      #expect(abs((part * part).mean() - variance) < error, "\(index)")
      for other in 2..<4 where index < 2 {
        let error = 5 / Double(count).squareRoot() * deviations[index] * deviations[other]
        #expect(abs((part * parts[other]).mean()) < error, "\(index) \(other)")
      }
    }
  }

  /// What a half has beyond its regression on the whole, for a constant ε: M₁ − M/2 − 3H/2 of variance V/16 and
  /// H₁ − H/4 of variance 7V/192, little of the variance of the half.
  @Test func bridge() {
    let count = 400_000
    let tree = tree(0..<count, depth: 1, noise: .constant(0.5))
    let (whole, half) = (
      tree.noise(fromLeaf: 0, to: 2, components: 1), tree.noise(fromLeaf: 0, to: 1, components: 1)
    )
    guard let area = whole.area, let halfArea = half.area else {
      Issue.record("no area")
      return
    }
    // Cov(M₁, M) = ½, Cov(M₁, H) = ⅛, Cov(H₁, H) = 1/48, Cov(H₁, M) = 0 and Var H = 1/12 for V = 1.
    let rest = half.increment - whole.increment * 0.5 - area * 1.5
    let restArea = halfArea - area * 0.25
    let error = 5 * (2 / Double(count)).squareRoot()
    #expect(abs(rest.sumOfSquares / Double(count) * 16 - 1) < error)
    #expect(abs(restArea.sumOfSquares / Double(count) * 192 / 7 - 1) < error)
    // Cov(M₁, H₁) = 0, so that theirs is −⅛ · (1/48)/(1/12).
    let product = (rest * restArea).mean() + 1 / 32.0
    #expect(abs(product) < error * (7.0 / 192 / 16).squareRoot())
  }

  /// Single leaves have the law of a short step: the tree does not coarsen as it deepens.
  @Test func leaves() {
    let count = 4_000
    let tree = tree(0..<count, depth: 31)
    let own = tree.noise(fromLeaf: 1_234_567_890, to: 1_234_567_891, components: 1)
    let time = tree.time(ofLeaf: 1_234_567_890)
    let wanted = 2 * (1 + cos(3 * time)) * tree.leafSize
    let error = 5 * (2 / Double(count)).squareRoot()
    #expect(abs(own.increment.sumOfSquares / Double(count) / wanted - 1) < error)
    #expect(abs((own.area?.sumOfSquares ?? 0) / Double(count) / wanted * 12 - 1) < error)
  }

  @Test func rowsAreIndependent() {
    let all = tree(20..<28, depth: 12).noise(fromLeaf: 100, to: 3001, components: 2)
    let order = [5, 0, 3]
    let some = BrownianTree(
      RandomBlock(seed: 11, stream: 32, samples: order.map { 20 + $0 }),
      noise: Noise.additive,
      from: 0,
      to: 1,
      depth: 12
    ).noise(fromLeaf: 100, to: 3001, components: 2)
    #expect(areIdentical(some.increment, all.increment.gatheringRows(order)))
    if let own = some.area, let other = all.area {
      #expect(areIdentical(own, other.gatheringRows(order)))
    } else {
      Issue.record("no area")
    }
    let other = tree(20..<28, depth: 12, seed: 12).noise(fromLeaf: 100, to: 3001, components: 2)
    #expect(
      zip(other.increment.elements, all.increment.elements).allSatisfy { $0 != $1 }
    )
  }

  /// One path at any resolution: solutions on finer grids approach each other like h^1.5, and without
  /// drift they are the same.
  @Test func anyResolution() {
    let count = 400
    let tree = tree(0..<count, depth: 14)
    let initial = testTensor([count, 1], seed: 3, as: Double.self)
    let field = ClosureDynamics { time, x in
      (x * 2).applying(.tanh) * 2 - x + 0.5 * sin(3 * time)
    }
    let ends = [64, 128, 256, 512].map { steps -> Tensor<Double> in
      var field = field
      let solution = SRA1().solve(
        &field,
        from: initial,
        over: TimeGrid(from: 0, to: 1, steps: steps),
        tree: tree,
        saving: [0.25]
      )
      #expect(solution.saved.count == 1)
      return solution.state
    }
    let differences = zip(ends, ends.dropFirst()).map { coarse, fine in
      (coarse - fine).elements.reduce(0) { $0 + abs($1) } / Double(count)
    }
    // A mean of 400 numbers of relative deviation about 1 has a standard error of 5 percent: 0.1 in a
    // slope, of which three are taken.
    for (coarse, fine) in zip(differences, differences.dropFirst()) {
      #expect(abs(log2(coarse / fine) - 1.5) < 0.3, "\(differences)")
    }
    var still = ClosureDynamics { _, state in Tensor(zeros: state.shape) }
    let coarse = ShARK().solve(
      &still,
      from: initial,
      over: TimeGrid(from: 0, to: 1, steps: 1),
      tree: tree
    )
    let fine = EulerMaruyama().solve(
      &still,
      from: initial,
      over: .cosine(from: 0, to: 1, steps: 77),
      tree: tree
    )
    #expect(mismatch(coarse.state, fine.state, tolerance: 77 * 8 * 0x1p-53) == nil)
  }

  private func expect(_ result: ExitTest.Result?, says texts: String...) {
    let output = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    for text in texts { #expect(output.contains(text), "\(output)") }
  }

  @Test func misuse() async {
    let depth = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BrownianTree(
        RandomBlock(seed: 1, samples: 0..<1),
        noise: .constant(1),
        from: 0,
        to: 1,
        depth: 32
      )
    }
    expect(depth, says: "32", "1...31")
    let outside = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let tree = BrownianTree(
        RandomBlock(seed: 1, samples: 0..<1),
        noise: .constant(1),
        from: 0,
        to: 1
      )
      _ = tree.leaf(nearest: 1.5)
    }
    expect(outside, says: "1.5", "outside")
  }
}
