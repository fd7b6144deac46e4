import StochasticInterpolants
import Tensors
import TestSupport
import Testing

@Suite("Draws of every density")
struct DrawTests {
  @Test("a row depends on its sample alone", arguments: Subject.all)
  func addressed(_ subject: Subject) {
    let density = subject.density
    let block = RandomBlock(seed: 7, stream: 0x0210, samples: 0..<300, step: 3)
    let points = density.sample(block)
    #expect(points.shape == [300, density.dimension])
    #expect(points.firstNonFinite == nil)
    #expect(points == density.sample(block))
    for sample in [0, 37, 299] {
      let alone = density.sample(
        RandomBlock(seed: 7, stream: 0x0210, samples: sample..<sample + 1, step: 3)
      )
      #expect(alone == points.slice(sample..<sample + 1), "sample \(sample)")
    }
    let picked = density.sample(
      RandomBlock(seed: 7, stream: 0x0210, samples: [299, 4, 4, 151], step: 3)
    )
    #expect(picked == points.gatheringRows([299, 4, 4, 151]))
  }

  @Test("the first points do not depend on how many are drawn", arguments: Subject.all)
  func prefix(_ subject: Subject) {
    let points = subject.density.sample(count: 100, seed: 5)
    #expect(points.slice(0..<17) == subject.density.sample(count: 17, seed: 5))
    #expect(subject.density.sample(count: 0, seed: 5).shape == [0, subject.density.dimension])
    #expect(points != subject.density.sample(count: 100, seed: 6))
  }

  @Test("mean and covariance are the stated ones", arguments: Subject.all)
  func moments(_ subject: Subject) {
    let moments = Moments(of: subject.density.sample(count: 100_000, seed: 11))
    let distance = distance(moments, subject.density)
    #expect(distance.largestDeviation < 5, "\(distance)")
  }

  private func distance(_ moments: Moments, _ density: some MomentedDensity) -> MomentDistance {
    moments.distance(to: density)
  }

  @Test("draws fall into cells as often as the log-density says", arguments: Subject.planar)
  func histogram(_ subject: Subject) throws {
    let box = try #require(subject.box)
    let (bins, count) = (24, 200_000)
    let width = (box.x.upperBound - box.x.lowerBound) / Double(bins)
    let height = (box.y.upperBound - box.y.lowerBound) / Double(bins)
    var observed = [Double](repeating: 0, count: bins * bins)
    var outside = 0.0
    subject.density.sample(count: count, seed: 13).withSpan { points in
      for row in 0..<count {
        let column = ((points[2 * row] - box.x.lowerBound) / width).rounded(.down)
        let line = ((points[2 * row + 1] - box.y.lowerBound) / height).rounded(.down)
        let range = 0..<Double(bins)
        if range.contains(column), range.contains(line) {
          observed[Int(line) * bins + Int(column)] += 1
        } else {
          outside += 1
        }
      }
    }
    var (statistic, cells, restObserved, restExpected) = (0.0, 0.0, outside, 0.0)
    for bin in 0..<bins * bins {
      let x = box.x.lowerBound + Double(bin % bins) * width
      let y = box.y.lowerBound + Double(bin / bins) * height
      let cell = Cells(x: x...x + width, y: y...y + height, step: subject.step)
      let expected = Double(count) * cell.integral(of: subject.density)
      if expected >= 20 {
        statistic += (observed[bin] - expected) * (observed[bin] - expected) / expected
        cells += 1
      } else {
        restObserved += observed[bin]
        restExpected += expected
      }
    }
    if restExpected >= 20 {
      statistic += (restObserved - restExpected) * (restObserved - restExpected) / restExpected
      cells += 1
    } else {
      #expect(restObserved <= restExpected + 5 * restExpected.squareRoot() + 5)
    }
    let z = (statistic - (cells - 1)) / (2 * (cells - 1)).squareRoot()
    #expect(cells > 10 && z.magnitude < 5, "z = \(z) over \(cells) cells")
  }
}
