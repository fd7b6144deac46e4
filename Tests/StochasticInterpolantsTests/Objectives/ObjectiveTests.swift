import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// The mean of each target.
///
/// At the exact field the gradient of E[½|f|² − target · f] vanishes in every direction φ(t, x):
/// E[(f − target) φ] = 0. Fifty random features see a wrong sign or a wrong factor.
@Suite struct ObjectiveTests {
  static let oracle = GaussianOracle()

  /// The largest |z| over 50 random features, for pairs of a field and its target.
  static func largestScore(
    times: ClosedRange<Double>,
    field: (Double, Double) -> Double,
    target: (InterpolantSample, Double) -> Tensor<Double>
  ) throws -> Double {
    let count = 100_000
    let block = RandomBlock(seed: 11, samples: 0..<count)
    let span = times.upperBound - times.lowerBound
    let time = (block.uniform(columns: 1) * span + times.lowerBound).reshaped([count])
    let sample = TwoSidedInterpolant.linear(gamma: BrownianLatent())(
      time: time,
      x0: try oracle.base.sample(block.inStream(100)),
      x1: try oracle.target.sample(block.inStream(200)),
      latent: block.inStream(300).normal(columns: 1)
    )
    let t = time.elements
    let halves = [1.0, -1.0].map { sign in
      (
        points: sample.points(sign: sign).elements,
        target: target(sample, sign).elements
      )
    }
    let features = RandomBlock(seed: 12, samples: 0..<50).normal(columns: 3).elements
    var largest = 0.0
    for feature in 0..<50 {
      let (a, b, c) = (features[3 * feature], features[3 * feature + 1], features[3 * feature + 2])
      var sum = 0.0
      var squares = 0.0
      for row in 0..<count {
        // A pair is one draw: its halves are dependent.
        var value = 0.0
        for half in halves {
          let x = half.points[row]
          value += 0.5 * (field(t[row], x) - half.target[row]) * cos(a * x + 4 * b * t[row] + c)
        }
        sum += value
        squares += value * value
      }
      let mean = sum / Double(count)
      let error = ((squares / Double(count) - mean * mean) / Double(count)).squareRoot()
      largest = max(largest, abs(mean) / error)
    }
    return largest
  }

  @Test func velocityTargetHasTheVelocityAsItsMean() throws {
    let z = try Self.largestScore(times: 0...1, field: Self.oracle.velocity) {
      $0.velocityTarget(sign: $1)
    }
    #expect(z < 5)
  }

  @Test func scoreTargetHasTheScoreAsItsMean() throws {
    let z = try Self.largestScore(times: 0...1, field: Self.oracle.score) {
      $0.scoreTarget(sign: $1)
    }
    #expect(z < 5)
  }

  @Test func denoiserTargetHasTheDenoiserAsItsMean() throws {
    let z = try Self.largestScore(times: 0...1, field: Self.oracle.denoiser) {
      $0.denoiserTarget(sign: $1)
    }
    #expect(z < 5)
  }

  @Test func aFlippedLatentOrAHalvedTargetIsSeen() throws {
    let flipped = try Self.largestScore(times: 0...1, field: Self.oracle.velocity) {
      $0.velocityTarget(sign: -$1)
    }
    #expect(flipped > 5)
    let halved = try Self.largestScore(times: 0...1, field: Self.oracle.score) {
      $0.scoreTarget(sign: $1) * 0.5
    }
    #expect(halved > 5)
    let flippedDenoiser = try Self.largestScore(times: 0...1, field: Self.oracle.denoiser) {
      $0.denoiserTarget(sign: -$1)
    }
    #expect(flippedDenoiser > 5)
  }

  @Test func oneSidedTargetsUseAlpha() {
    // One row at t = 0.25: x = 0.75 z + 0.25 x₁, ẋ = x₁ − z, score target −z/α.
    let sample = OneSidedInterpolant.linear(
      time: Tensor([0.25]),
      x1: Tensor(rows: [[8]]),
      latent: Tensor(rows: [[3]])
    )
    #expect(sample.points().elements == [0.75 * 3 + 2])
    #expect(sample.points(sign: -1).elements == [-0.75 * 3 + 2])
    #expect(sample.velocityTarget().elements == [5])
    #expect(sample.scoreTarget().elements == [3 * (-1 / 0.75)])
    #expect(sample.denoiserTarget(sign: -1).elements == [-3])
  }
}
