import Foundation
import StochasticInterpolants
import Tensors
import Testing

@Suite struct TimeSamplingTests {
  static let density = TimeDensity(on: 0.1...0.9, bins: 16) { 1 / ($0 * (1 - $0)) }
  static let samplings: [TimeSampling] = [
    .uniform, .stratified, .quasiRandom, .importance(density),
    .importance(density, points: .stratified), .importance(density, points: .quasiRandom),
  ]

  /// Times and weights of one batch, drawn in blocks of 128 rows as a training does.
  static func batch(_ sampling: TimeSampling, step: Int, rows: Int) -> ([Double], [Double]) {
    var (times, weights) = ([Double](), [Double]())
    for first in stride(from: 0, to: rows, by: 128) {
      let block = RandomBlock(
        seed: 5,
        samples: first..<min(rows, first + 128),
        step: step
      )
      let drawn = sampling.draw(block, first: first, of: rows, on: 0.1...0.9)
      times += drawn.times.elements
      weights += drawn.weights
    }
    return (times, weights)
  }

  @Test(arguments: samplings) func meansAreUnbiased(_ sampling: TimeSampling) {
    // The mean over a batch of w g(t) has the expectation ∫ g dt/0.8; batches of different steps are
    // independent.
    let steps = 200
    for (name, function, exact) in [
      ("1", { (_: Double) in 1.0 }, 1.0),
      ("t", { $0 }, 0.5),
      ("cos 7t", { cos(7 * $0) }, (sin(6.3) - sin(0.7)) / 5.6),
      ("1/t", { 1 / $0 }, log(9.0) / 0.8),
    ] as [(String, (Double) -> Double, Double)] {
      var (sum, squares) = (0.0, 0.0)
      for step in 0..<steps {
        let (times, weights) = Self.batch(sampling, step: step, rows: 300)
        let mean = zip(times, weights).reduce(0) { $0 + function($1.0) * $1.1 } / 300
        sum += mean
        squares += mean * mean
      }
      let mean = sum / Double(steps)
      let variance = max(0, squares / Double(steps) - mean * mean)
      let error = (variance / Double(steps)).squareRoot()
      // 1e-12: rounding, where all batches give the same number.
      #expect(abs(mean - exact) < 5 * error + 1e-12, "\(name): \(mean) for \(exact)")
    }
  }

  @Test(arguments: samplings) func timesStayInsideTheInterval(_ sampling: TimeSampling) {
    for step in 0..<20 {
      let (times, weights) = Self.batch(sampling, step: step, rows: 1_000)
      #expect(times.allSatisfy { $0 > 0.1 && $0 < 0.9 })
      #expect(weights.allSatisfy { $0 > 0 && $0.isFinite })
    }
  }

  /// Values whose sum is infinite, and one whose share of the sum is 0.
  @Test func aLawOfTimesHasSharesAboveZero() async {
    let infinite = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeDensity { _ in 1e306 }
    }
    let vanishing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TimeDensity(bins: 2) { $0 < 0.5 ? 1e300 : 1e-300 }
    }
    for result in [infinite, vanishing] {
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.contains("have a finite sum of which each is a share above 0"), "\(text)")
    }
  }

  /// The first and the last of 2⁵³ parts hold no numbers but those next to 0 and 1, which rounding would move to the
  /// ends of an interval, or of a law whose first bin has nearly all the weight.
  @Test func theEndsAreNoTimes() {
    let heavy = TimeDensity(on: 0.5...1) { $0 < 0.501 ? 1e9 : 1 }
    for (sampling, range) in [
      (TimeSampling.stratified, 0.5...1), (.stratified, 0...1),
      (.importance(heavy, points: .stratified), 0.5...1),
      (.importance(TimeDensity { _ in 1 }, points: .stratified), 0...1),
    ] {
      for first in [0, 1 << 53 - 1] {
        let times = sampling.draw(
          RandomBlock(seed: 5, samples: 0..<1),
          first: first,
          of: 1 << 53,
          on: range
        ).times
        let isInside = times[0] > range.lowerBound && times[0] < range.upperBound
        #expect(isInside, "\(times[0]) of \(range)")
      }
    }
  }

  @Test func stratifiedTimesFillEveryPart() {
    let (times, _) = Self.batch(.stratified, step: 3, rows: 300)
    for (row, time) in times.enumerated() {
      let part = (time - 0.1) / 0.8 * 300
      #expect(part >= Double(row) - 1e-9 && part <= Double(row + 1) + 1e-9)
    }
  }

  @Test func quasiRandomTimesAreEvenlySpread() {
    // Three-gap theorem: n multiples of the golden ratio leave gaps below 1.9/n.
    let (times, _) = Self.batch(.quasiRandom, step: 8, rows: 300)
    let sorted = times.map { ($0 - 0.1) / 0.8 }.sorted()
    for (earlier, later) in zip(sorted, sorted.dropFirst()) {
      #expect(later - earlier < 1.9 / 300 && later - earlier > 0.4 / 300)
    }
  }

  @Test func aLawIntegratesToOneAndIsItsWeight() {
    let density = Self.density
    #expect(density(0.05) == 0 && density(0.95) == 0)
    let total = (0..<16).reduce(0.0) { $0 + density(0.1 + 0.8 * (Double($1) + 0.5) / 16) * 0.05 }
    #expect(abs(total - 1) < 1e-14)
    let (times, weights) = Self.batch(.importance(density), step: 1, rows: 500)
    for (time, weight) in zip(times, weights) {
      #expect(abs(weight * density(time) * 0.8 - 1) < 1e-12)
    }
  }

  @Test func theRowsOfABlockDoNotDependOnOtherBlocks() {
    for sampling in Self.samplings {
      let whole = Self.batch(sampling, step: 4, rows: 300).0
      let block = RandomBlock(seed: 5, samples: 200..<230, step: 4)
      let part = sampling.draw(block, first: 200, of: 300, on: 0.1...0.9).times.elements
      #expect(Array(whole[200..<230]) == part)
    }
  }
}
