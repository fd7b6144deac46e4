import Foundation
import StochasticInterpolants
import Tensors
import TestSupport
import Testing

/// The mean of every target for every interpolant.
///
/// At the exact field the gradient of E[½|f|² − target · f] in the direction φ is E[(f − target)·φ],
/// which vanishes for every φ(t, x), and the loss is −½E|f|²: the direction φ = f. With antithetic
/// pairs all variances are finite on [0, 1].
@Suite struct ObjectiveLawTests {
  static let timeCount = 48
  static let rows = 384

  /// The largest |z| over 50 random directions and the field itself.
  ///
  /// Times are the middles of equal parts, rows at a time are independent: the sum over all of them
  /// has the sum of the rows' variances.
  static func scores(
    _ own: PathCase,
    kinds: [VectorField],
    target: (InterpolantSample, VectorField, Double) -> Tensor<Double> = {
      $0.target($1, sign: $2)
    }
  ) -> [VectorField: Double] {
    let features = RandomBlock(seed: 12, samples: 0..<50).normal(columns: 6).elements
    var sums = [VectorField: [Double]]()
    var squares = sums
    for kind in kinds {
      sums[kind] = [Double](repeating: 0, count: 51)
      squares[kind] = sums[kind]
    }
    for index in 0..<timeCount {
      let time = (Double(index) + 0.5) / Double(timeCount)
      let block = RandomBlock(seed: 31, samples: index * rows..<(index + 1) * rows)
      let sample = own.draw(block, Tensor(repeating: time, shape: [rows]))
      let halves = [1.0, -1.0].map { sign -> (Tensor<Double>, FieldValues) in
        let points = sample.points(sign: sign)
        return (points, own.fields(time, points))
      }
      for kind in kinds {
        var totals = [Double](repeating: 0, count: rows * 51)
        for (sign, half) in zip([1.0, -1.0], halves) {
          let x = half.0.elements
          let field = half.1[kind.quantity].elements
          let wanted = target(sample, kind, sign).elements
          for row in 0..<rows {
            let (x1, x2) = (x[2 * row], x[2 * row + 1])
            let (f1, f2) = (field[2 * row], field[2 * row + 1])
            let (e1, e2) = (f1 - wanted[2 * row], f2 - wanted[2 * row + 1])
            for feature in 0..<50 {
              let a = features[6 * feature..<6 * feature + 6]
              let start = a.startIndex
              let wave = cos(
                a[start] * x1 + a[start + 1] * x2 + 4 * a[start + 2] * time + a[start + 3]
              )
              totals[row * 51 + feature] +=
                0.5 * (e1 * a[start + 4] + e2 * a[start + 5]) * wave
            }
            totals[row * 51 + 50] += 0.5 * (e1 * f1 + e2 * f2)
          }
        }
        for row in 0..<rows {
          for feature in 0..<51 {
            let value = totals[row * 51 + feature]
            sums[kind]?[feature] += value
            squares[kind]?[feature] += value * value
          }
        }
      }
    }
    var result = [VectorField: Double]()
    for kind in kinds {
      // Where the target is a function of x the products vanish to rounding, and so does their
      // spread.
      let floor = 1e-9
      result[kind] = zip(sums[kind] ?? [], squares[kind] ?? []).map { sum, square in
        abs(sum) / (square.squareRoot() + floor)
      }.max()
    }
    return result
  }

  @Test func everyTargetHasItsFieldAsMean() throws {
    for own in try PathCase.all() {
      for (kind, z) in Self.scores(own, kinds: own.kinds) {
        #expect(z < 5, "\(own): \(kind.rawValue)")
      }
    }
  }

  @Test func aFlippedLatentIsSeen() throws {
    // In every kind whose target has a latent.
    for own in try PathCase.all() where own.interpolant.hasLatent {
      let kinds = own.kinds.filter { [.velocity, .score, .denoiser, .drift].contains($0) }
      let scores = Self.scores(own, kinds: kinds) { $0.target($1, sign: -$2) }
      for (kind, z) in scores { #expect(z > 5, "\(own): \(kind.rawValue)") }
    }
  }

  @Test func aHalvedTargetIsSeen() throws {
    for own in try PathCase.all() {
      // v = 0 for a constant mirror, where there is nothing to halve.
      let kinds = own.kinds.filter { $0 != .conditionalVelocity || own.description != "mirror" }
      let scores = Self.scores(own, kinds: kinds) { $0.target($1, sign: $2) * 0.5 }
      for (kind, z) in scores { #expect(z > 5, "\(own): \(kind.rawValue)") }
    }
  }
}
